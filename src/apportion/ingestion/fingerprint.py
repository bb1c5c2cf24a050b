"""What a set of files contains, independent of their names and places."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

READER = "1"
"""Raised when the same file would be read differently than before, so that it is read again."""

_CHUNK = 1 << 22


def digest(path: Path) -> str:
    """SHA-256 of the file, in hexadecimal."""
    seen = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            seen.update(chunk)
    return seen.hexdigest()


def fingerprint(reader: str, contents: Iterable[str]) -> str:
    """One digest for all files read by `reader`, whatever their order."""
    text = "\n".join([READER, reader, *sorted(contents)])
    return hashlib.sha256(text.encode()).hexdigest()
