"""Takes secrets out of text that others wrote."""

import re
from collections.abc import Iterable
from urllib.parse import unquote

LONGEST = 200
_SHORTEST = 5
"""Parts of an address that are shorter are words, not secrets."""


def parts_of(url: str) -> set[str]:
    """The address and every part of it that may be a secret: user, password, path, parameters."""
    found = {url, url.partition("://")[2]}
    rest = url.partition("://")[2]
    for text in (rest, unquote(rest)):
        found |= set(re.split(r"[/?&=@:#,+;\s]+", text))
    return {part for part in found if len(part) >= _SHORTEST}


def without(text: str, secrets: Iterable[str]) -> str:
    """The text on one line, shortened, with every secret replaced by an ellipsis."""
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, "…")
    line = "".join(mark if mark.isprintable() else " " for mark in text)
    return " ".join(line.split())[:LONGEST]
