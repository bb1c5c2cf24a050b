"""Whom and what the work at hand is done for, carried along by context variables."""

import contextlib
import functools
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from typing import Any, ParamSpec, Protocol, TypeVar, Unpack

from apportion_sdk.operation import ContextFields

P = ParamSpec("P")
R = TypeVar("R")
_KEPT = 1_000


class Takeable(Protocol):
    """A reservation, as far as operations within it go."""

    id: str

    def take(self) -> str | None:
        """Its id, once."""

    def give_back(self) -> None:
        """It may be taken again."""


class Scope:
    """What a `context` adds to the one around it, and the operations that were recorded within."""

    def __init__(self, fields: Mapping[str, Any], parent: "Scope | None") -> None:
        self._fields = dict(fields)
        self._parent = parent
        self._ids: deque[str] = deque(maxlen=_KEPT)
        self._lock = threading.RLock()
        self.reservation: Takeable | None = None

    def take(self) -> "Takeable | None":
        """The nearest reservation whose id no operation has yet; it is taken then."""
        mine = self.reservation
        if mine is not None and mine.take() is not None:
            return mine
        return self._parent.take() if self._parent else None

    @property
    def operation_ids(self) -> list[str]:
        """Ids of operations recorded within, in nested contexts, tasks and threads too; the last 1,000."""
        with self._lock:
            return list(self._ids)

    def annotate(self, **fields: Unpack[ContextFields]) -> None:
        """Say more, once it is known; it holds for operations from now on."""
        with self._lock:
            _merge(self._fields, fields)

    def merged(self) -> dict[str, Any]:
        """The fields of this and all contexts around it, the inner ones first in rank."""
        found = self._parent.merged() if self._parent else {}
        with self._lock:
            return _merge(found, self._fields)

    def note(self, operation_id: str) -> None:
        with self._lock:
            self._ids.append(operation_id)
        if self._parent:
            self._parent.note(operation_id)


_scope: ContextVar[Scope | None] = ContextVar("apportion_scope", default=None)
_last: ContextVar[str | None] = ContextVar("apportion_last", default=None)


@contextlib.contextmanager
def context(**fields: Unpack[ContextFields]) -> Iterator[Scope]:
    """All operations within are for this customer, feature, …; nested contexts add to each other.

    Holds for asyncio tasks that start within, too; for threads that do not copy their context, see `carry`.
    """
    with entered(fields) as scope:
        yield scope


@contextlib.contextmanager
def entered(fields: Mapping[str, Any]) -> Iterator[Scope]:
    """`context` for fields whose values may be functions, asked when an operation begins."""
    outer = _scope.get()
    scope = Scope(fields, outer)
    token = _scope.set(scope)
    try:
        yield scope
    finally:
        try:
            _scope.reset(token)
        except ValueError:  # left in another task or thread than it was entered in
            if _scope.get() is scope:
                _scope.set(outer)


def annotate(**fields: Unpack[ContextFields]) -> None:
    """Add to the innermost context, for instance the customer, once a dependency has found out who asks."""
    scope = _scope.get()
    if scope is None:
        _scope.set(Scope(fields, None))
    else:
        scope.annotate(**fields)


def carry(function: Callable[P, R]) -> Callable[P, R]:
    """`function` with the context of now, for a thread or an executor that would not have it."""
    scope = _scope.get()

    @functools.wraps(function)
    def carried(*args: P.args, **kwargs: P.kwargs) -> R:
        token = _scope.set(scope)
        try:
            return function(*args, **kwargs)
        finally:
            _scope.reset(token)

    return carried


def last_operation_id() -> str | None:
    """The id of the operation that this task or thread began last, or None."""
    return _last.get()


def innermost() -> Scope | None:
    return _scope.get()


def taken() -> Takeable | None:
    """The reservation that the operation which begins now is for, and whose id it has to have."""
    scope = _scope.get()
    return scope.take() if scope else None


def began(operation_id: str) -> None:
    """Note an operation with this task, and with every context around it."""
    _last.set(operation_id)
    if scope := _scope.get():
        scope.note(operation_id)


def gathered() -> dict[str, Any]:
    """What the contexts say now; functions among the values are asked, and unknown where they fail."""
    scope = _scope.get()
    return {name: _asked(value) for name, value in scope.merged().items()} if scope else {}


def _asked(value: Any) -> Any:
    if not callable(value):
        return value
    with contextlib.suppress(Exception):
        return value()
    return None


def overlaid(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """`under` with what `over` says; dimensions are joined."""
    return _merge(dict(under), over)


def _merge(under: dict[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    for name, value in over.items():
        if name == "dimensions" and isinstance(value, Mapping) and isinstance(under.get(name), Mapping):
            under[name] = {**under[name], **value}
        else:
            under[name] = value
    return under
