from pathlib import Path

import pytest

from server.roles import MEANINGS, Grant, Verb, allowed, permissions_page

READER = {Verb.READ, Verb.SIGNAL}
TABLE = {
    Grant.STRANGER: set(),
    Grant.VIEWER: READER,
    Grant.CORRECTOR: READER | {Verb.CORRECT},
    Grant.CAPTIONER: READER | {Verb.APPEND, Verb.REPORT},
    Grant.ARCHIVIST: READER | {Verb.EXPORT, Verb.REVIEW, Verb.PUBLISH, Verb.REDACT, Verb.ERASE},
    Grant.HOST: set(Verb),
}


@pytest.mark.parametrize("grant", Grant)
@pytest.mark.parametrize("verb", Verb)
def test_every_cell_of_the_table(grant, verb):
    assert allowed(grant, verb) is (verb in TABLE[grant])


def test_what_is_unknown_is_refused():
    assert not allowed("nobody", Verb.READ)
    assert not allowed(Grant.HOST, "fly")


def test_every_verb_is_explained():
    assert set(MEANINGS) == set(Verb)


def test_the_page_is_the_table():
    page = Path(__file__).parents[2] / "docs" / "permissions.md"
    assert page.read_text(encoding="utf-8") == permissions_page()
