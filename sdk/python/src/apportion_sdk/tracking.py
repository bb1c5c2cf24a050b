"""The decorator: a function as an operation."""

import functools
import inspect
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any, ParamSpec, TypeVar, Unpack

from apportion_sdk import default, scope
from apportion_sdk.call import Call
from apportion_sdk.client import Client
from apportion_sdk.operation import ContextFields

P = ParamSpec("P")
R = TypeVar("R")


def tracked(
    *, client: Client | None = None, **fields: Unpack[ContextFields]
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make each call of a function, sync or async, an operation of these `fields`, with latency and success.

    Operations recorded within (by wrapped clients, `track`, or functions inside) have these fields, too. They
    count instead of the function's own, so that one call to a model is one operation; if the function raises,
    they are said to have failed. What the function returns or raises passes unchanged.
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        name = getattr(function, "__name__", "function")
        if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
            (client or default.current()).warn(
                f"generator {name}", "%s is a generator and is not tracked; use context() within it", name
            )
            return function  # type: ignore[return-value]

        @functools.wraps(function)
        def call(*args: P.args, **kwargs: P.kwargs) -> R:
            with _operation(client, name, fields):
                return function(*args, **kwargs)

        @functools.wraps(function)
        async def call_async(*args: P.args, **kwargs: P.kwargs) -> Any:
            with _operation(client, name, fields):
                return await _awaitable(function(*args, **kwargs))

        return call_async if inspect.iscoroutinefunction(function) else call  # type: ignore[return-value]

    return decorate


def _awaitable(result: Any) -> Awaitable[Any]:
    found: Awaitable[Any] = result
    return found


@contextmanager
def _operation(client: Client | None, name: str, fields: ContextFields) -> Iterator[None]:
    metering = client or default.current()
    with scope.context(**fields) as within:
        own = Call(metering, {"operation": name}, announce=False)
        try:
            yield
        except BaseException:
            _end(own, within, failed=True)
            raise
        _end(own, within, failed=False)


def _end(own: Call, within: scope.Scope, *, failed: bool) -> None:
    inner = within.operation_ids
    if not inner:
        scope.began(own.id)
        own.finish(success=not failed)
    for one in inner if failed else ():
        own.client.outcome(one, success=False)
