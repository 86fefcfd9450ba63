import pytest
from hypothesis import given
from hypothesis import strategies as st

from captioner.captions import wire
from captioner.captions.cue import Origin, Track
from server.lease import Holder, Lease, Taken

FLOOR = Track("floor", "en")


def machine(member="m", identity="p1", heard=0.0):
    return Holder(member, identity, Origin.AUTOMATIC, heard)


def person(member="h", identity="ada", heard=0.0):
    return Holder(member, identity, Origin.HUMAN, heard)


def test_a_person_takes_over_and_hands_back():
    lease, automatic, human = Lease(10.0), machine(), person()
    lease.join(automatic)
    assert lease.origin(FLOOR, 0) is Origin.AUTOMATIC
    lease.join(human)
    assert lease.origin(FLOOR, 1) is Origin.HUMAN
    assert (lease.may_show(automatic, 1), lease.may_show(human, 1)) == (False, True)
    assert not lease.hand_back("m")
    assert lease.hand_back("h")
    assert lease.may_show(automatic, 1)
    assert lease.of("h") is None


def test_a_person_who_is_gone_keeps_the_track_for_a_while():
    lease, automatic = Lease(10.0), machine()
    lease.join(automatic)
    lease.join(person())
    assert lease.leave("h", now=5)
    assert not lease.may_show(automatic, 14.9)
    assert lease.health(FLOOR, 14.9) == wire.TrackHealth("floor", wire.Health.ABSENT, origin=Origin.HUMAN)
    assert lease.may_show(automatic, 15)
    assert lease.origin(FLOOR, 15) is Origin.AUTOMATIC


def test_a_person_who_falls_silent_loses_it_and_has_it_again():
    lease, automatic, human = Lease(10.0), machine(), person(heard=0)
    lease.join(automatic)
    lease.join(human)
    assert lease.may_show(automatic, 10)
    human.heard = 11
    assert not lease.may_show(automatic, 12)


@pytest.mark.parametrize("make", [machine, person])
def test_two_of_a_kind(make):
    lease = Lease(10.0)
    lease.join(make("a", "one"))
    with pytest.raises(Taken):
        lease.join(make("b", "two"))
    assert lease.join(make("c", "one")).member == "a"
    assert [holder.member for holder in lease.holders] == ["c"]
    nameless = Lease(10.0)
    nameless.join(make("a", ""))
    with pytest.raises(Taken):
        nameless.join(make("b", ""))


def test_without_a_machine_a_person_is_shown_though_silent():
    lease = Lease(10.0)
    assert lease.origin(FLOOR, 0) is FLOOR.origin
    lease.join(person(heard=0))
    assert lease.origin(FLOOR, 100) is Origin.HUMAN


steps = st.lists(
    st.tuples(st.sampled_from(["machine", "person", "leave m", "leave h", "back", "wait"]), st.integers(0, 15)),
    max_size=40,
)


@given(steps)
def test_machine_and_person_never_count_at_once_and_somebody_does_in_the_end(moves):
    lease, now = Lease(10.0), 0
    for move, wait in moves:
        now += wait
        if move == "machine" and lease.machine is None:
            lease.join(machine(heard=now))
        elif move == "person" and lease.person is None:
            lease.join(person(heard=now))
        elif move.startswith("leave"):
            lease.leave("m" if move == "leave m" else "h", now)
        elif move == "back":
            lease.hand_back("h")
        if lease.held_by_person(now):
            assert lease.origin(FLOOR, now) is Origin.HUMAN
            assert lease.machine is None or not lease.may_show(lease.machine, now)
        elif lease.machine:
            assert lease.may_show(lease.machine, now)
    lease.leave("h", now)
    assert not lease.held_by_person(now + 10)
