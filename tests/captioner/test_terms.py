from captioner.glossary_file import GlossaryFile
from captioner.terms import Terms


def test_the_console_and_the_file_together(tmp_path):
    path = tmp_path / "terms.txt"
    path.write_text("dcad = decad\nSecretariat\n")
    told = ""
    terms = Terms(GlossaryFile(str(path)), lambda: told)
    assert [term.text for term in terms.current()] == ["dcad", "Secretariat"]
    told = "DCAD = D-card\nAna Sanchez"
    found = terms.current()
    assert [term.text for term in found] == ["DCAD", "Secretariat", "Ana Sanchez"]
    assert found[0].aliases == {"decad", "dcard"}


def test_a_broken_glossary_leaves_the_last_good_one():
    told = "DCAD"
    terms = Terms(GlossaryFile(""), lambda: told)
    assert [term.text for term in terms.current()] == ["DCAD"]
    told = "= nothing"
    assert [term.text for term in terms.current()] == ["DCAD"]
    told = ""
    assert terms.current() == ()
