import pytest
from hypothesis import given
from hypothesis import strategies as st

from captioner.captions import wire
from captioner.captions.cue import RecordPolicy
from captioner.captions.cue import Track as Described
from server.archive.importing import Wanted, read_file

VTT = "WEBVTT\n\nNOTE\nLanguage: fr\n\na\n00:00:01.000 --> 00:00:02.000\n<v Ann>Bonjour.\n\n00:00:03.000 --> 00:00:04.000\nSalut."
SRT = "1\n00:00:01,000 --> 00:00:02,000\n>> MR. O'NEIL: Good morning.\n\n2\n00:00:03,000 --> 00:00:04,000\nNo: never.\n"


def test_webvtt_with_speakers_and_language():
    found = read_file(VTT.encode(), Wanted())
    assert [(u.cue.id, u.cue.text, u.cue.speaker, u.cue.language, u.human) for u in found.updates] == [
        ("a", "Bonjour.", "Ann", "fr", True), ("import-2", "Salut.", "", "fr", True),
    ]  # fmt: skip
    assert found.problems == ()


def test_every_speaker_of_a_caption_is_kept_and_it_is_reported():
    file = (
        "WEBVTT\n\na\n00:00:01.000 --> 00:00:05.000\n<v.loud Ann>Same.</v>\n<v.low Bo>Same.</v>\n\n"
        "a-2\n00:00:06.000 --> 00:00:07.000\n<v Cy>End."
    )
    found = read_file(file.encode(), Wanted("en"))
    assert [(u.cue.id, u.cue.speaker, u.cue.text, u.cue.start, u.cue.end) for u in found.updates] == [
        ("a", "Ann", "Same.", 1000, 3000), ("a-2", "Bo", "Same.", 3000, 5000), ("import-3", "Cy", "End.", 6000, 7000),
    ]  # fmt: skip
    assert [(p.line, p.lost) for p in found.problems] == [(4, False)]


def test_subrip_with_names_in_the_text():
    found = read_file(SRT.encode("utf-16"), Wanted("en", ">> NAME: ", human=False))
    assert [(u.cue.speaker, u.cue.text, u.human) for u in found.updates] == [
        ("MR. O'NEIL", "Good morning.", False), ("", "No: never.", False),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "speaker", "rest"),
    [
        ("ANN: Hello: there.", "ANN", "Hello: there."), ("Ann Bo Cy: x", "Ann Bo Cy", "x"), ("12:30 is noon", "", "12:30 is noon"),
        ("http://example.org", "", "http://example.org"), ("Nothing", "", "Nothing"), (f"{'word ' * 20}: x", "", f"{'word ' * 20}: x".strip()),
        ("李华: 大家好", "李华", "大家好"),
    ],
)  # fmt: skip
def test_names_before_a_colon(text, speaker, rest):
    (update,) = read_file(f"1\n00:00:01,000 --> 00:00:02,000\n{text}".encode(), Wanted("en", "NAME: ")).updates
    assert (update.cue.speaker, update.cue.text) == (speaker, rest.replace("  ", " ").replace(" :", " :"))


def test_what_is_wrong_is_named_and_the_rest_taken():
    found = read_file(
        b"WEBVTT\n\n00:01.000 --> 00:00.500\nx\n\n00:02.000 --> 00:03.000\nna\xefve & \n\n00:04.000 --> 00:05.000\n",
        Wanted(),
    )
    assert [update.cue.text for update in found.updates] == ["na\ufffdve &"]
    assert [(p.line, p.column, p.lost) for p in found.problems] == [
        (7, 3, False),
        (3, 15, True),
        (7, 7, False),
        (1, 1, True),
    ]
    assert read_file(b"hello", Wanted("not a language")).updates == ()


@given(st.binary(max_size=300), st.sampled_from(["", "NAME: ", "x"]))
def test_nothing_makes_it_fail(content, speaker):
    for one in (content, b"WEBVTT\n\n" + content, b"1\n00:00:01,000 --> 00:00:02,000\n" + content):
        found = read_file(one, Wanted("en", speaker))
        assert len({update.cue.id for update in found.updates}) == len(found.updates)


async def send(world, content, path="/api/meetings/m1/tracks/cart/import", token=None, **query):
    headers = {"Authorization": f"Bearer {world.token if token is None else token}"}
    return await world.client.post(path, data=content, headers=headers, params=query)


async def ended(world, policy=RecordPolicy.ON_RECORD):
    publisher = await world.joined(policy=policy, track=Described("floor", "en"))
    await world.publish(publisher, world.final(text="By a machine."))
    await publisher.send(wire.End())
    await publisher.get(wire.Ended)


async def test_a_track_is_imported_into_the_archive(world, config):
    await ended(world)
    answer = await send(world, VTT.encode())
    assert (answer.status, await answer.json()) == (200, {"imported": 2, "problems": []})
    text = (config.data / "archive" / "m1" / "cart.txt").read_text(encoding="utf-8")
    assert ">> ANN: Bonjour." in text
    assert "made by a person" in text
    assert "<mark>Salut</mark>" in await (await world.client.get("/search?q=salut")).text()
    again = await send(world, VTT.encode())
    assert again.status == 200
    other = await send(world, SRT.encode())
    assert other.status == 409
    assert "another track" in (await other.json())["error"]


async def test_under_the_chatham_house_rule_no_name_comes_in(world, config):
    await ended(world, RecordPolicy.CHATHAM)
    await send(world, VTT.encode())
    for path in config.data.rglob("*"):
        assert not path.is_file() or b"Ann" not in path.read_bytes(), path


async def test_a_meeting_that_took_place_elsewhere_is_made_where_asked(world):
    answer = await send(
        world, VTT.encode(), "/api/meetings/new/tracks/cart/import", record="on_record", title="Elsewhere"
    )
    assert (answer.status, (await answer.json())["imported"]) == (200, 2)
    assert "Elsewhere" in await (await world.client.get("/archive/")).text()
    nothing = await send(world, VTT.encode(), "/api/meetings/new2/tracks/cart/import", record="off_record")
    assert nothing.status == 400
    assert "record policy" in (await nothing.json())["error"]


async def test_who_may_not_import_and_what_cannot_be(world):
    await ended(world)
    assert (await send(world, VTT.encode(), token="wrong")).status == 401
    assert (await send(world, VTT.encode(), "/api/meetings/none/tracks/cart/import")).status == 404
    assert (await send(world, VTT.encode(), "/api/meetings/m1/tracks/a%20b/import")).status == 400
    nothing = await send(world, b"nothing")
    assert nothing.status == 400
    assert (await send(world, VTT.encode(), record="secret")).status == 400
    assert (await nothing.json())["problems"][0] == {
        "line": 1, "column": 1, "problem": "a cue must have its times, as 00:00:00,000 --> 00:00:01,000", "lost": True,
    }  # fmt: skip


async def test_a_file_that_is_too_large_is_refused(world, monkeypatch):
    monkeypatch.setattr("server.routes.importing.MAX_BYTES", 1000)
    await ended(world)
    assert (await send(world, b"x" * 200_000)).status == 413
