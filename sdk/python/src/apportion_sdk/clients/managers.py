"""Anthropic's `messages.stream`: a manager, whose request is made where it is entered."""

import contextlib
from typing import Any

from apportion_sdk.call import Call
from apportion_sdk.clients.api import Api
from apportion_sdk.clients.streams import Watch, follow


class _Manager:
    """Stands before a manager and passes for it."""

    def __init__(self, manager: Any, api: Api, call: Call) -> None:
        self._manager = manager
        self._api, self._call = api, call

    @property
    def __class__(self) -> type:
        found: type = type(self._manager)
        return found

    @__class__.setter
    def __class__(self, _other: type) -> None:
        raise TypeError("the class of a watched stream cannot be changed")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._manager, name)

    def _follow(self, stream: Any) -> Any:
        try:
            raw = stream._raw_stream  # noqa: SLF001 (what the stream reads its events from)
            follow(raw, Watch(self._api, self._call, hides_usage=False), self._call)
        except Exception as why:  # noqa: BLE001 (the application gets its stream)
            self._call.client.unmetered("messages.stream", type(why).__name__)
            self._call.finish()
        return stream


class _SyncManager(_Manager):
    def __enter__(self) -> Any:
        self._call.begin()
        try:
            stream = self._manager.__enter__()
        except BaseException:
            self._call.finish(success=False)
            raise
        return self._follow(stream)

    def __exit__(self, *raised: object) -> Any:
        return self._manager.__exit__(*raised)


class _AsyncManager(_Manager):
    async def __aenter__(self) -> Any:
        self._call.begin()
        try:
            stream = await self._manager.__aenter__()
        except BaseException:
            self._call.finish(success=False)
            raise
        return self._follow(stream)

    async def __aexit__(self, *raised: object) -> Any:
        return await self._manager.__aexit__(*raised)


def is_manager(result: Any) -> bool:
    """Whether a method returned a context manager that has yet to make the request."""
    return type(result).__name__.endswith("StreamManager")


def watched(manager: Any, api: Api, call: Call) -> Any:
    """A manager whose stream is watched once it is there; the manager itself where it is of no known kind."""
    with contextlib.suppress(Exception):
        return (_AsyncManager if hasattr(type(manager), "__aenter__") else _SyncManager)(manager, api, call)
    return manager
