import json

import pytest

from benchmarks import faults, faults_machines
from benchmarks.campaign import Campaign, Kind, main, report
from server.backplane.base import BackplaneDown

KIND = Kind("A campaign", "some", "benchmarks.some", "two at a time", 5)


def found(first, meetings, violations=None):
    return Campaign(meetings, first, {"kill server": 3, "disk full": 4}, 9, violations or {}, 1)


def test_a_report_says_what_was_held_and_what_was_wrong():
    text = report(KIND, found(10, 5, {"m11": ["a final is doubled", "the log has a gap"]}))
    assert "5 meetings (seeds 10 to 14), two at a time, 7 faults, 9 reconnections of readers" in text
    assert "**Violations: 2**" in text
    assert "`python -m benchmarks.some`" in text
    assert "| disk full | 4 |" in text


@pytest.mark.parametrize(("asked", "first", "meetings"), [([], 0, 5), (["--meetings", "7", "--first", "3"], 3, 7)])
def test_the_meetings_that_are_asked_for_are_held(asked, first, meetings, tmp_path):
    async def hold(begin, count):
        return found(begin, count)

    main(KIND, "What it is.", hold, [*asked, "--out", str(tmp_path)])
    kept = json.loads((tmp_path / "some.json").read_text())
    assert (kept["first_seed"], kept["meetings"]) == (first, meetings)
    assert (tmp_path / "some.md").read_text() == report(KIND, found(first, meetings))


async def test_a_redis_that_is_away_is_waited_for():
    answers = [BackplaneDown("away"), False, True]

    async def over():
        answer = answers.pop(0)
        if isinstance(answer, BackplaneDown):
            raise answer
        return answer

    assert await faults_machines._until(over)
    assert not answers


@pytest.mark.parametrize("module", [faults, faults_machines])
def test_a_campaign_names_its_own_program(module):
    assert module.KIND.module == module.__name__
    assert module.KIND.module.rsplit(".", 1)[1].replace("_", "-") == module.KIND.file
