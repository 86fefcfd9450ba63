import pytest

from server.roles import Grant, Verb, allowed

TABLE = {Grant.STRANGER: set(), Grant.VIEWER: {Verb.READ}, Grant.HOST: set(Verb) - {Verb.READ}}


@pytest.mark.parametrize("grant", Grant)
@pytest.mark.parametrize("verb", Verb)
def test_every_cell_of_the_table(grant, verb):
    assert allowed(grant, verb) is (verb in TABLE[grant])


def test_what_is_unknown_is_refused():
    assert not allowed("nobody", Verb.READ)
