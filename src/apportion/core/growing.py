"""Files that lines are added to, of which none is ever half."""

import fcntl
import os
from pathlib import Path
from typing import BinaryIO


def append(path: Path, text: str, head: str = "") -> None:
    """Add whole lines and wait until they are on the disk; `head` stands before the first that it ever gets.

    A line that was cut off by a crash goes first. Processes take turns.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        size = _whole(file)
        file.truncate(size)
        file.write(((head if size == 0 else "") + text).encode())
        file.flush()
        os.fsync(file.fileno())


def _whole(file: BinaryIO) -> int:
    """The size of a file up to the end of its last whole line."""
    size = file.seek(0, os.SEEK_END)
    while size:
        begin = max(0, size - 65_536)
        file.seek(begin)
        at = file.read(size - begin).rfind(b"\n")
        if at >= 0:
            return begin + at + 1
        size = begin
    return 0
