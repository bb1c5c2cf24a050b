"""What a set of files contains, independent of their names and places."""

import hashlib
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
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


def digests(paths: Iterable[Path]) -> "tuple[ThreadPoolExecutor, list[Future[str]]]":
    """The digests of `paths`, computed beside whatever else is done; shut the pool down afterwards."""
    pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="fingerprint")
    return pool, [pool.submit(digest, path) for path in paths]


def fingerprint(reader: str, contents: Iterable[str]) -> str:
    """One digest for all files read by `reader`, whatever their order."""
    text = "\n".join([READER, reader, *sorted(contents)])
    return hashlib.sha256(text.encode()).hexdigest()
