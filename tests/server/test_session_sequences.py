"""Any order of messages by anybody: nothing raises, no forbidden order gets through, no log changes without a right."""

import asyncio
import tempfile
from pathlib import Path

import msgspec
import structlog
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from captioner.captions import wire
from captioner.captions.cue import Cue, CueStatus, CueUpdate, RecordPolicy, Track
from captioner.captions.event import CaptionEvent, GapEvent, PolicyEvent, StateEvent, TrackEvent
from captioner.captions.policy import PolicyChange
from captioner.captions.transcript import Transcript
from server import session as effects_of
from server.access import DOORS
from server.app import HUB, LOG, TOKEN, make_app
from server.config import ServerConfig, Timing
from server.invitations import Claim, NotValid
from server.opening import OPEN
from server.roles import Grant, Verb, allowed
from server.session import Close, Guess, Join, Send, Session, Subscribe
from server.web import RENDER
from server.websocket import Client, Connection

NEEDS = {
    effects_of.Append: Verb.APPEND, effects_of.Reported: Verb.REPORT, effects_of.Outputs: Verb.REPORT,
    effects_of.Edit: Verb.CORRECT, effects_of.SwitchPolicy: Verb.SWITCH_POLICY, effects_of.EndMeeting: Verb.CONTROL,
    effects_of.Pause: Verb.CONTROL, effects_of.HandBack: Verb.APPEND, effects_of.Correct: Verb.CORRECT,
    effects_of.Signal: Verb.SIGNAL, effects_of.Speak: Verb.CORRECT, effects_of.Rename: Verb.CORRECT,
    Subscribe: Verb.READ, Join: Verb.APPEND,
}  # fmt: skip
MEETINGS = st.sampled_from(["m1", "m2", "shut", "no/id", ""])
TOKENS = st.sampled_from(
    [*(grant.value for grant in Grant if grant is not Grant.STRANGER), "", "x.y", "é", "elsewhere"]
)
GRANT_OF = {
    wire.Role.VIEWER: Grant.VIEWER, wire.Role.CORRECTOR: Grant.CORRECTOR, wire.Role.ARCHIVIST: Grant.ARCHIVIST,
    wire.Role.HOST: Grant.HOST,
}  # fmt: skip
TEXTS = st.sampled_from(["Hello.", "", "a\x00b\u202e", "x" * 3_000, "é"])
NUMBERS = st.sampled_from([-1, 0, 1, 2, 5, 1000, 2**31, 2**53])
IDS = st.sampled_from(["c1", "c2", "", "../c", "x" * 200])
TRACKS = st.sampled_from(["floor", "fr", "", "no/track"])
UPDATES = st.builds(
    CueUpdate,
    st.builds(Cue, IDS, NUMBERS, NUMBERS, TEXTS, st.sampled_from(["en", "und", "??"]), TEXTS),
    NUMBERS,
    st.sampled_from(CueStatus),
    human=st.booleans(),
)
CHANGES = st.builds(PolicyChange, NUMBERS, st.sampled_from(RecordPolicy))
MESSAGES = st.one_of(
    st.builds(wire.Update, update=UPDATES),
    st.builds(wire.Correct, track=TRACKS, update=UPDATES, base=NUMBERS),
    st.builds(wire.Report, health=st.sampled_from(wire.Health), behind_ms=NUMBERS, level_db=NUMBERS, source=TEXTS),
    st.builds(
        wire.OutputHealth,
        outputs=st.tuples(st.builds(wire.Output, TEXTS, TEXTS, st.sampled_from(wire.OutputState))),
    ),
    st.builds(wire.SetPolicy, change=CHANGES),
    st.builds(wire.Control, action=st.sampled_from(wire.Action)),
    st.builds(wire.Signal, signal=st.sampled_from(wire.SignalKind), text=TEXTS, name=TEXTS),
    st.builds(wire.Speaker, track=TRACKS, name=TEXTS),
    st.builds(wire.Rename, track=TRACKS, old=TEXTS, new=TEXTS),
    st.builds(wire.Editing, track=TRACKS, cue=IDS),
    st.sampled_from([wire.End(), wire.HandBack(), wire.Ping(), wire.Pong()]),
).map(wire.encode)
HELLOS = st.builds(
    wire.Hello,
    role=st.sampled_from(wire.Role), meeting=MEETINGS, token=TOKENS, passcode=st.sampled_from(["", "right", "wrong"]),
    epoch=st.sampled_from(["", "e"]), after=NUMBERS, publisher=st.sampled_from(["", "p1", "p2"]), title=TEXTS,
    track=st.none() | st.builds(Track, TRACKS, st.sampled_from(["en", "??"])), policy=st.none() | st.sampled_from(RecordPolicy),
)  # fmt: skip
NONSENSE = st.one_of(
    st.text(max_size=50), st.binary(max_size=50), st.just('{"type":"welcome"}'), st.just("[" * 2_000), st.just("x" * 300_000)
)  # fmt: skip


_SAID = CueUpdate(Cue("c1", 0, 1000, "Hello.", "en", "Ana"), 1, CueStatus.FINAL)
VALID = [
    wire.encode(each)
    for each in (
        wire.Update(update=_SAID),
        wire.Correct(track="floor", update=_SAID, base=1),
        wire.Correct(track="floor", update=_SAID, base=2),
        wire.SetPolicy(change=PolicyChange(5, RecordPolicy.ON_RECORD)),
        wire.SetPolicy(change=PolicyChange(9, RecordPolicy.CHATHAM)),
        wire.Control(action=wire.Action.PAUSE),
        wire.Control(action=wire.Action.RESUME),
        wire.Control(action=wire.Action.END),
        wire.Signal(signal=wire.SignalKind.QUESTION, text="Why?", name="Ana"),
        wire.Rename(track="floor", old="Ana", new="Anna"),
        wire.End(),
        wire.HandBack(),
    )
]


class _Doors:
    """Every role has a token of its name, good in every meeting but "elsewhere"; "shut" wants a passcode."""

    def claim(self, token, meeting):
        if token in set(Grant) - {Grant.STRANGER}:
            return Claim(Grant(token))
        msg = "not here"
        raise NotValid(msg)

    def locked(self, meeting):
        return meeting == "shut"


class Alone(RuleBasedStateMachine):
    """The session by itself, against a model of what each client has shown."""

    sessions = Bundle("sessions")

    @rule(target=sessions)
    def connects(self):
        return {"session": Session(_Doors()), "grant": Grant.STRANGER, "asked": None, "closed": False}

    @rule(peer=sessions, hello=HELLOS)
    def says_hello(self, peer, hello):
        effects = self.give(peer, wire.encode(hello))
        for effect in effects:
            if isinstance(effect, Subscribe | Join):
                shown = {each: True for each in Grant if each.value == hello.token}
                if hello.role is wire.Role.VIEWER:
                    assert shown or hello.meeting != "shut", "a locked meeting opens to a token or a passcode only"
                    peer["grant"] = Grant.VIEWER
                elif hello.role is wire.Role.PUBLISHER:
                    assert hello.token in {Grant.CAPTIONER, Grant.HOST}
                    peer["grant"] = Grant(hello.token)
                else:
                    peer["grant"] = GRANT_OF[hello.role]
                    assert hello.token in {peer["grant"], Grant.HOST}
            elif isinstance(effect, Guess):
                assert effect.meeting == "shut"
                peer["asked"] = effect
        self.holds(peer, effects)

    @rule(peer=sessions, frame=MESSAGES | NONSENSE)
    def sends(self, peer, frame):
        self.holds(peer, self.give(peer, frame))

    @rule(peer=sessions)
    def is_silent(self, peer):
        if not peer["closed"]:
            self.holds(peer, peer["session"].silent())

    @rule(peer=sessions, right=st.booleans())
    def is_answered(self, peer, right):
        if peer["closed"]:
            return
        asked, peer["asked"] = peer["asked"], None
        if right:
            effects = peer["session"].let_in()
            assert bool(effects) is (asked is not None), "nobody is let in who did not ask"
            if asked is not None:
                peer["grant"] = Grant.VIEWER
        else:
            effects = peer["session"].keep_out("no", limited=False)
        self.holds(peer, effects)

    def give(self, peer, frame):
        return () if peer["closed"] else peer["session"].receive(frame)

    def holds(self, peer, effects):
        for effect in effects:
            if isinstance(effect, Close):
                peer["closed"] = True
            elif isinstance(effect, Send):
                wire.encode(effect.message)
            elif not isinstance(effect, Guess):
                assert allowed(peer["grant"], NEEDS[type(effect)]), effect
        if not peer["closed"]:
            assert peer["session"].grant is peer["grant"]


TestAlone = Alone.TestCase
TestAlone.settings = settings(max_examples=150, stateful_step_count=25, deadline=None)


class _Socket:
    """What a connection uses of an aiohttp socket."""

    _writer = None

    async def close(self, *, code):
        """Nothing."""

    def write(self, data):
        """Nothing."""

    def get_write_buffer_size(self):
        return 0

    def abort(self):
        """Nothing."""


MAY_WRITE = {
    Grant.HOST: (CaptionEvent, TrackEvent, PolicyEvent, StateEvent, GapEvent),
    Grant.CAPTIONER: (CaptionEvent, TrackEvent, StateEvent),
    Grant.CORRECTOR: (CaptionEvent,),
}


class Together(RuleBasedStateMachine):
    """Connections, hub, rooms and a real log."""

    peers = Bundle("peers")

    def __init__(self):
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.runner = asyncio.Runner()
        self.runner.run(self.begin())
        self.known = {}

    async def begin(self):
        quiet = structlog.wrap_logger(structlog.ReturnLogger(), wrapper_class=structlog.make_filtering_bound_logger(0))
        config = ServerConfig(
            Path(self.folder.name) / "data", Path(self.folder.name), timing=Timing(close_s=0.01, finish_s=0.01)
        )
        self.app = make_app(config, quiet)
        self.hub, self.doors = self.app[HUB], self.app[DOORS]
        await self.doors.set_passcode("shut", "right one")
        self.tokens = {Grant.HOST: self.app[TOKEN]}
        for grant in (Grant.VIEWER, Grant.CORRECTOR, Grant.CAPTIONER, Grant.ARCHIVIST):
            for meeting in ("m1", "m2", "shut"):
                _, self.tokens[grant, meeting] = await self.doors.invite(meeting, grant, 1, "")
        socket = _Socket()
        host = Connection(socket, socket, self.hub, Client(self.doors, "192.0.2.1", {}))
        self.hub.enter(host)
        for message in (
            wire.Hello(role=wire.Role.PUBLISHER, meeting="m1", token=self.app[TOKEN], track=Track("floor", "en"),
                       publisher="p1", policy=RecordPolicy.ON_RECORD),
            wire.Update(update=_SAID),
        ):  # fmt: skip
            await host._take(wire.encode(message))
        assert (await self.hub.transcript("m1")).cues("floor")

    def teardown(self):
        async def end():
            self.hub.say_bye()
            await asyncio.sleep(0)
            for part in (OPEN, RENDER, LOG):
                await self.app[part].close()

        self.runner.run(end())
        self.runner.close()
        self.folder.cleanup()

    @rule(target=peers)
    def connects(self):
        return self.connects_now()

    @rule(target=peers, grant=st.sampled_from(list(Grant)[1:]), track=st.sampled_from(["floor", "fr"]))
    def joins(self, grant, track):
        """Somebody comes with a token for it, and the hello that belongs to it."""
        peer = self.connects_now()
        role = next((role for role, known in GRANT_OF.items() if known is grant), wire.Role.PUBLISHER)
        token = self.tokens.get(grant, self.tokens.get((grant, "m1")))
        hello = wire.Hello(role=role, meeting="m1", token=token, track=Track(track, "en"), publisher="p1", title="M")
        self.give(peer, wire.encode(hello))
        return peer

    def connects_now(self):
        async def enter():
            socket = _Socket()
            connection = Connection(socket, socket, self.hub, Client(self.doors, "192.0.2.1", {}))
            self.hub.enter(connection)
            return connection

        return self.runner.run(enter())

    @rule(peer=peers, frame=st.sampled_from(VALID))
    def orders(self, peer, frame):
        self.give(peer, frame)

    @rule(peer=peers, hello=HELLOS, role=st.none() | st.sampled_from(list(Grant)[1:]))
    def says_hello(self, peer, hello, role):
        token = self.tokens.get(role, self.tokens.get((role, hello.meeting), "")) if role else hello.token
        passcode = {"right": "right one", "wrong": "wrong one"}.get(hello.passcode, "")
        self.give(peer, wire.encode(msgspec.structs.replace(hello, token=token, passcode=passcode)))

    @rule(peer=peers, frame=MESSAGES | NONSENSE)
    def sends(self, peer, frame):
        self.give(peer, frame)

    @rule(peer=consumes(peers))
    def leaves(self, peer):
        async def leave():
            self.hub.leave(peer)

        self.runner.run(leave())

    @rule()
    def ticks(self):
        self.runner.run(self.hub.tick())

    def give(self, peer, frame):
        if peer._closing is not None:
            return
        peer._allowance = 20.0  # the rate is tested elsewhere
        self.runner.run(peer._take(frame))
        self.changed(peer._session.grant)

    def changed(self, grant):
        for meeting, events in self.logs().items():
            fresh = events[self.known.get(meeting, 0) :]
            self.known[meeting] = len(events)
            assert all(
                isinstance(event, MAY_WRITE.get(grant, ())) or opens(event, grant, meeting, events) for event in fresh
            )

    def logs(self):
        async def read():
            return {
                kept.meeting.id: list(await self.app[LOG].read(kept.meeting.id)) for kept in await self.hub.meetings()
            }

        return self.runner.run(read())

    @invariant()
    def what_is_shown_is_the_log(self):
        for meeting, events in self.logs().items():
            room = self.hub.room(meeting)
            self.known[meeting] = len(events)
            assert [event.seq for event in events] == list(range(1, len(events) + 1))
            if room is not None:
                assert room.transcript.snapshot() == Transcript().apply_all(events).snapshot()


def opens(event, grant, meeting, events):
    """A captioner opens a meeting with its first policy."""
    return grant is Grant.CAPTIONER and isinstance(event, PolicyEvent) and event == events[0]


TestTogether = Together.TestCase
TestTogether.settings = settings(
    max_examples=15, stateful_step_count=25, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
