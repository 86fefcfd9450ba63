from server.desks import Desks


def test_who_edits_what():
    desks = Desks()
    first = desks.edit("ada", "floor", "c1")
    second = desks.edit("bob", "floor", "c2")
    assert (first.by, first.cue, second.by) == (1, "c1", 2)
    assert {each.cue for each in desks.now} == {"c1", "c2"}
    assert desks.edit("ada", "floor", "").by == 1
    assert {each.cue for each in desks.now} == {"c2"}
    assert desks.leave("ada") is None
    assert desks.leave("bob").cue == ""
    assert desks.leave("nobody") is None
    assert desks.now == ()
