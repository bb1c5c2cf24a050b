"""Runs the commands of a page the way a reader would: one shell, one folder, one block after the other."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from docs_pages import DOCS, Block, blocks

EXAMPLE = DOCS / "examples" / "juniper"
_BETWEEN = "=== end of block ==="


def environment(**more: str) -> dict[str, str]:
    """A reader's shell: the program on the PATH, wide lines, no colours, nothing of the one who runs the tests."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("APPORTION") and k != "FORCE_COLOR"}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {**kept, "PATH": path, "COLUMNS": "250", "NO_COLOR": "1", "TERM": "dumb", **more}


def follow(page: Path, folder: Path, marker: str = "runnable", **variables: str) -> None:
    """Do in `folder` what the page says, and check what it says is printed.

    Blocks that need a server have a `marker` of their own.
    """
    script, steps = ["set -e"], []
    for block in blocks(page):
        if block.marker.startswith("file: "):
            target = folder / block.marker.removeprefix("file: ")
            copy = folder / f"block-{block.line}.txt"
            copy.write_text(block.text, encoding="utf-8")
            script.append(f"cp '{copy.name}' '{target.relative_to(folder)}'")
        elif block.marker == marker:
            script += [block.text, f"echo '{_BETWEEN}'"]
            steps.append(block)
    done = subprocess.run(
        ["bash", "-c", "\n".join(script)],
        cwd=folder, env=environment(**variables), capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    printed = done.stdout.split(f"{_BETWEEN}\n")
    assert done.returncode == 0, (
        f"{steps[min(len(printed), len(steps)) - 1]} failed:\n{printed[-1]}{done.stderr}"
    )
    _check_prints(page, steps, printed)


def _check_prints(page: Path, steps: list[Block], printed: list[str]) -> None:
    said = dict(zip((step.line for step in steps), printed, strict=False))
    for block in blocks(page):
        if block.marker == "prints":
            before = max(line for line in said if line < block.line)
            output = re.sub(r"[ \t]+", " ", said[before])
            for line in filter(None, block.text.splitlines()):
                pattern = ".*".join(re.escape(part.strip()) for part in line.split("…"))
                assert re.search(pattern, output), (
                    f"{block} promises {line!r}, but printed was:\n{said[before]}"
                )


@pytest.fixture(scope="session")
def attributed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the guide on shared cost was followed to its end."""
    folder = tmp_path_factory.mktemp("juniper")
    for file in EXAMPLE.glob("*.csv"):
        shutil.copy(file, folder)
    follow(DOCS / "guides" / "shared-cost.md", folder)
    return folder


@pytest.fixture
def reader(attributed: Path, tmp_path: Path) -> Callable[[Path], None]:
    """Follows a page in a copy of that folder, where every page after it begins."""
    folder = tmp_path / "reader"
    shutil.copytree(attributed, folder)
    return lambda page: follow(page, folder, APPORTION_WORKSPACE="juniper")


@pytest.fixture(scope="session")
def server(attributed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address at which a copy of that folder's workspace is served; what is posted stays in the copy."""
    folder = tmp_path_factory.mktemp("served") / "juniper"
    shutil.copytree(attributed, folder)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        str(Path(sys.executable).with_name("apportion")),
        "-w",
        "juniper",
        "serve",
        "--port",
        str(port),
    ]
    with subprocess.Popen(command, cwd=folder, env=environment(), stdout=subprocess.DEVNULL) as running:
        try:
            _wait(f"http://127.0.0.1:{port}/api/v1/health", running)
            yield f"http://127.0.0.1:{port}"
        finally:
            running.terminate()


def _wait(address: str, running: "subprocess.Popen[bytes]", seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while running.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=5).close()
        except OSError:
            if time.monotonic() > end:
                raise
        else:
            return
    raise AssertionError(f"the server ended with exit code {running.returncode}")
