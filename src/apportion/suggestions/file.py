"""apportion.yaml on the disk: read as it is, replaced at once or not at all."""

import os
import shutil
from pathlib import Path

from apportion.core.errors import BadInput, Refused
from apportion.suggestions.edits import FILE


def read(directory: Path) -> str:
    """The file's text with its line ends as they are, so that edits keep them."""
    with (directory / FILE).open(encoding="utf-8", newline="") as file:
        return file.read()


def replace(directory: Path, before: str, after: str) -> None:
    """Put `after` in the place of the file.

    Raises Refused where the file no longer says what it said `before`, BadInput where it cannot be written.
    """
    if read(directory) != before:
        raise Refused(
            "the file was changed in the meantime, and nothing was written",
            where=FILE,
            hint="Ask for suggestions again.",
        )
    path = (directory / FILE).resolve()
    made = path.with_name(f".{FILE}.new")
    try:
        with made.open("w", encoding="utf-8", newline="") as file:
            file.write(after)
            file.flush()
            os.fsync(file.fileno())
        shutil.copymode(path, made)
        made.replace(path)
    except OSError as why:
        made.unlink(missing_ok=True)
        raise BadInput(f"cannot be written: {why}", where=str(path)) from None
