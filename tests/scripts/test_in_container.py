"""What is run within the container, run against a server outside of one."""

import asyncio
import os
from contextlib import asynccontextmanager

import pytest
import structlog
from aiohttp.test_utils import TestServer

from scripts import in_container
from server.app import make_app
from server.config import ServerConfig, Timing


@pytest.fixture
def start(tmp_path):
    @asynccontextmanager
    async def starting():
        quiet = structlog.wrap_logger(structlog.ReturnLogger())
        async with TestServer(make_app(ServerConfig(tmp_path, tmp_path, timing=Timing(close_s=0.2)), quiet)) as server:
            yield str(server.make_url("/"))

    return starting


async def test_a_meeting_is_captioned_and_kept(start, tmp_path):
    async with start() as url:
        await asyncio.to_thread(in_container.say, tmp_path, url)
        await asyncio.to_thread(in_container.kept, tmp_path, url)
    async with start() as url:
        await asyncio.to_thread(in_container.kept, tmp_path, url)


async def test_an_archive_that_lacks_captions_is_noticed(start, tmp_path, monkeypatch):
    async with start() as url:
        await asyncio.to_thread(in_container.say, tmp_path, url)
        monkeypatch.setattr(in_container, "CAPTIONS", 4)
        with pytest.raises(SystemExit, match="3 captions of 4"):
            await asyncio.to_thread(in_container.kept, tmp_path, url)


@pytest.fixture
def as_itself(monkeypatch):
    monkeypatch.setattr(os, "getuid", lambda: 10001)
    monkeypatch.setattr(os, "getgid", lambda: 10001)


def test_only_the_data_folder_may_be_written(as_itself, tmp_path):
    closed = tmp_path / "a file, in which no file can be"
    closed.touch()
    in_container.confined(tmp_path, (str(closed),))
    assert [path.name for path in tmp_path.iterdir()] == [closed.name]
    (tmp_path / "other").mkdir()
    with pytest.raises(SystemExit, match="other can be written"):
        in_container.confined(tmp_path, (str(tmp_path / "other"),))
    with pytest.raises(SystemExit, match="cannot be written"):
        in_container.confined(closed, ())


def test_another_user_is_noticed(monkeypatch, tmp_path):
    monkeypatch.setattr(os, "getuid", lambda: 0)
    with pytest.raises(SystemExit, match="it runs as 0:"):
        in_container.confined(tmp_path, ())
