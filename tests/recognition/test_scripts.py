import pytest

from captioner.recognition.scripts import _bytes_of_symbols, foreign_tokens

SYMBOL = {byte: symbol for symbol, byte in _bytes_of_symbols().items()}


def token(text):
    return "".join(SYMBOL[byte] for byte in text.encode())


TEXTS = ("the", " été", "ñ", "—", "“", "カ", "да", "我", "سلام", "Ω", "1", "한")
VOCABULARY = {token(text): number for number, text in enumerate(TEXTS)} | {"<|ja|>": 99}


@pytest.mark.parametrize(
    ("language", "foreign"),
    [
        ("en", {"カ", "да", "我", "سلام", "Ω", "한"}),
        ("fr", {"カ", "да", "我", "سلام", "Ω", "한"}),
        ("ru", {"カ", "我", "سلام", "Ω", "한"}),
        ("ar", {"カ", "да", "我", "Ω", "한"}),
        ("zh", {"да", "سلام", "Ω", "한"}),
        ("ja", set()),
    ],
)
def test_other_scripts_are_foreign_and_latin_never_is(language, foreign):
    assert {TEXTS[number] for number in foreign_tokens(VOCABULARY, language)} == foreign


def test_every_byte_has_one_symbol():
    assert sorted(_bytes_of_symbols().values()) == list(range(256))
