import shutil

import pytest

from tests.browser.meeting import Publisher, Server

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


# the browser's own lines about a server that a test took away, and a favicon
_BROWSER_S_OWN = (
    "WebSocket",
    "favicon",
    "ERR_CONNECTION_REFUSED",
    "ERR_CONNECTION_RESET",
    "An unknown error occurred when fetching the script",
)


@pytest.fixture(scope="session")
def chromium():
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("Chromium is not installed (apt: chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium):
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.problems = []
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    page.on(
        "console",
        lambda m: (
            page.problems.append(m.text)
            if m.type == "error" and not any(own in m.text for own in _BROWSER_S_OWN)
            else None
        ),
    )
    yield page
    assert page.problems == []
    context.close()


@pytest.fixture
def server(tmp_path):
    server = Server(tmp_path / "data")
    yield server
    server.kill()


@pytest.fixture
def publisher(server):
    publisher = Publisher(server)
    yield publisher
    publisher.sink.close(end=False, timeout=1)
