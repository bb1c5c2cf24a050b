"""The folder a load works in: below its table, unseen by readers, removed at the end or by a later load."""

import fcntl
import json
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from apportion.ledger import Table

STAGED = "_staged"
_SAFE_AGE = 60.0


@dataclass(frozen=True)
class Workbench:
    """The folder of one living load."""

    folder: Path

    def move(self, files: Sequence[Path], targets: Sequence[Path]) -> list[Path]:
        """Move finished files to where they will be committed, leaving a note of them first."""
        with (self.folder / "moved").open("a") as note:
            note.writelines(json.dumps(str(t)) + "\n" for t in targets)
        for file, target in zip(files, targets, strict=True):
            file.replace(target)
        return list(targets)


@contextmanager
def workbench(table: Table, load_id: str) -> Iterator[Workbench]:
    """A fresh folder for one load. Whoever holds its lock is alive; the lock ends with the process."""
    clear(table)
    folder = table.directory / STAGED / load_id
    folder.mkdir(parents=True)
    try:
        with (folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield Workbench(folder)
    finally:
        _discard(table, folder)


def clear(table: Table) -> None:
    """Remove what loads left behind that were killed; folders of living loads stay."""
    for folder in (table.directory / STAGED).glob("*"):
        with suppress(OSError):
            if time.time() - folder.stat().st_mtime > _SAFE_AGE and not _held(folder / "lock"):
                _discard(table, folder)


def _discard(table: Table, folder: Path) -> None:
    note = folder / "moved"
    moved = [Path(json.loads(line)) for line in note.read_text().splitlines()] if note.exists() else []
    if any(path.exists() for path in moved):
        committed = set(table.files())
        if not committed & {str(path) for path in moved} and not _in_log(table, folder.name):
            for path in moved:
                path.unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)


def _in_log(table: Table, load_id: str) -> bool:
    """Whether a load of that id was ever committed, and its files may serve an older version."""
    return any(
        str(entry.get("load_id", "")).startswith(load_id)
        for commit in table.records()
        for entry in commit.get("loads", ())
    )


def _held(path: Path) -> bool:
    if not path.exists():
        return False
    with path.open("r+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return True
    return False
