"""Runs commands as a person would type them."""

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from apportion.cli import main


@dataclass(frozen=True)
class Said:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def rows(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self.out)
        return found


Run = Callable[..., Said]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """`run("sql", "SELECT 1")` in the workspace `tmp_path / "ws"`."""
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("APPORTION_WORKSPACE", str(tmp_path / "ws"))
    monkeypatch.setenv("NO_COLOR", "1")

    def typed(*words: object) -> Said:
        monkeypatch.setattr(sys, "argv", ["apportion", *map(str, words)])
        capsys.readouterr()
        code = 0
        try:
            main()
        except SystemExit as end:
            code = int(end.code or 0)
        captured = capsys.readouterr()
        return Said(code, captured.out, captured.err)

    return typed


@pytest.fixture
def workspace(run: Run, tmp_path: Path) -> Path:
    """A workspace as `apportion init` makes it."""
    assert run("init", tmp_path / "ws").code == 0
    return tmp_path / "ws"
