import stat

import pytest

from server.errors import StorageError
from server.tokens import host_token, make_data_folder, same_token


def test_the_token_is_made_once_and_for_the_owner_only(tmp_path):
    data = tmp_path / "a" / "data"
    token = host_token(data)
    assert len(token) >= 40
    assert host_token(data) == token
    assert stat.S_IMODE((data / "host.token").stat().st_mode) == 0o600
    assert stat.S_IMODE(data.stat().st_mode) == 0o700
    assert [path.name for path in data.iterdir()] == ["host.token"]


def test_tokens_are_compared():
    assert same_token("abc", "abc")
    assert not same_token("abc", "abd")
    assert not same_token("abc", "")
    assert not same_token("abc", "\ud800ä")


def test_a_damaged_token_has_a_remedy(tmp_path):
    (tmp_path / "host.token").write_text("x")
    with pytest.raises(StorageError, match="delete the file"):
        host_token(tmp_path)


def test_a_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(StorageError, match="name another one"):
        make_data_folder(tmp_path / "file" / "data")
