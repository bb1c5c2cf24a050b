"""What somebody may have meant by a name that nobody has."""

from collections.abc import Mapping
from difflib import get_close_matches

LIKE = 0.7


def nearest(name: str, known: Mapping[str, str]) -> str:
    """Of what is known, by what it is and what it is called, the one most like `name`; '' where none is."""
    called = {text.casefold(): one for one, title in known.items() for text in (title, one)}
    near = get_close_matches(name.casefold(), called, 1, LIKE)
    return called[near[0]] if near else ""
