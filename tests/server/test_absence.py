"""What nobody captioned stands in the log, from when to when; what only came late does not."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from captioner.captions import wire
from captioner.captions.cue import RecordPolicy
from captioner.captions.event import GapEvent, GapReason
from captioner.captions.policy import PolicyChange
from server.absence import LEAST_MS, SETTLE_S, Absence, uncovered
from server.app import CONFIG
from server.archive.record import Record

STRETCHES = st.lists(
    st.tuples(st.integers(0, 50), st.integers(1, 20)).map(lambda s: (s[0] * 1000, (s[0] + s[1]) * 1000)), max_size=5
)


@given(STRETCHES, STRETCHES)
def test_what_is_left_is_what_nothing_reaches(stretches, covers):
    left = uncovered(stretches, covers)
    assert left == sorted(left)
    for start, end in left:
        assert end - start >= LEAST_MS
        assert all(ends <= start or begins >= end for begins, ends in covers)
    for second in range(0, 70_000, 1000):
        inside = any(start <= second < end for start, end in stretches)
        reached = any(start <= second < end for start, end in covers)
        kept = any(start <= second < end for start, end in left)
        assert not kept or (inside and not reached)
        if kept or not inside or reached:
            continue
        near = range(second - 3000, second + 3001, 1000)
        assert any(
            not any(start <= each < end for start, end in stretches)
            or any(start <= each < end for start, end in covers)
            for each in near
        ), "only short pieces are left out"


def test_it_is_known_a_while_after_the_return():
    absence = Absence()
    absence.see(present=True, at=0, now=0)
    assert not absence.due(1000)
    absence.see(present=False, at=5000, now=5)
    absence.see(present=False, at=9000, now=9)
    absence.see(present=False, at=4000, now=9)  # silent for longer than it seemed
    assert not absence.due(1000)
    absence.see(present=True, at=20_000, now=20)
    assert not absence.due(20 + SETTLE_S / 2)
    assert absence.due(20 + SETTLE_S)
    assert absence.take() == [(4000, 20_000)]
    assert not absence.due(1000)


@pytest.fixture
def config(config):
    """A server that takes nobody for silent too soon, however slow the machine."""
    return dataclasses.replace(config, timing=dataclasses.replace(config.timing, silent_s=100.0))


class Clock:
    """Both clocks, moved by the test."""

    def __init__(self, hub):
        self.seconds = hub.clock.steady()
        self.wall = hub.clock.wall_ms()
        hub.clock = dataclasses.replace(hub.clock, steady=lambda: self.seconds, wall_ms=lambda: self.wall)

    def pass_(self, seconds):
        self.seconds += seconds
        self.wall += round(seconds * 1000)


async def gone(world, machine):
    await machine.close()
    while world.hub.room("m1").publishers:
        await world.hub.tick()


def gaps(world):
    return [(gap.start // 1000, gap.end // 1000, gap.reason) for gap in world.hub.room("m1").transcript.gaps()]


async def resumed(world, clock, *updates):
    machine = await world.joined()
    await world.publish(machine, *updates)
    clock.pass_(SETTLE_S + 1)
    await machine.send(wire.Ping())
    await machine.get(wire.Pong)
    await world.hub.tick()
    return machine


async def test_a_captioner_that_died_leaves_a_gap_for_readers_and_archive(world):
    clock = Clock(world.hub)
    machine, viewer = await world.joined(), await world.viewer()
    clock.pass_(10)
    await world.publish(machine, world.final("c1", start=8000), world.partial("c2", start=9500))
    await gone(world, machine)
    clock.pass_(20)
    machine = await resumed(world, clock, world.final("c3", start=31_000))
    assert gaps(world) == [(9, 30, GapReason.NOT_CAPTIONED)]
    gap = (await viewer.get(wire.EventMessage)).event
    while not isinstance(gap, GapEvent):
        gap = (await viewer.get(wire.EventMessage)).event
    assert (gap.start, gap.end) == (9500, gap.end)
    await machine.send(wire.End())
    await machine.get(wire.Ended)
    kept = await world.hub.find("m1")
    record = Record.of(kept.meeting, await world.hub.transcript("m1"))
    assert record.missing_lines == ("Not captioned 00:00:09\u201300:00:30",)


async def test_captions_that_only_came_late_leave_none(world):
    clock = Clock(world.hub)
    machine = await world.joined()
    clock.pass_(10)
    await gone(world, machine)
    clock.pass_(20)
    await resumed(world, clock, *(world.final(f"c{n}", start=n * 1000, end=n * 1000 + 900) for n in range(9, 31)))
    assert gaps(world) == []


async def test_a_stopped_process_a_pause_and_off_the_record(world):
    clock = Clock(world.hub)
    machine = await world.joined()
    clock.pass_(10)
    await machine.send(wire.SetPolicy(change=PolicyChange(130_000, RecordPolicy.OFF_RECORD)))
    await machine.send(wire.SetPolicy(change=PolicyChange(140_000, RecordPolicy.ON_RECORD)))
    await machine.send(wire.Ping())
    await machine.get(wire.Pong)
    clock.pass_(110)  # nothing is heard of it
    await world.hub.tick()
    await machine.send(wire.Ping())
    await machine.get(wire.Pong)
    clock.pass_(5)
    await gone(world, machine)
    clock.pass_(25)
    await resumed(world, clock)
    expected = [(10, 120), (125, 130), (140, 150)]
    assert gaps(world) == [(*each, GapReason.NOT_CAPTIONED) for each in expected]


async def test_a_server_that_was_away_says_so_when_nothing_comes_for_it(start):
    async with start() as world:
        machine = await world.joined()
        await world.publish(machine, world.final("c1", start=0, end=1000))
    async with start() as world:
        clock = Clock(world.hub)
        clock.pass_(30)
        machine = await resumed(world, clock)
        ((first, last, reason),) = gaps(world)
        assert (first, reason) == (1, GapReason.NOT_CAPTIONED)
        assert last >= 30
        assert world.client.app[CONFIG].edge is False
