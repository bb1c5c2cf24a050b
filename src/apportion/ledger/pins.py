"""Runs that someone wants to keep: each pin is a small file, so that setting and removing it is one step."""

import os
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from apportion.core.errors import BadInput


@dataclass(frozen=True)
class Pins:
    """Marker files below `folder`, one for each pinned run, named like it."""

    folder: Path

    def all(self) -> frozenset[str]:
        """The ids of pinned runs."""
        with suppress(FileNotFoundError):
            return frozenset(pin.name for pin in self.folder.iterdir() if _usual(pin.name))
        return frozenset()

    def add(self, run_id: str) -> None:
        """Pin a run; once this returns, the pin outlives a power cut. Raises BadInput for an odd id."""
        if not _usual(run_id):
            raise BadInput(f"'{run_id}' is not the id of a run.", hint="'apportion runs' lists them.")
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / run_id).touch()
        _sync(self.folder)

    def remove(self, run_id: str) -> None:
        """Let a run go; nothing where it was not pinned."""
        if _usual(run_id):
            (self.folder / run_id).unlink(missing_ok=True)

    def touch(self) -> None:
        """Let `stamp` change: what can be said of runs is another."""
        self.folder.mkdir(parents=True, exist_ok=True)
        os.utime(self.folder)

    def stamp(self) -> str:
        """Changes when a pin comes or goes, or files do; one look-up."""
        try:
            return str(os.stat(self.folder).st_mtime_ns)  # noqa: PTH116  asked at every request
        except FileNotFoundError:
            return "0"


def _usual(name: str) -> bool:
    return re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9-]{0,99}", name) is not None


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
