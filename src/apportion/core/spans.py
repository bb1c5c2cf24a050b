"""Lengths of time as people write them: 30m, 24h, 7d."""

import re
from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

_PATTERN = r"\d{1,4}[mhd]"
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


def _span(text: str) -> str:
    if not is_span(text):
        raise ValueError(f"'{text}' is no length of time; write it like 30m, 24h or 7d")
    return text


def _zero(given: object) -> object:
    """A bare 0 needs no unit."""
    return "0m" if given == 0 and not isinstance(given, bool) else given


Span = Annotated[
    str, BeforeValidator(_zero), AfterValidator(_span), Field(json_schema_extra={"pattern": f"^{_PATTERN}$"})
]


def is_span(text: str) -> bool:
    """Whether a text is a length of time."""
    return re.fullmatch(_PATTERN, text) is not None


def span(text: str) -> timedelta:
    """The length of a checked text."""
    return timedelta(**{_UNITS[text[-1]]: int(text[:-1])})
