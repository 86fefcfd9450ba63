from benchmarks.terms import hits, names


def test_names_are_words_with_a_capital_that_begin_no_sentence():
    text = "Printing began in Mainz. Nothing that Gutenberg did, nor Schoeffer, was lost.\nThen Gutenberg left the US."
    assert names(text) == ["Mainz", "Gutenberg", "Schoeffer"]


def test_terms_count_where_they_were_said_and_where_they_were_not():
    terms = frozenset({"gutenberg", "mainz"})
    assert hits("In Mainz, Gutenberg printed.", "In mines Gutenberg printed Mainz.", terms) == (2, 1, 1)
