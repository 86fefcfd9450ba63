import os

import pytest

from captioner.errors import ExitCode, Failure
from captioner.glossary_file import GlossaryFile


def write(path, text, at):
    path.write_text(text, encoding="utf-8")
    os.utime(path, ns=(at, at))


def test_a_file_is_followed_and_a_broken_one_leaves_the_last_terms(tmp_path):
    path = tmp_path / "names.txt"
    write(path, "DCAD\n", 10**18)
    glossary = GlossaryFile(str(path))
    assert [t.text for t in glossary.current()] == ["DCAD"]
    write(path, "DCAD\nMAG\n", 10**18 + 1)
    assert [t.text for t in glossary.current()] == ["DCAD", "MAG"]
    write(path, "???\n", 10**18 + 2)
    assert [t.text for t in glossary.current()] == ["DCAD", "MAG"]
    path.unlink()
    assert [t.text for t in glossary.current()] == ["DCAD", "MAG"]
    assert GlossaryFile("").current() == ()


@pytest.mark.parametrize("content", [None, b"\xff\xfe\xfa", b"!!!\n"])
def test_a_glossary_that_cannot_be_used_is_said_before_the_meeting(tmp_path, content):
    path = tmp_path / "names.txt"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(Failure) as failure:
        GlossaryFile(str(path))
    assert failure.value.code is ExitCode.USAGE
    assert failure.value.remedy
