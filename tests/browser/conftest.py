"""A real browser, before the dashboard of a small company that `apportion serve` serves."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

import apportion
from browser import company, limited, watched
from browser.beside import Beside, LimitedSite
from browser.visits import Site, Visit, run, visiting
from served import Server

ON_PATH = ("chromium", "chromium-browser", "google-chrome")
# Nothing but the loopback address has a name: a request that would leave the machine fails, and is seen.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]


def find_chromium(play: Playwright) -> str | None:
    named = os.environ.get("CHROMIUM_PATH")
    if named:
        return named
    found = next((path for name in ON_PATH if (path := shutil.which(name))), None)
    own = play.chromium.executable_path
    return found or (own if Path(own).is_file() else None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as play:
        path = find_chromium(play)
        if path is None:
            why = "No Chromium: set CHROMIUM_PATH, put chromium on the PATH, or run 'playwright install chromium'."
            if os.environ.get("CI") == "true":
                pytest.fail(why)
            pytest.skip(f"THE DASHBOARD IS NOT TESTED. {why}")
        launched = play.chromium.launch(executable_path=path, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    built = Path(apportion.__file__).parent / "api" / "static" / "index.html"
    if not built.is_file():
        pytest.fail("The dashboard is not built: run 'make install'.")
    workspace = company.make(tmp_path_factory.mktemp("tern") / "workspace")
    run(workspace, "ingest")
    company.write_rules(workspace, shared=False)
    run(workspace, "allocate")
    company.write_rules(workspace)
    run(workspace, "allocate")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "apportion",
        "-w",
        str(workspace),
        "serve",
        "--no-jobs",
        "--port",
        str(port),
    ]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as served:
        address = f"http://127.0.0.1:{port}"
        try:
            wait_for(address, served)
            yield Site(address, workspace)
        finally:
            served.terminate()


@pytest.fixture(scope="session")
def watched_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A company that is looked at, with something to see."""
    workspace = watched.make(tmp_path_factory.mktemp("watched") / "workspace")
    server = Server(workspace)
    try:
        yield Site(server.url, workspace)
    finally:
        server.stop()


@pytest.fixture(scope="session")
def limited_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LimitedSite]:
    """A company with budgets, plans and accounts, and a site beside it that may show its customers' pages."""
    with Beside() as beside:
        workspace = limited.make(tmp_path_factory.mktemp("limited") / "workspace", beside.address)
        run(workspace, "ingest")
        run(workspace, "allocate")
        server = Server(workspace)
        try:
            status, said = server.post("/api/v1/operations", {"operations": limited.operations()})
            assert status == 200, said
            site = LimitedSite(server.url, workspace, beside)
            site.let_in()
            yield site
        finally:
            server.stop()


@pytest.fixture
def watching(browser: Browser, watched_site: Site) -> Iterator[Visit]:
    yield from visiting(browser, watched_site)


def wait_for(address: str, served: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert served.poll() is None, "'apportion serve' ended"
        try:
            with urlopen(f"{address}/api/v1/health", timeout=5):
                return
        except URLError:
            time.sleep(0.1)
    pytest.fail("'apportion serve' did not answer within a minute.")


@pytest.fixture(params=[("light", 1440), ("dark", 1440), ("light", 390)], ids=lambda p: f"{p[0]}-{p[1]}")
def any_look(request: pytest.FixtureRequest, browser: Browser, site: Site) -> Iterator[Visit]:
    """Each colour scheme on a desk, and a phone."""
    scheme, width = request.param
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    yield begin(context.new_page(), site)
    context.close()


@pytest.fixture
def visit(browser: Browser, site: Site) -> Iterator[Visit]:
    """One visit on a desk; whatever a test does, nothing may complain and nothing may leave the machine."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, accept_downloads=True)
    made = begin(context.new_page(), site)
    yield made
    context.close()
    assert made.complaints == []
    assert made.left_the_machine() == []


def begin(page: Page, site: Site) -> Visit:
    made = Visit(page, site)
    made.listen()
    return made
