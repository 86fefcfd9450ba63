"""The viewer's files: compressed for who takes it, sent once, and anew when they change."""

import gzip

import pytest


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "viewer" / "page.js"
    path.parent.mkdir()
    path.write_text("// one\n" * 100)
    return path


@pytest.fixture
async def client(aiohttp_client, path):
    from aiohttp import web

    from server.static import StaticFiles

    files = StaticFiles()

    async def answer(request):
        return files.answer(request, path, "text/javascript; charset=utf-8")

    app = web.Application()
    app.router.add_get("/", answer)
    return await aiohttp_client(app, auto_decompress=False)


async def test_compressed_for_who_takes_it_only(client, path):
    answer = await client.get("/", headers={"Accept-Encoding": "gzip, br"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert gzip.decompress(await answer.read()) == path.read_bytes()
    answer = await client.get("/", headers={"Accept-Encoding": "identity"})
    assert "Content-Encoding" not in answer.headers
    assert await answer.read() == path.read_bytes()


async def test_what_is_there_already_is_not_sent_again(client, path):
    tag = (await client.get("/")).headers["ETag"]
    answer = await client.get("/", headers={"If-None-Match": tag})
    assert answer.status == 304
    assert await answer.read() == b""


async def test_a_changed_file_is_read_again(client, path):
    tag = (await client.get("/")).headers["ETag"]
    path.write_text("// two, and longer than before\n" * 100)
    answer = await client.get("/", headers={"If-None-Match": tag, "Accept-Encoding": "gzip"})
    assert answer.status == 200
    assert gzip.decompress(await answer.read()) == path.read_bytes()


async def test_a_tiny_or_a_huge_file_is_sent_as_it_is(client, path):
    for text in ("// tiny", "// huge\n" * 100_000):
        path.write_text(text)
        answer = await client.get("/", headers={"Accept-Encoding": "gzip"})
        assert "Content-Encoding" not in answer.headers
        assert (await answer.read()).decode() == text
