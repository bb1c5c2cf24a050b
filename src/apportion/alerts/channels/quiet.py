"""What libraries log while a message is sent: caught, because addresses with tokens stand in it."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_LOGGERS = (
    "apprise", "httpx", "httpcore.connection", "httpcore.http11", "httpcore.proxy",
    "urllib3.connectionpool", "urllib3.util.retry", "requests", "asyncio",
)  # fmt: skip
_said: ContextVar[list[str] | None] = ContextVar("said", default=None)


class _Catch(logging.Filter):
    """Keeps what is logged within `quietly` from every handler."""

    def filter(self, record: logging.LogRecord) -> bool:
        said = _said.get()
        if said is None:
            return True
        said.append(record.getMessage())
        return False


_CATCH = _Catch()


@contextmanager
def quietly() -> Iterator[list[str]]:
    """Nothing that libraries for sending log within the block gets out of it; the list has it all."""
    for name in _LOGGERS:
        logging.getLogger(name).addFilter(_CATCH)  # a filter that is there already is not added again
    said: list[str] = []
    token = _said.set(said)
    try:
        yield said
    finally:
        _said.reset(token)
