"""Errors a person can act on: what happened, where, and what to do next."""

from collections.abc import Mapping
from typing import Any, ClassVar


class ApportionError(Exception):
    """Something went wrong that a person should read about.

    `where` names the file, line, column or setting; `hint` is the next step. `exit_code` is what the
    command line returns, `status` and `title` what the API answers.
    """

    exit_code: ClassVar[int] = 1
    status: ClassVar[int] = 500
    title: ClassVar[str] = "Something failed"
    members: Mapping[str, Any] = {}
    """What the API says of it besides, under names of its own."""

    def __init__(self, message: str, *, where: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.hint = hint

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        step = f" {self.hint}" if self.hint else ""
        return f"{place}{self.message}{step}"


class Terminal(ApportionError):
    """Trying again will not help."""


class Transient(ApportionError):
    """Trying again may help; not before `after` seconds, where the other side says so."""

    status = 503
    title = "Temporarily unavailable"

    def __init__(self, message: str, *, where: str = "", hint: str = "", after: float = 0) -> None:
        super().__init__(message, where=where, hint=hint)
        self.after = after


class Changed(Transient):
    """Something is no longer what was listed: asking for the old content again cannot help, listing can."""

    def __init__(self, message: str, *, where: str = "", hint: str = "") -> None:
        super().__init__(message, where=where, hint=hint or "Run it again; the new content is then taken.")


class BadInput(Terminal):
    """What was given cannot be used as it is."""

    exit_code = 2
    status = 422
    title = "Input not usable"


class NotFound(Terminal):
    """Nothing has this name."""

    exit_code = 3
    status = 404
    title = "Not found"


class Refused(Terminal):
    """It would break a promise, so it was not done; what was there before still stands."""

    exit_code = 4
    status = 409
    title = "Refused"


class OverLimit(Terminal):
    """More would change than was allowed; nothing was done."""

    exit_code = 5
    status = 409
    title = "Over the limit"
