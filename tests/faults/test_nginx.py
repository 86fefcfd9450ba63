"""The nginx of deploy/, for real, in front of an origin and two edges."""

import asyncio
import re
import secrets
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import aiohttp
import pytest

from captioner.captions import wire
from captioner.captions.cue import RecordPolicy, Track

CONF = Path(__file__).resolve().parents[2] / "deploy/nginx.conf"
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(NGINX is None, reason="nginx is not here: apt install nginx-light"),
]


def adapted(folder, port, origin, edges):
    """The file as it is shipped, but for hosts, ports and where it writes."""
    text, counts = CONF.read_text(encoding="utf-8"), []
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind}; " for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    servers = " ".join(f"server 127.0.0.1:{edge};" for edge in edges)
    for old, new in (
        ("worker_processes auto;", f"worker_processes 1; pid {folder}/pid; error_log {folder}/error.log;"),
        ("worker_rlimit_nofile 65536;", ""),
        ("worker_connections 32768", "worker_connections 512"),
        ("http {", f"http {{ {temporary}"),
        ("access_log /dev/stdout quiet;", f"access_log {folder}/access.log quiet;"),
        ("server edge:8080;", servers),
        ("server origin:8080;", f"server 127.0.0.1:{origin};"),
        ("listen 8443;", f"listen 127.0.0.1:{port};"),
    ):
        counts.append((old, text.count(old)))
        text = text.replace(old, new)
    assert all(count == 1 for _, count in counts), counts
    assert not re.search(r"8080|8443;(?! ssl)", text.replace("8443 ssl", "").replace("origin:8080/ws", ""))
    return text


@contextmanager
def nginx(folder, port, origin, edges):
    conf = folder / "nginx.conf"
    conf.write_text(adapted(folder, port, origin, edges))
    command = [NGINX, "-p", str(folder), "-c", str(conf), "-e", str(folder / "error.log")]
    tested = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert tested.returncode == 0, tested.stderr
    assert "[warn]" not in tested.stderr, tested.stderr
    process = subprocess.Popen([*command, "-g", "daemon off;"], stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait(30)


async def opened(session, url, **hello):
    """A socket that said hello; tried until the proxy listens."""
    for _ in range(200):
        try:
            socket = await session.ws_connect(
                url, protocols=[wire.SUBPROTOCOL], origin=url.split("/", 3)[0] + "//" + url.split("/")[2]
            )
            break
        except aiohttp.ClientConnectionError:
            await asyncio.sleep(0.1)
    await socket.send_str(wire.encode(wire.Hello(meeting="m1", **hello)))
    return socket


async def until(socket, accepts):
    async with asyncio.timeout(60):
        while True:
            message = wire.decode_from_server(await socket.receive_str())
            if accepts(message):
                return message


def caption(number):
    return lambda message: (
        isinstance(message, wire.EventMessage) and f"Caption number {number} " in wire.encode(message)
    )


async def one_guesser_shuts_nobody_else_out(session, url, token):
    """Who comes through the proxy counts by the own address, and cannot write another one."""
    authorised = {"Authorization": f"Bearer {token}"}
    async with session.post(f"{url}/api/meetings/m1/passcode", json={"passcode": "right one"}, headers=authorised):
        pass

    async def guess(session, passcode, **headers):
        async with session.get(f"{url}/captions?event=m1", headers={"X-Passcode": passcode, **headers}) as answer:
            return answer.status

    for number in range(11):
        spoofed = f"192.0.2.{number}"
        await guess(session, "wrong one", **{"X-Forwarded-For": spoofed, "Forwarded": f"for={spoofed}"})
    assert await guess(session, "right one") == 429
    connector = aiohttp.TCPConnector(local_addr=("127.0.0.2", 0))
    async with aiohttp.ClientSession(connector=connector) as elsewhere:
        assert await guess(elsewhere, "right one") == 200
    async with session.post(f"{url}/api/meetings/m1/passcode", json={"passcode": ""}, headers=authorised):
        pass


async def test_captions_through_the_shipped_proxy(tmp_path):
    if shutil.which("redis-server") is None:
        pytest.skip("redis-server is not here: apt install redis-server")
    from benchmarks.machines import Machine, Redis, final, free_port

    (tmp_path / "redis").mkdir()
    (tmp_path / "nginx").mkdir(mode=0o777)
    redis = Redis(tmp_path / "redis")
    redis.start()
    origin = Machine(tmp_path / "origin", redis.url, edge=False)
    edges = [Machine(tmp_path / f"edge{number}", redis.url, edge=True) for number in (1, 2)]
    port = free_port()
    started = []
    try:
        for machine in (origin, *edges):
            await asyncio.to_thread(machine.start)
            started.append(machine)
        token = (tmp_path / "origin/host.token").read_text().strip()
        address = SimpleNamespace(ws=f"http://127.0.0.1:{port}/ws", staff=f"http://127.0.0.1:{port}/staff/ws")
        speaks = {
            "role": wire.Role.PUBLISHER, "token": token, "publisher": secrets.token_hex(4), "title": "A meeting",
            "track": Track("floor", "en"), "policy": RecordPolicy.ON_RECORD,
        }  # fmt: skip
        with nginx(tmp_path / "nginx", port, origin.port, [edge.port for edge in edges]):
            async with aiohttp.ClientSession() as session:
                publisher = await opened(session, address.staff, **speaks)
                await until(publisher, lambda message: isinstance(message, wire.Welcome))
                refused = await opened(session, address.ws, **speaks)
                await until(refused, lambda message: isinstance(message, wire.Error))  # an edge takes no captions
                readers = [await opened(session, address.ws, role=wire.Role.VIEWER) for _ in range(2)]
                host = await opened(session, address.staff, role=wire.Role.HOST, token=token)
                await until(host, lambda message: isinstance(message, wire.Welcome))
                for reader in readers:
                    await until(reader, lambda message: isinstance(message, wire.SnapshotMessage))
                await publisher.send_str(wire.encode(wire.Update(update=final(1))))
                for reader in (*readers, host):
                    await until(reader, caption(1))
                for path in ("/live/m1", "/viewer/socket.js", "/api/meetings", "/archive/"):
                    async with session.get(f"http://127.0.0.1:{port}{path}?secret=canary") as answer:
                        assert answer.status == 200, path
                await one_guesser_shuts_nobody_else_out(session, f"http://127.0.0.1:{port}", token)
                async with session.get(f"http://127.0.0.1:{port}/metrics") as answer:
                    assert answer.status == 403, "who comes through the proxy is not this machine"
    finally:
        for machine in reversed(started):
            await asyncio.to_thread(machine.stop)
        redis.kill()
    log = (tmp_path / "nginx/access.log").read_text()
    assert "/viewer/socket.js" in log
    assert "canary" not in log
    assert token not in log
