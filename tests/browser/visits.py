"""A served workspace, and a visit to its dashboard that remembers everything the page said and asked for."""

import csv
import io
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page


@dataclass
class Site:
    """The served workspace."""

    address: str
    workspace: Path

    def command(self, *arguments: str) -> str:
        """What the command line prints about the same workspace."""
        return run(self.workspace, *arguments)


@dataclass
class Visit:
    """A page of the dashboard, and everything it said and asked for."""

    page: Page
    site: Site
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        self.page.goto(self.site.address + path)
        self.settle()
        return self.page

    def settle(self) -> None:
        """Until the answer stands, every request is done and the charts are drawn."""
        self.page.locator("h1").first.wait_for()
        self.page.wait_for_load_state("networkidle")
        self.page.wait_for_function(
            "() => !document.querySelector('.sk') && document.fonts.status === 'loaded'"
        )

    def listen(self) -> None:
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)

    def left_the_machine(self) -> list[str]:
        """Requests to anywhere else; blobs and data are made by the page itself."""
        addresses = [urlsplit(url) for url in self.requests]
        away = [
            url for url in addresses if url.scheme not in {"blob", "data"} and url.hostname != "127.0.0.1"
        ]
        return [url.geturl() for url in away]


def visiting(browser: Browser, site: Site, scheme: Any = "light", width: int = 1440) -> Iterator[Visit]:
    """A visit for a fixture; nothing may leave the machine."""
    size: Any = {"width": width, "height": 900}
    context = browser.new_context(viewport=size, color_scheme=scheme, accept_downloads=True)
    made = Visit(context.new_page(), site)
    made.listen()
    yield made
    context.close()
    assert made.left_the_machine() == []


def exact(place: Locator) -> Decimal:
    """All digits of the first amount there."""
    return Decimal(place.locator("data").first.get_attribute("value") or "")


def grave(page: Page) -> list[str]:
    """What keeps people from using the page, by axe."""
    found = Axe().run(page).response["violations"]
    return [f"{v['id']}: {v['nodes'][0]['target']}" for v in found if v["impact"] in {"serious", "critical"}]


def downloaded(page: Page, name: str) -> list[dict[str, str]]:
    """The rows of the CSV behind a link."""
    with page.expect_download() as loading:
        page.get_by_role("link", name=f"{name} as CSV").click()
    return list(csv.DictReader(io.StringIO(loading.value.path().read_text(encoding="utf-8"))))


def run(workspace: Path, *arguments: str) -> str:
    command = [sys.executable, "-m", "apportion", "-w", str(workspace), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, f"{' '.join(arguments)}: {done.stdout}{done.stderr}"
    return done.stdout
