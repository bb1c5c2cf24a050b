"""Keys of objects: which are hidden, which are safe as local paths, and which a pattern means."""

import re
from pathlib import PurePosixPath

from apportion.core.errors import BadInput

_MAGIC = re.compile(r"[*?\[]")


def is_hidden(key: str) -> bool:
    """Whether a part of the key starts with '.' or '_': leftovers of tools, never bills."""
    return any(part.startswith((".", "_")) for part in key.split("/"))


def checked(key: str, place: str) -> str:
    """The key, if it stays below the root; manifests and keys are written by others."""
    parts = PurePosixPath(key).parts
    if not parts or key.startswith("/") or ".." in parts or "\\" in key or "\0" in key:
        raise BadInput(f"The key {key!r} does not lie below the location.", where=place)
    return key


def below(key: str, prefix: str) -> bool:
    """Whether `key` lies in the folder `prefix` or below; '' is the root."""
    folder = prefix.strip("/")
    return not folder or key.startswith(f"{folder}/")


def split_pattern(path: str) -> tuple[str, str]:
    """The folder before the first part with a wildcard, and the pattern below it ('' where there is none)."""
    parts = path.split("/")
    first = next((i for i, part in enumerate(parts) if _MAGIC.search(part)), len(parts))
    return "/".join(parts[:first]), "/".join(parts[first:])


def compiled(pattern: str) -> re.Pattern[str]:
    """A pattern as files are matched by it: '*' and '?' within a folder, '**' over any number of them."""
    parts = pattern.split("/")
    regex = ""
    for i, part in enumerate(parts):
        last = i == len(parts) - 1
        if part == "**":
            regex += ".*" if last else "(?:[^/]+/)*"
        else:
            regex += _part(part) + ("" if last else "/")
    return re.compile(regex)


def _part(part: str) -> str:
    """One part of a pattern as a regular expression; a '[' that is never closed stands for itself."""
    pieces = re.findall(r"\[!?[^\]]+\]|\*+|.", part)
    words = {"?": "[^/]"}
    return "".join(
        "[^/]*"
        if piece.startswith("*")
        else ("[^" if piece[1] == "!" else "[") + re.escape(piece[1:-1].lstrip("!")).replace(r"\-", "-") + "]"
        if len(piece) > 1
        else words.get(piece, re.escape(piece))
        for piece in pieces
    )
