"""Addresses of people outside: one e-mail address each, and nothing that could be more than that."""

import re
from urllib.parse import quote

PLACE = "{contact}"
_LONGEST = 254
_NAME = r"[A-Za-z0-9_+-]+(\.[A-Za-z0-9_+-]+)*"
_HOST = r"([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(f"{_NAME}@{_HOST}")


def is_contact(text: str) -> bool:
    """Whether it is one plain e-mail address: no name beside it, no list, no comment, no line break."""
    return len(text) <= _LONGEST and _ADDRESS.fullmatch(text) is not None


def for_contact(url: str, contact: str) -> str:
    """The address of a channel with the contact in its place, escaped so that it stays one value there."""
    return url.replace(PLACE, quote(contact, safe=""))
