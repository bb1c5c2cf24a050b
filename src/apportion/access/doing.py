"""By whom it is done what a request leads to, however deep: the door says so, and the audit log reads it."""

from contextvars import ContextVar
from typing import NamedTuple

from apportion.access.caller import Caller


class By(NamedTuple):
    """Who asked, and from where."""

    caller: Caller
    address: str


doing: ContextVar[By | None] = ContextVar("doing", default=None)
"""Of the request that is answered; none on the command line and in jobs."""


def name_of(caller: Caller, said: str) -> str:
    """Who does something: whoever has an account or a key is not somebody else by saying so."""
    return (said.strip() or caller.name) if caller.kind == "local" else caller.name
