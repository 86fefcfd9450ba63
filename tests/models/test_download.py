"""Downloads go on where they were broken off, and nothing wrong or half gets a file's name."""

import errno
import hashlib
import urllib.request
from pathlib import Path
from typing import Self

import pytest

from models import download
from models.download import ATTEMPTS, Downloader, Wanted
from models.errors import AccessRefused, DiskFull, SourceFailed, StoreUnusable, WrongContent

CONTENT = bytes(range(256)) * 8192


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def downloader(waits: list[float]) -> Downloader:
    return Downloader(urllib.request.build_opener(urllib.request.ProxyHandler({})), waits.append)


@pytest.fixture
def wanted(site, tmp_path: Path) -> Wanted:
    site.files["/file"] = CONTENT
    return Wanted(f"{site.address}/file", tmp_path / "file", len(CONTENT), hashlib.sha256(CONTENT).hexdigest())


def quiet(file: str, done: int, total: int) -> None:
    pass


def test_a_file_is_downloaded_and_its_progress_told(downloader, wanted):
    told: list[tuple[str, int, int]] = []
    downloader.fetch(wanted, lambda *report: told.append(report))
    assert wanted.target.read_bytes() == CONTENT
    assert not wanted.part.exists()
    assert [done for _, done, _ in told] == sorted(done for _, done, _ in told)
    assert told[-1] == ("file", len(CONTENT), len(CONTENT))


def test_a_connection_cut_in_the_middle_is_taken_up_where_it_ended(downloader, wanted, site):
    site.cuts = [1_000_000, 500_000]
    downloader.fetch(wanted, quiet)
    assert wanted.target.read_bytes() == CONTENT
    assert [asked for _, asked in site.requests] == [None, "bytes=1000000-", "bytes=1500000-"]


def test_what_an_earlier_run_left_is_continued(downloader, wanted, site):
    wanted.part.write_bytes(CONTENT[:700_000])
    downloader.fetch(wanted, quiet)
    assert wanted.target.read_bytes() == CONTENT
    assert site.requests == [("/file", "bytes=700000-")]


def test_a_server_without_ranges_sends_it_all_again(downloader, wanted, site):
    site.ignores_ranges = True
    site.cuts = [1_000_000]
    downloader.fetch(wanted, quiet)
    assert wanted.target.read_bytes() == CONTENT


def test_a_file_that_is_there_needs_no_network(downloader, wanted, site):
    wanted.target.write_bytes(CONTENT)
    downloader.fetch(wanted, quiet)
    assert site.requests == []


def test_wrong_bytes_are_deleted_and_refused(downloader, wanted, site):
    site.files["/file"] = CONTENT[:-1] + b"!"
    with pytest.raises(WrongContent, match="SHA-256"):
        downloader.fetch(wanted, quiet)
    assert list(wanted.target.parent.iterdir()) == []


def test_more_bytes_than_pinned_are_refused(downloader, wanted, site):
    site.files["/file"] = CONTENT * 3
    with pytest.raises(WrongContent, match="more came"):
        downloader.fetch(wanted, quiet)
    assert list(wanted.target.parent.iterdir()) == []


def test_a_shorter_file_than_pinned_is_given_up_in_the_end(downloader, wanted, site):
    site.files["/file"] = CONTENT[:1000]
    with pytest.raises(SourceFailed):
        downloader.fetch(wanted, quiet)
    assert not wanted.target.exists()


def test_a_missing_file_is_not_asked_for_again(downloader, wanted, site):
    site.files.clear()
    with pytest.raises(SourceFailed, match="404"):
        downloader.fetch(wanted, quiet)
    assert len(site.requests) == 1


def test_a_busy_server_is_asked_again_after_longer_and_longer_waits(downloader, wanted, site, waits):
    site.statuses = [503, 429]
    downloader.fetch(wanted, quiet)
    assert wanted.target.exists()
    assert waits == [0.5, 1.0]


def test_a_dead_server_is_given_up_and_the_part_is_kept(downloader, wanted, site):
    site.cuts = [1_000_000] + [0] * ATTEMPTS
    with pytest.raises(SourceFailed, match=r"127\.0\.0\.1: file"):
        downloader.fetch(wanted, quiet)
    assert wanted.part.stat().st_size == 1_000_000


def test_nobody_listening_is_told(downloader, wanted):
    closed = Wanted("http://127.0.0.1:9/file", wanted.target, wanted.size, wanted.sha256)
    with pytest.raises(SourceFailed, match="refused"):
        downloader.fetch(closed, quiet)


@pytest.mark.parametrize("status", [401, 403, 407])
def test_a_server_that_wants_credentials_is_told_apart(downloader, wanted, site, status):
    site.statuses = [status]
    with pytest.raises(AccessRefused):
        downloader.fetch(wanted, quiet)


def test_a_part_that_the_server_cannot_continue_is_begun_anew(downloader, wanted, site):
    wanted.part.write_bytes(CONTENT[:-1])
    site.statuses = [416]
    downloader.fetch(wanted, quiet)
    assert wanted.target.read_bytes() == CONTENT


def test_a_file_address_works_too(downloader, tmp_path):
    origin = tmp_path / "origin"
    origin.write_bytes(CONTENT)
    wanted = Wanted(origin.as_uri(), tmp_path / "copy", len(CONTENT), hashlib.sha256(CONTENT).hexdigest())
    wanted.part.write_bytes(CONTENT[:10])
    downloader.fetch(wanted, quiet)
    assert wanted.target.read_bytes() == CONTENT


def test_a_file_address_without_a_file_is_told(downloader, tmp_path):
    gone = Wanted((tmp_path / "gone").as_uri(), tmp_path / "copy", 1, "0" * 64)
    with pytest.raises(SourceFailed, match="no such file"):
        downloader.fetch(gone, quiet)


def test_other_schemes_are_refused(downloader, tmp_path):
    with pytest.raises(SourceFailed, match="neither https"):
        downloader.fetch(Wanted("ftp://somewhere/file", tmp_path / "file", 1, "0" * 64), quiet)


class FullDisk:
    """A file on a disk that has no room."""

    def __init__(self, code: int) -> None:
        self.code = code

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *details: object) -> None:
        pass

    def write(self, block: bytes) -> int:
        raise OSError(self.code, "refused by the system")

    def flush(self) -> None:
        pass


def test_a_full_disk_is_told_and_what_came_is_deleted(downloader, wanted, monkeypatch):
    wanted.part.write_bytes(CONTENT[:1000])
    monkeypatch.setattr(download, "open_output", lambda path, *, resumed: FullDisk(errno.ENOSPC))
    with pytest.raises(DiskFull, match="CAPTIONER_MODELS"):
        downloader.fetch(wanted, quiet)
    assert not wanted.part.exists()


def test_a_broken_disk_is_not_taken_for_a_broken_connection(downloader, wanted, site, monkeypatch):
    monkeypatch.setattr(download, "open_output", lambda path, *, resumed: FullDisk(errno.EIO))
    with pytest.raises(StoreUnusable, match="refused by the system"):
        downloader.fetch(wanted, quiet)
    assert len(site.requests) == 1


def test_the_named_certificates_are_loaded(tmp_path):
    (tmp_path / "bad.pem").write_text("no certificate")
    with pytest.raises(OSError, match=r"(?i)pem|certificate|x509"):
        download.make_opener({"PIP_CERT": str(tmp_path / "bad.pem")})
    assert download.make_opener({"PIP_CERT": str(tmp_path / "gone.pem")})
