"""A served workspace, and a visit to its dashboard that remembers everything the page said and asked for."""

import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Page


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


def run(workspace: Path, *arguments: str) -> str:
    command = [sys.executable, "-m", "apportion", "-w", str(workspace), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, f"{' '.join(arguments)}: {done.stdout}{done.stderr}"
    return done.stdout
