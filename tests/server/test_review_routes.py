import asyncio
import json

import pytest

from captioner.captions import wire
from captioner.captions.cue import Cue, CueStatus, CueUpdate, RecordPolicy, Word
from captioner.captions.event import CaptionEvent, PolicyEvent
from captioner.captions.policy import PolicyChange
from server.setup import MeetingSetup, Person
from server.terms import TERMS
from tests.server.conftest import final

ON, CHATHAM, OFF = RecordPolicy.ON_RECORD, RecordPolicy.CHATHAM, RecordPolicy.OFF_RECORD


class Reviewer:
    """An archivist with an invitation of their own."""

    def __init__(self, world, token):
        self.world = world
        self.headers = {"Authorization": f"Bearer {token}"}

    async def get(self, path="", status=200):
        answer = await self.world.client.get(f"/api/review/m1{path}", headers=self.headers)
        assert answer.status == status, await answer.text()
        return await answer.json()

    async def post(self, path, body, status=200):
        answer = await self.world.client.post(f"/api/review/m1{path}", json=body, headers=self.headers)
        assert answer.status == status, await answer.text()
        return await answer.json()

    async def step(self, step, status=200, note=""):
        seq = (await self.get())["seq"]
        return await self.post("/state", {"step": step, "seq": seq, "note": note}, status)

    async def edit(self, cue, base, text, start=0, end=1000, speaker="", status=200):
        edit = {
            "track": "floor",
            "cue": cue,
            "base": base,
            "text": text,
            "start": start,
            "end": end,
            "speaker": speaker,
        }
        return await self.post("/edits", {"edits": [edit]}, status)


async def invited(world, role="archivist"):
    answer = await world.client.post(
        "/api/meetings/m1/invitations", json={"role": role}, headers={"Authorization": f"Bearer {world.token}"}
    )
    assert answer.status == 201
    return Reviewer(world, (await answer.json())["token"])


async def held(world, policy=ON, updates=None, *, end=True):
    publisher = await world.joined(policy=policy)
    await world.publish(publisher, *(updates or [final("c1"), final("c2", "Second.", start=1000, speaker="Ann Lee")]))
    if end:
        await publisher.send(wire.End())
        await publisher.get(wire.Ended)
    return publisher


def setup(world, **terms):
    async def lookup(_):
        return MeetingSetup(**terms)

    world.client.app._state[TERMS] = lookup  # a running application is frozen


async def page(world, path="/archive/m1/"):
    answer = await world.client.get(path)
    return answer.status, await answer.text()


async def test_the_state_says_everything(world):
    await held(world)
    ann = await invited(world)
    state = await ann.get()
    assert state["meeting"]["title"] == "A meeting"
    assert (state["state"], state["two_persons"], state["quarantine"]) == ("draft", False, False)
    assert [(cue["id"], cue["text"], cue["speaker"], cue["status"]) for cue in state["cues"]] == [
        ("c1", "Good morning.", "", "automatic"),
        ("c2", "Second.", "Ann Lee", "automatic"),
    ]
    assert state["quality"]["floor"]["cues"] == 2


@pytest.mark.parametrize("role", ["viewer", "corrector", "captioner"])
async def test_others_may_not(world, role):
    await held(world)
    other = await invited(world, role)
    await other.get(status=403)
    await other.post("/edits", {"edits": []}, 403)
    await other.post("/strike", {"start": 0, "end": 1, "policy": "off_record", "reason": "x"}, 403)
    await other.post("/erase", {"reason": "x"}, 403)
    await Reviewer(world, "wrong").get(status=401)


async def test_an_edit_is_a_revision_by_a_person_that_readers_get(world):
    await held(world, end=False)
    viewer = await world.viewer()
    await viewer.get(wire.SnapshotMessage)
    ann = await invited(world)
    said = await ann.edit("c1", 1, "Good evening.", speaker="Bo")
    assert said["cues"][0] | {"text": "Good evening.", "status": "corrected", "revision": 2} == said["cues"][0]
    event = (await viewer.get(wire.EventMessage)).event
    while not isinstance(event, CaptionEvent):
        event = (await viewer.get(wire.EventMessage)).event
    assert (event.update.cue.text, event.update.human, event.update.revision) == ("Good evening.", True, 2)


async def test_two_people_who_change_the_same_are_told(world):
    await held(world)
    ann, bob = await invited(world), await invited(world)
    await ann.edit("c1", 1, "Hers.")
    said = await bob.edit("c1", 1, "His.", status=409)
    assert said["cues"] == ["c1"]
    assert [cue["text"] for cue in (await bob.get())["cues"]] == ["Hers.", "Second."]


async def test_a_merge_and_a_split_are_one_step_each(world):
    await held(world)
    ann = await invited(world)
    merge = [
        {"track": "floor", "cue": "c1", "base": 1, "text": "Good morning. Second.", "start": 0, "end": 2000},
        {"track": "floor", "cue": "c2", "base": 1, "text": ""},
    ]
    await ann.post("/edits", {"edits": merge})
    assert [cue["text"] for cue in (await ann.get())["cues"]] == ["Good morning. Second.", ""]
    split = [
        {"track": "floor", "cue": "c1", "base": 2, "text": "Good", "start": 0, "end": 500},
        {"track": "floor", "cue": "c1.s1", "base": -1, "text": "morning.", "start": 500, "end": 2000},
    ]
    await ann.post("/edits", {"edits": split})
    assert [cue["text"] for cue in (await ann.get())["cues"]] == ["Good", "", "morning."]
    stale = [split[0] | {"base": 3}, split[1] | {"base": 7}]
    await ann.post("/edits", {"edits": stale}, 409)
    assert [cue["text"] for cue in (await ann.get())["cues"]] == ["Good", "", "morning."]


@pytest.mark.parametrize("body", [b"", b"[]", b'{"edits": 5}', b"{", b'{"edits": [{"track": 1}]}', b"\xff"])
async def test_broken_orders_are_answered(world, body):
    await held(world)
    ann = await invited(world)
    for path in ("edits", "state", "redact", "dismiss", "statements", "strike", "erase"):
        answer = await world.client.post(f"/api/review/m1/{path}", data=body, headers=ann.headers)
        assert answer.status == 400


@pytest.mark.parametrize(
    "edit",
    [
        {"cue": "bad id", "base": -1, "text": "x", "start": 0, "end": 1},
        {"cue": "n1", "base": -1, "text": "", "start": 0, "end": 1},
        {"cue": "c1", "base": 1, "text": "x", "start": 5, "end": 5},
        {"cue": "c1", "base": 1, "text": "x" * 2001, "start": 0, "end": 5},
        {"track": "other", "cue": "n1", "base": -1, "text": "x", "start": 0, "end": 5},
    ],
)
async def test_what_is_no_caption_is_refused_with_words(world, edit):
    await held(world)
    ann = await invited(world)
    said = await ann.post("/edits", {"edits": [{"track": "floor"} | edit]}, 400)
    assert said["error"]


async def test_a_long_meeting_is_replaced_at_once(world):
    updates = [final(f"c{n}", "A word that is wrong.", 1, n * 1000) for n in range(300)]
    await held(world, updates=updates)
    ann = await invited(world)
    edits = [
        {
            "track": "floor",
            "cue": f"c{n}",
            "base": 1,
            "text": "A word that is right.",
            "start": n * 1000,
            "end": n * 1000 + 900,
        }
        for n in range(300)
    ]
    await ann.post("/edits", {"edits": edits})
    assert {cue["text"] for cue in (await ann.get())["cues"]} == {"A word that is right."}


async def test_from_draft_to_published_and_a_dated_correction(world):
    await held(world)
    ann = await invited(world)
    assert "Good morning." in (await page(world))[1]
    assert "nobody has reviewed" in (await ann.step("publish", 409))["error"]
    await ann.step("review")
    assert (await ann.step("publish"))["version"] == 1
    await ann.edit("c1", 1, "Good evening.")
    assert "Good morning." in (await page(world))[1]  # the correction waits for its version
    await ann.step("review")
    assert (await ann.step("publish", note="The greeting."))["version"] == 2
    state = await ann.get()
    assert state["state"] == "published"
    assert [(v["number"], v["note"]) for v in state["versions"]] == [(1, ""), (2, "The greeting.")]
    _, new = await page(world)
    assert "Good evening." in new
    status, old = await page(world, "/archive/m1/v/1/")
    assert status == 200
    assert "Good morning." in old
    assert "Good evening." not in old
    assert "/archive/m1/v/2/" in old  # linked both ways
    assert "/archive/m1/v/1/" in new
    assert (await page(world, "/archive/m1/v/3/"))[0] == 404


async def test_two_people_release_where_the_meeting_asks(world):
    await held(world)
    setup(world, two_person_release=True)
    ann, bob = await invited(world), await invited(world)
    assert (await page(world))[0] == 404
    assert (await ann.get())["public_seq"] is None
    await ann.step("review")
    assert (await ann.get())["mine"]
    assert "two people" in (await ann.step("publish", 409))["error"]
    await bob.edit("c1", 1, "Good evening.")
    assert "changed after the review" in (await bob.step("publish", 409))["error"]
    await ann.step("review")
    assert (await bob.step("publish"))["version"] == 1
    assert "Good evening." in (await page(world))[1]


async def test_a_step_on_what_one_has_not_seen_is_refused(world):
    await held(world)
    ann = await invited(world)
    seq = (await ann.get())["seq"]
    await ann.edit("c1", 1, "Good evening.")
    await ann.post("/state", {"step": "review", "seq": seq}, 409)


async def test_a_meeting_that_goes_on_is_not_published(world):
    await held(world, end=False)
    ann = await invited(world)
    assert "end it first" in (await ann.step("review", 409))["error"]


async def test_chatham_stays_in_quarantine_until_released(world):
    await held(world, CHATHAM)
    for path in ("/archive/m1/", "/archive/m1/floor.vtt", "/archive/m1/floor.json", "/archive/m1/v/1/"):
        assert (await page(world, path))[0] == 404
    ann = await invited(world)
    assert (await ann.get())["quarantine"]
    await ann.step("review")
    await ann.step("publish")
    status, text = await page(world)
    assert status == 200
    assert "Second." in text
    assert "Ann Lee" not in text


async def test_a_reviewer_cannot_name_anybody_under_the_rule_nor_keep_what_is_off_the_record(world):
    publisher = await held(world, CHATHAM, end=False)
    await publisher.send(wire.SetPolicy(change=PolicyChange(5000, OFF)))
    await publisher.get(wire.EventMessage)
    ann = await invited(world)
    said = await ann.edit("c1", 1, "Good morning.", speaker="Ann Lee")
    assert said["cues"][0]["speaker"] == ""
    refused = await ann.edit("c1", 2, "Good morning.", start=4000, end=6000, status=400)
    assert "off the record" in refused["error"]


async def test_names_are_proposed_and_removed_from_the_history_too(world, config):
    await held(
        world,
        CHATHAM,
        [final("c1", "Canaryfirst Halvorsen spoke.", 1), final("c1", "Thank you, Ingrid Halvorsen.", 2, end=3000)],
    )
    setup(world, roster=(Person("Ingrid Halvorsen", "Open Spectrum"),))
    ann = await invited(world)
    found = (await ann.get("/proposals?track=floor"))["proposals"]
    assert [(one["text"], one["kind"]) for one in found] == [("Ingrid Halvorsen", "name")]
    one = found[0]
    span = {"track": "floor", "cue": "c1", "base": one["revision"], "start": one["start"], "end": one["end"]}
    said = await ann.post("/redact", {"spans": [span]})
    assert said["cues"][0]["text"] == "Thank you, [name removed]."
    assert (said["cues"][0]["start"], said["cues"][0]["end"]) == (0, 3000)
    content = b"".join(path.read_bytes() for path in config.data.rglob("*") if path.is_file())
    assert b"Halvorsen" not in content
    await ann.post("/redact", {"spans": [span]}, 409)
    assert (await ann.get("/proposals?track=floor"))["proposals"] == []


async def test_a_refused_proposal_does_not_come_again(world):
    await held(world, updates=[final("c1", "Thank you, Paris Accord.", end=3000)])
    ann = await invited(world)
    one = (await ann.get("/proposals?track=floor"))["proposals"][0]
    await ann.post("/dismiss", {key: one[key] for key in ("track", "cue", "start", "end")})
    assert (await ann.get("/proposals?track=floor"))["proposals"] == []


async def test_a_statement_is_attached_and_taken_away(world):
    await held(world)
    ann = await invited(world)
    body = {"track": "floor", "first": "c1", "last": "c2", "author": "Bo", "text": "We disagree."}
    made = await ann.post("/statements", body, 201)
    assert [one["text"] for one in (await ann.get())["statements"]] == ["We disagree."]
    await ann.post("/statements", body | {"first": "c9"}, 400)
    await ann.post("/statements", body | {"first": "c2", "last": "c1"}, 400)
    await ann.post("/statements", body | {"author": ""}, 400)
    answer = await world.client.delete(f"/api/review/m1/statements/{made['id']}", headers=ann.headers)
    assert answer.status == 200
    answer = await world.client.delete(f"/api/review/m1/statements/{made['id']}", headers=ann.headers)
    assert answer.status == 404


async def test_a_signed_statement_names_nobody_who_was_there_under_the_rule(world):
    await held(world, CHATHAM)
    ann = await invited(world)
    body = {"track": "floor", "first": "c1", "last": "c2", "author": "Bo", "text": "We disagree."}
    assert "not on the record" in (await ann.post("/statements", body, 400))["error"]


async def test_a_struck_part_is_gone_for_readers_late_joiners_and_files(world, config):
    await held(world, updates=[final(f"c{n}", f"Canary{n}.", 1, n * 1000) for n in range(4)], end=False)
    early = await world.viewer()
    await early.get(wire.SnapshotMessage)
    ann = await invited(world)
    publisher = world.peers[0]
    await publisher.send(wire.End())
    await publisher.get(wire.Ended)
    await ann.post("/strike", {"start": 1500, "end": 2500, "policy": "off_record", "reason": "Asked for."})
    async with asyncio.timeout(10):
        event = (await early.get(wire.EventMessage)).event
        while not (isinstance(event, CaptionEvent) and event.update.cue.id == "c2" and not event.update.cue.text):
            event = (await early.get(wire.EventMessage)).event
    late = await world.viewer()
    snapshot = (await late.get(wire.SnapshotMessage)).snapshot
    assert {each.update.cue.text for each in snapshot.cues} == {"Canary0.", "", "Canary3."}
    resumed = await world.viewer(epoch=event.epoch, after=1)
    await resumed.get(wire.Ended)
    assert b"Canary2" not in b"".join(wire.encode(message).encode() for message in resumed.seen)
    _, text = await page(world)
    assert "Canary2" not in text
    assert "00:00:01\N{EN DASH}00:00:02" in text  # the archive says from when to when
    content = b"".join(path.read_bytes() for path in config.data.rglob("*") if path.is_file())
    assert b"Canary2" not in content
    assert b"Canary3" in content
    assert (await ann.get())["stones"][0]["reason"] == "Asked for."


@pytest.mark.parametrize(
    "body",
    [
        {"start": 5, "end": 5, "policy": "off_record", "reason": "x"},
        {"start": 0, "end": 5, "policy": "on_record", "reason": "x"},
        {"start": 0, "end": 5, "policy": "chatham", "reason": "  "},
    ],
)
async def test_a_strike_that_is_none_is_refused(world, body):
    await held(world)
    ann = await invited(world)
    await ann.post("/strike", body, 400)


async def test_what_is_still_to_come_is_not_struck(world):
    await held(world, end=False)
    ann = await invited(world)
    body = {"start": 0, "end": 3_600_000, "policy": "off_record", "reason": "x"}
    assert "not over yet" in (await ann.post("/strike", body, 400))["error"]


async def test_an_erased_meeting_is_gone_and_stays_gone(world, config):
    await held(world, updates=[final("c1", "Canary.")])
    ann = await invited(world)
    await ann.post("/erase", {"reason": "Asked for by everybody."})
    content = b"".join(path.read_bytes() for path in config.data.rglob("*") if path.is_file())
    assert b"Canary." not in content
    assert not (config.data / "archive" / "m1").exists()
    status, text = await page(world)
    assert status == 410
    assert "Asked for by everybody." in text
    refused = await world.publisher()
    assert (await refused.get(wire.Error)).code is wire.ErrorCode.NO_MEETING
    await world.hub.export_stale()
    assert not (config.data / "archive" / "m1").exists()


async def test_the_page_is_there_and_may_play_a_local_recording(world, viewer_folder):
    (viewer_folder / "review.html").write_text("<!doctype html><title>review</title>")
    answer = await world.client.get("/review/m1")
    assert answer.status == 200
    assert "media-src 'self' blob:" in answer.headers["Content-Security-Policy"]
    assert (await world.client.get("/review/bad%20id")).status == 404


async def test_words_keep_their_times_through_an_edit(world):
    words = tuple(Word(i * 100, i * 100 + 90, text) for i, text in enumerate((" Good", " mourning", " all.")))
    update = CueUpdate(Cue("c1", 0, 1000, "Good mourning all.", "en", "", words), 1, CueStatus.FINAL)
    await held(world, updates=[update])
    ann = await invited(world)
    await ann.edit("c1", 1, "Good morning all.")
    transcript = await world.hub.transcript("m1")
    fresh = transcript.latest("floor", "c1").cue.words
    assert [(word.text, word.start, word.end) for word in fresh] == [
        (" Good", 0, 90),
        (" morning", 100, 190),
        (" all.", 200, 290),
    ] or [word.text.strip() for word in fresh] == ["Good", "morning", "all."]
    assert (fresh[0].start, fresh[2].start) == (0, 200)


async def test_a_policy_event_reaches_the_publisher_of_a_live_meeting(world):
    publisher = await held(world, end=False)
    ann = await invited(world)

    kept = await world.hub.find("m1")
    while world.hub.clock.wall_ms() - kept.meeting.started < 30:  # noqa: ASYNC110 - a clock has no event
        await asyncio.sleep(0.01)
    await ann.post("/strike", {"start": 5, "end": 15, "policy": "chatham", "reason": "x"})
    found = await publisher.get(wire.EventMessage)
    while not (isinstance(found.event, PolicyEvent) and found.event.change.policy is CHATHAM):
        found = await publisher.get(wire.EventMessage)
    assert found.event.change.at == 5


async def test_a_stricter_policy_that_reaches_back_erases_what_was_kept(world, config):
    publisher = await held(world, end=False, updates=[final(f"c{n}", f"Canary{n}.", 1, n * 1000) for n in range(3)])
    viewer = await world.viewer()
    await viewer.get(wire.SnapshotMessage)
    await publisher.send(wire.SetPolicy(change=PolicyChange(1500, OFF)))
    async with asyncio.timeout(10):
        event = (await viewer.get(wire.EventMessage)).event
        while not (isinstance(event, CaptionEvent) and event.update.cue.id == "c2"):
            event = (await viewer.get(wire.EventMessage)).event
    assert event.update.status is CueStatus.RETRACTED
    content = b"".join(path.read_bytes() for path in config.data.rglob("*") if path.is_file())
    assert [f"Canary{n}".encode() in content for n in range(3)] == [True, False, False]


async def test_a_crash_between_a_switch_and_what_it_takes_away_is_made_good_at_the_start(start, config):
    async with start() as world:
        await held(world, end=False, updates=[final("c1", "Canary1.", 1, 1000)])
        change = PolicyEvent(epoch="", seq=0, change=PolicyChange(0, OFF))
        await world.hub._log.append("m1", change)  # the log has the switch, and nothing else happened
    async with start() as world:
        transcript = await world.hub.transcript("m1")
        assert transcript.cues("floor") == []
        content = b"".join(path.read_bytes() for path in config.data.rglob("*") if path.is_file())
        assert b"Canary1" not in content


@pytest.mark.parametrize("number", [2**53, 2**63, 10**30, -(2**63) - 1])
@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/dismiss", {"track": "floor", "cue": "c1", "start": 0, "end": "NUMBER"}),
        ("/dismiss", {"track": "floor", "cue": "c1", "start": "NUMBER", "end": 5}),
        ("/state", {"step": "review", "seq": "NUMBER"}),
        (
            "/edits",
            {"edits": [{"track": "floor", "cue": "c1", "base": 1, "text": "Well.", "start": 0, "end": "NUMBER"}]},
        ),
        ("/edits", {"edits": [{"track": "floor", "cue": "c1", "base": "NUMBER", "text": "Well."}]}),
        ("/redact", {"spans": [{"track": "floor", "cue": "c1", "base": 1, "start": 0, "end": "NUMBER"}]}),
        ("/strike", {"start": 0, "end": "NUMBER", "policy": "off_record", "reason": "asked for"}),
    ],
)
async def test_a_number_that_no_table_holds_is_refused(start, path, body, number):
    async with start() as world:
        await held(world)
        ann = await invited(world)
        said = json.loads(json.dumps(body).replace('"NUMBER"', str(number)))
        assert "error" in await ann.post(path, said, 400)
