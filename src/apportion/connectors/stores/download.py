"""Brings one object to disk so that being cut off, at any moment, costs only what had not yet arrived."""

import fcntl
import json
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from apportion.connectors.stores.contract import Stored
from apportion.core.errors import Terminal, Transient
from apportion.core.patience import Patience, Said

PIECE = 64 << 20
"""Bytes asked for at once: each piece has its own attempts, so a long download survives many cuts."""

Get = Callable[[int, int], Iterable[memoryview]]
"""The bytes of the object from an offset up to but not including another, in chunks."""


def download(stored: Stored, folder: Path, get: Get, patience: Patience, said: Said) -> Path:
    """The file `folder`/key with the content of `stored`, complete or not there at all.

    Beside it lie hidden files: `.NAME.part`, what has arrived so far, and `.NAME.etag`, of which content.
    """
    target = folder / stored.key
    with _explained(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        part, note = (target.with_name(f".{target.name}.{end}") for end in ("part", "etag"))
        with _alone(target, stored.key):
            if _noted(note) != stored.etag:
                _start_over(stored, note, part, target)
            elif target.is_file() and target.stat().st_size == stored.size:
                return target
            with part.open("ab") as file:
                _fill(file, stored, get, patience, said)
            part.replace(target)
    return target


def _fill(file: BinaryIO, stored: Stored, get: Get, patience: Patience, said: Said) -> None:
    def piece() -> None:
        end = min(stored.size, (file.tell() // PIECE + 1) * PIECE)
        for chunk in get(file.tell(), end):
            file.write(chunk)
            said(progress(stored, file.tell()))
        # Only what is really on disk may be continued after the machine itself went down.
        file.flush()
        os.fsync(file.fileno())
        if file.tell() < end:
            raise Transient(f"The answer for {stored.key} ended early.", hint="Run it again.")

    if file.tell() > stored.size:
        file.seek(0)
        file.truncate()
    while file.tell() < stored.size:
        patience.call(piece, said)


def progress(stored: Stored, arrived: int) -> str:
    """How much has arrived, such as 'Fetching a/b.csv 120 of 340 MB'."""
    unit, name = (1_000_000, "MB") if stored.size >= 1_000_000 else (1_000, "kB")
    return f"Fetching {stored.key} {arrived // unit} of {-(-stored.size // unit)} {name}"


def _start_over(stored: Stored, note: Path, part: Path, target: Path) -> None:
    """Note what is fetched only once nothing of another content is left."""
    for old in (part, target):
        old.unlink(missing_ok=True)
    fresh = note.with_name(f"{note.name}.new")
    fresh.write_text(json.dumps({"etag": stored.etag, "size": stored.size}), encoding="utf-8")
    fresh.replace(note)


def _noted(note: Path) -> str:
    try:
        content = json.loads(note.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return ""
    return str(content.get("etag", "")) if isinstance(content, dict) else ""


@contextmanager
def _alone(target: Path, key: str) -> Iterator[None]:
    """Two that fetch the same object would write into each other's file."""
    with target.with_name(f".{target.name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            hint = "Wait until it has finished."
            raise Transient(f"{key} is being fetched by another process.", hint=hint) from None
        yield


@contextmanager
def _explained(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as why:
        hint = "Make room, or let the user that runs Apportion write there."
        raise Terminal(f"cannot be written: {why.strerror}", where=str(target), hint=hint) from None
