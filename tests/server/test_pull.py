import asyncio
import json
import shutil

import pytest

from captioner.captions import wire
from captioner.captions.cue import Cue, CueStatus, CueUpdate
from server.routes.pull import line


def cue(text, status=CueStatus.FINAL):
    return CueUpdate(Cue("c", 0, 1, text, "en"), 0, status)


def everything(cues, length):
    lines, last = [], 0
    while True:
        content, after = line(cues, last, length)
        if not content and after == last:
            return lines
        assert after > last
        lines.append(content)
        last = after


CUES = [
    cue("Five score years ago, a great American signed."),
    cue("x"),
    cue("Gone.", CueStatus.RETRACTED),
    cue("The end."),
]


@pytest.mark.parametrize("length", [1, 5, 12, 32, 500])
def test_lines_join_to_the_text(length):
    lines = everything(CUES, length)
    assert "".join("".join(lines).split()) == "Fivescoreyearsago,agreatAmericansigned.xTheend."
    assert all(len(each.rstrip()) <= length for each in lines)


def test_words_stay_whole():
    assert everything(CUES, 12)[:3] == ["Five score ", "years ago, a ", "great "]


def test_the_end_and_beyond():
    assert line(CUES, -1, 32) == ("", 40_000)
    assert line(CUES, 10**9, 32) == ("", 40_000)
    assert line([], 0, 32) == ("", 0)


def test_a_correction_of_an_earlier_cue_moves_nothing():
    first, last = line(CUES, 0, 12)
    changed = [cue("Five score years ago, a truly great American signed."), *CUES[1:]]
    assert line(changed, last, 12)[0] == "years ago, a "
    assert first == "Five score "


async def captioned(world):
    publisher = await world.publisher()
    await publisher.send(wire.Update(update=world.final(text="Good morning, everybody.")))
    await publisher.get(wire.Ack)


async def test_over_http(world):
    await captioned(world)
    reply = await world.client.get("/captions?event=m1&last=0&language=en&length=14")
    assert reply.status == 200
    assert reply.headers["Content-Language"] == "en"
    found = await reply.json()
    assert found == {"content": "Good morning, ", "lastPosition": 14, "languageCode": "en"}
    after = await (await world.client.get("/captions?event=m1&last=14")).json()
    assert after == {"content": "everybody. ", "lastPosition": 10_000, "languageCode": "en"}
    assert (await (await world.client.get("/captions?event=m1&last=10000")).json())["content"] == ""


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
async def test_curl_reads_it(world):
    await captioned(world)
    url = world.client.make_url("/captions?event=m1&last=0&language=en")
    process = await asyncio.create_subprocess_exec("curl", "-sS", str(url), stdout=asyncio.subprocess.PIPE)
    output, _ = await process.communicate()
    assert json.loads(output)["content"] == "Good morning, everybody. "


async def test_a_language_that_nobody_captions(world):
    await captioned(world)
    assert (await world.client.get("/captions?event=m1&language=fr")).status == 404


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("event=../x", 400),
        ("event=m1&last=x", 400),
        ("event=nothing", 404),
        ("", 400),
        ("event=m1&last=" + "9" * 40, 400),
    ],
)
async def test_what_cannot_be_answered(world, query, status):
    reply = await world.client.get(f"/captions?{query}")
    assert reply.status == status
    assert "error" in await reply.json()
