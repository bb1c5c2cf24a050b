"""Streams, watched while the application reads them: nothing is added, delayed or kept."""

import contextlib
import inspect
import weakref
from collections.abc import AsyncGenerator, Callable, Generator
from typing import Any

from apportion_sdk.call import Call
from apportion_sdk.clients.api import Api, Facts


class Watch:
    """What a stream has said of its operation so far."""

    def __init__(self, api: Api, call: Call, *, hides_usage: bool) -> None:
        self._api, self._call = api, call
        self._hides_usage = hides_usage
        self._memory: Facts = {}
        self._ended = False

    def shows(self, event: Any) -> bool:
        """Learn from `event`; False where the application did not ask for it and must not see it."""
        try:
            self._call.learn(self._api.event(event, self._memory))
            self._ended = self._ended or self._api.is_end(event)
            return not (self._hides_usage and self._api.is_usage is not None and self._api.is_usage(event))
        except Exception as why:  # noqa: BLE001 (the application's stream goes on)
            self._call.client.unmetered("an event of a stream", type(why).__name__)
            return True

    def awaits_usage(self, event: Any) -> bool:
        """Whether the usage comes right after `event`, at which many an application stops reading."""
        with contextlib.suppress(Exception):
            return self._hides_usage and self._api.is_end(event)
        return False

    def finish(self, success: bool | None = None) -> None:
        """Record what is known; a stream left after its end succeeded, of one left before it is unknown."""
        self._call.finish(True if self._ended and success is None else success)


def follow(result: Any, watch: Watch, call: Call) -> Any:
    """`result`, a stream, with `watch` looking on. The same object, or a generator for a generator."""
    call.client.opened(call.id, watch)
    if inspect.isgenerator(result):
        return _watched(result, watch)
    if inspect.isasyncgen(result):
        return _watched_async(result, watch)
    inner = getattr(result, "_iterator", None)
    if hasattr(inner, "__anext__"):
        result._iterator = _watched_async(inner, watch)  # noqa: SLF001 (what iterating the stream reads)
    elif hasattr(inner, "__next__"):
        result._iterator = _watched(inner, watch)  # noqa: SLF001
    else:
        call.client.unmetered("a stream", f"{type(result).__name__} is not known")
        call.finish()
        return result
    _finish_on_close(result, watch)
    weakref.finalize(result, watch.finish).atexit = False
    return result


def _finish_on_close(stream: Any, watch: Watch) -> None:
    """Through a weak reference: a stream that is let go of has to be collected at once, as before."""
    held, close = weakref.ref(stream), type(stream).close

    def closed() -> None:
        try:
            close(held())
        finally:
            watch.finish()

    async def closed_async() -> None:
        try:
            await close(held())
        finally:
            watch.finish()

    stream.close = closed_async if inspect.iscoroutinefunction(close) else closed


def _reraise(error: BaseException | None) -> None:
    if error is not None:
        raise error


Peeked = tuple[list[Any], BaseException | None]


def _watched(source: Any, watch: Watch) -> Generator[Any, None, None]:
    try:
        for event in source:
            if not watch.shows(event):
                continue
            if not watch.awaits_usage(event):
                yield event
                continue
            more, error = _peek(source, watch.shows)
            yield event
            yield from more
            _reraise(error)
    except GeneratorExit:  # not read to its end
        watch.finish()
        source.close()
        raise
    except BaseException:
        watch.finish(success=False)
        raise
    watch.finish(success=True)


def _peek(source: Any, shows: Callable[[Any], bool]) -> Peeked:
    try:
        event = next(source)
    except StopIteration:
        return [], None
    except Exception as error:  # noqa: BLE001 (raised once what came before it was handed out)
        return [], error
    return ([event] if shows(event) else []), None


async def _watched_async(source: Any, watch: Watch) -> AsyncGenerator[Any, None]:
    try:
        async for event in source:
            if not watch.shows(event):
                continue
            if not watch.awaits_usage(event):
                yield event
                continue
            more, error = await _peek_async(source, watch.shows)
            yield event
            for one in more:
                yield one
            _reraise(error)
    except GeneratorExit:  # not read to its end
        watch.finish()
        await source.aclose()
        raise
    except BaseException:
        watch.finish(success=False)
        raise
    watch.finish(success=True)


async def _peek_async(source: Any, shows: Callable[[Any], bool]) -> Peeked:
    try:
        event = await anext(source)
    except StopAsyncIteration:
        return [], None
    except Exception as error:  # noqa: BLE001 (raised once what came before it was handed out)
        return [], error
    return ([event] if shows(event) else []), None
