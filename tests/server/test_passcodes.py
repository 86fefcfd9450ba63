import pytest

from server.archive.log import EventLog
from server.passcodes import PER_ADDRESS, PER_MEETING, WINDOW_S, Guesses, Passcodes, load, store


def test_right_and_wrong():
    passcodes = Passcodes({})
    passcodes.set("m", passcodes.hash("open sesame"))
    assert passcodes.wanted("m")
    assert not passcodes.remembered("m", "open sesame")
    assert not passcodes.verify("m", "open sesam")
    assert not passcodes.verify("m", "x" * 1000)
    assert not passcodes.verify("m", "\ud800")
    assert passcodes.verify("m", "open sesame")
    assert passcodes.remembered("m", "open sesame")
    assert not passcodes.remembered("m", "open sesam")
    assert passcodes.verify("other", "")


def test_another_passcode_voids_what_was_remembered():
    passcodes = Passcodes({})
    passcodes.set("m", passcodes.hash("first one"))
    before = passcodes.mark("m")
    assert passcodes.verify("m", "first one")
    passcodes.set("m", passcodes.hash("second one"))
    assert passcodes.mark("m") != before
    assert not passcodes.remembered("m", "first one")
    assert not passcodes.verify("m", "first one")
    passcodes.set("m", "")
    assert not passcodes.wanted("m")
    assert passcodes.mark("m") == ""


@pytest.mark.parametrize("passcode", ["short", "x" * 101, "with\nlines", " padded "])
def test_what_is_no_passcode(passcode):
    with pytest.raises(ValueError, match="6 to 100"):
        Passcodes({}).hash(passcode)


def test_a_damaged_hash_lets_nobody_in():
    assert not Passcodes({"m": "nonsense"}).verify("m", "anything")


def test_the_table_holds_hashes_only(tmp_path):
    log = EventLog(tmp_path)
    hashed = Passcodes({}).hash("open sesame")
    store(log, "m", hashed)
    assert load(log) == {"m": hashed}
    assert "sesame" not in hashed
    store(log, "m", "")
    assert load(log) == {}
    log.close()


def test_an_address_may_mistype_only_so_often():
    guesses = Guesses()
    for second in range(PER_ADDRESS):
        assert guesses.allowed("a", "m", second)
        guesses.wrong("a", "m", second)
    assert not guesses.allowed("a", "m", PER_ADDRESS)
    assert guesses.allowed("b", "m", PER_ADDRESS)
    assert guesses.allowed("a", "other", PER_ADDRESS)
    assert guesses.allowed("a", "m", WINDOW_S + 1)


def test_many_addresses_are_limited_together():
    guesses = Guesses()
    for number in range(PER_MEETING):
        guesses.wrong(f"address {number}", "m", 0)
    assert not guesses.allowed("a new one", "m", 1)
    assert guesses.allowed("a new one", "m", WINDOW_S + 1)


def test_a_right_guess_is_not_counted():
    guesses = Guesses()
    for _ in range(PER_ADDRESS * 2):
        assert guesses.allowed("a", "m", 0)
        guesses.wrong("a", "m", 0)
        guesses.right("a", "m")
