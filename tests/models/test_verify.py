"""Files are hashed in full when asked; the stamp only spares hashing what has not changed."""

import os
from pathlib import Path

import pytest

from models.catalogue import ModelEntry
from models.verify import STAMP, FileStatus, check_folder, hash_file, stamp_holds, write_stamp


@pytest.fixture
def folder(world, tmp_path: Path) -> Path:
    for path, content in world.hub_files.items():
        (tmp_path / Path(path).name).write_bytes(content)
    return tmp_path


@pytest.fixture
def entry(world) -> ModelEntry:
    return world.entry


def statuses(folder: Path, entry: ModelEntry) -> list[FileStatus]:
    return [check.status for check in check_folder(folder, entry)]


def test_whole_files_are_good(folder, entry):
    assert statuses(folder, entry) == [FileStatus.GOOD, FileStatus.GOOD]


def test_a_changed_byte_is_found_though_the_size_is_right(folder, entry):
    content = bytearray((folder / "model.bin").read_bytes())
    content[1000] ^= 1
    (folder / "model.bin").write_bytes(content)
    check, _ = check_folder(folder, entry)
    assert check.status is FileStatus.DAMAGED
    assert check.sha256 == hash_file(folder / "model.bin")


def test_a_wrong_size_is_not_even_hashed(folder, entry):
    (folder / "model.bin").write_bytes(b"short")
    check, _ = check_folder(folder, entry)
    assert (check.status, check.sha256) == (FileStatus.DAMAGED, None)


def test_a_missing_file_is_missing(folder, entry):
    (folder / "config.json").unlink()
    assert statuses(folder, entry) == [FileStatus.GOOD, FileStatus.MISSING]


def test_the_stamp_holds_until_a_file_changes(folder, entry):
    assert not stamp_holds(folder, entry)
    write_stamp(folder, entry)
    assert stamp_holds(folder, entry)
    os.utime(folder / "model.bin", ns=(1, 1))
    assert not stamp_holds(folder, entry)


def test_the_stamp_does_not_hold_for_another_catalogue(folder, entry):
    write_stamp(folder, entry)
    config = entry.files[1]
    other = type(config)(config.name, config.size, "0" * 64)
    assert not stamp_holds(folder, type(entry)("t", "MIT", (entry.files[0], other), entry.sources))


def test_a_damaged_stamp_does_not_hold(folder, entry):
    (folder / STAMP).write_text("{")
    assert not stamp_holds(folder, entry)


def test_a_stamp_that_cannot_be_written_is_no_error(folder, entry):
    (folder / STAMP).mkdir()
    write_stamp(folder, entry)
    assert not stamp_holds(folder, entry)
