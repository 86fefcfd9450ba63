import base64
import shutil
import urllib.parse
import zipfile

import pytest

from benchmarks.canary import Meeting, run
from benchmarks.canary_search import needles, pieces

WORD = "N\u00e2mecanary7x"


@pytest.mark.parametrize(
    "planted",
    [
        WORD.encode(),
        "Na\u0302mecanary7x".encode(),
        WORD.encode("utf-16-le"),
        WORD.encode("utf-16-be"),
        base64.b64encode(b"a" + WORD.encode() + b"zz"),
        base64.b64encode(b"ab" + WORD.encode() + b"zz"),
        base64.b64encode(b"abc" + WORD.encode() + b"zz"),
        urllib.parse.quote(WORD).encode(),
        urllib.parse.quote(WORD).lower().encode(),
        b"N\\u00e2mecanary7x",
    ],
)
def test_a_planted_name_is_found_in_every_form(tmp_path, planted):
    meeting = Meeting(tmp_path, 1)
    meeting.data.mkdir()
    meeting.output.write_bytes(b"")
    meeting.forbidden = {WORD}
    (meeting.data / "some.file").write_bytes(b"before " + planted + b" after")
    meeting.search()
    assert meeting.report.hits


def test_another_name_is_no_hit(tmp_path):
    meeting = Meeting(tmp_path, 1)
    meeting.data.mkdir()
    meeting.output.write_bytes(b"")
    meeting.forbidden = {WORD}
    (meeting.data / "some.file").write_bytes("N\u00e2mecanary8x".encode())
    meeting.search()
    assert meeting.report.hits == []
    assert all(len(needle) > 7 for needle in needles(WORD))


def test_zip_files_are_opened(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.docx", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("word/document.xml", WORD)
    assert dict(pieces(tmp_path))["a.docx!word/document.xml"] == WORD.encode()


@pytest.mark.parametrize("seed", [3, 5])
def test_nothing_that_is_forbidden_is_in_any_byte(seed):
    report = run(seed, 40)
    assert report.hits == []
    assert report.unanswered == []
    assert report.pages > 25
    assert report.missing == []
    assert report.kept > 0
    assert report.forbidden > 10
    assert report.kills > 0
    assert report.searched > 50_000


@pytest.mark.skipif(shutil.which("redis-server") is None, reason="needs redis-server")
def test_nothing_is_in_an_edge_s_copy_or_in_redis():
    report = run(3, 40, edge=True)
    assert report.hits == []
    assert report.unanswered == []
    assert report.missing == []
