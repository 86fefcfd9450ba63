"""Canaries: what the record policy forbids is in no byte that the server writes, whatever is switched when."""

import asyncio

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from captioner.captions import wire
from captioner.captions.cue import CueStatus, RecordPolicy
from captioner.captions.policy import PolicyChange, PolicyTimeline
from tests.server.conftest import final

STEP = 2_000  # ms between two cues; each lasts one second

POLICY = st.sampled_from(RecordPolicy)
MOVES = st.lists(
    st.one_of(
        st.tuples(st.just("say"), st.sampled_from([CueStatus.PARTIAL, CueStatus.FINAL])),
        st.tuples(st.just("switch"), POLICY),
        st.tuples(st.just("restart"), st.none()),
    ),
    max_size=14,
)


async def play(start, first, moves):
    """Run the meeting; return the names and texts that must not be kept, and those that must be."""
    timeline = PolicyTimeline([PolicyChange(0, first)])
    forbidden, kept = [], []
    position, moves = 0, [*moves, ("end", None)]
    while moves:
        async with start() as world:
            publisher = await world.joined(policy=first)
            viewer = await world.viewer()
            await viewer.get(wire.Welcome)
            while moves:
                kind, value = moves.pop(0)
                if kind == "restart":
                    break
                position += 1
                now = position * STEP
                if kind == "switch":
                    change = PolicyChange(now, value)
                    timeline.add(change)
                    await publisher.send(wire.SetPolicy(change=change))
                    await viewer.get(wire.Status, policy=timeline.current)
                elif kind == "say":
                    name, text = f"Canaryname{position}-", f"Canarytext{position}."
                    await world.publish(
                        publisher,
                        final(f"c{position}", text, 1, now, value, name),
                        final(f"w{position}", "So.", 1, now),
                    )
                    policy = timeline.strictest(now, now + 1000)
                    final_kept = value is CueStatus.FINAL and policy is not RecordPolicy.OFF_RECORD
                    (kept if final_kept else forbidden).append(text)
                    (kept if final_kept and policy is RecordPolicy.ON_RECORD else forbidden).append(name)
                else:
                    await publisher.send(wire.End())
                    await publisher.get(wire.Ended)
    return forbidden, kept


def every_byte(folder):
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(POLICY, MOVES)
def test_no_forbidden_word_or_name_is_in_any_byte(tmp_path_factory, first, moves):
    import dataclasses
    from contextlib import asynccontextmanager

    import structlog
    from aiohttp.test_utils import TestClient, TestServer

    from server.app import HUB, TOKEN, make_app
    from server.config import ServerConfig, Timing
    from tests.server.conftest import World

    folder = tmp_path_factory.mktemp("canary")
    config = ServerConfig(data=folder, viewer=folder, timing=dataclasses.replace(Timing(), close_s=0.2))
    quiet = structlog.wrap_logger(structlog.ReturnLogger(), wrapper_class=structlog.make_filtering_bound_logger(0))

    @asynccontextmanager
    async def start():
        app = make_app(config, quiet)
        async with TestClient(TestServer(app)) as client:
            world = World(client, app[TOKEN], app[HUB])
            yield world
            for peer in world.peers:
                await peer.close()

    forbidden, kept = asyncio.run(play(start, first, moves))
    content = every_byte(folder)
    for word in forbidden:
        assert word.encode() not in content
    for word in kept:
        assert word.encode() in content
