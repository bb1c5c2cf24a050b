"""A method of a model's client, metered: it takes, returns and raises what it did before."""

import functools
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from apportion_sdk import default
from apportion_sdk.call import Call
from apportion_sdk.client import Client
from apportion_sdk.clients import managers
from apportion_sdk.clients.api import Api, at
from apportion_sdk.clients.prompts import prompt_hash
from apportion_sdk.clients.streams import Watch, follow

MARK = "__apportion__"
_RAW = "x-stainless-raw-response"
_NOT_UNDERSTOOD = (400, 422)


@dataclass
class Metering:
    """Where the calls of one wrapped client are told, and as whose."""

    given: Client | None
    provider: str
    asks_usage: bool = True
    """Whether streams ask for their usage; off once the service has said that it does not know how."""

    @property
    def client(self) -> Client:
        """The one given, or that of `configure`, which may come after the clients are wrapped."""
        return self.given or default.current()


class Begun:
    """A call under way: its operation, and what of its arguments decides how its result is read."""

    def __init__(
        self, metering: Metering, api: Api, given: Mapping[str, Any], kwargs: dict[str, Any]
    ) -> None:
        self.api = api
        self.metering = metering
        self.call = Call(metering.client, {"provider": metering.provider, "operation": api.operation})
        self.raw = str(_header(kwargs.get("extra_headers"), _RAW) or "")
        self.kwargs, self.added = kwargs, False
        try:
            self.call.learn(api.request(given))
            if metering.client.hash_prompts:
                self.call.learn({"prompt_hash": prompt_hash(api.prompt(given))})
            self._ask_for_usage()
        except Exception as why:  # noqa: BLE001 (the call itself has to be made)
            metering.client.unmetered("the arguments of a call", type(why).__name__)

    def _ask_for_usage(self) -> None:
        options = self.kwargs.get("stream_options")
        asked = isinstance(options, Mapping) and "include_usage" in options
        if self.api.is_usage and self.kwargs.get("stream") is True and self.metering.asks_usage and not asked:
            more = dict(options) if isinstance(options, Mapping) else {}
            self.kwargs = {**self.kwargs, "stream_options": {**more, "include_usage": True}}
            self.added = True

    def is_not_understood(self, error: BaseException, before: dict[str, Any]) -> bool:
        """Whether the service refuses what was added, before it did anything; then it is not added again."""
        if not (
            self.added and at(error, "status_code") in _NOT_UNDERSTOOD and "stream_options" in str(error)
        ):
            return False
        self.metering.asks_usage = self.added = False
        self.kwargs = before
        return True

    def read(self, result: Any, parsed: Any) -> Any:
        """Learn from what the method returned, or see to it that more is learned while it is read."""
        try:
            if self.raw == "stream":
                self.call.client.unmetered("with_streaming_response", "its body is the application's to read")
                self.call.finish()
            elif hasattr(type(parsed), "__next__") or hasattr(type(parsed), "__anext__"):
                watch = Watch(self.api, self.call, hides_usage=self.added)
                followed = follow(parsed, watch, self.call)
                return result if self.raw else followed
            else:
                self.call.learn(self.api.answer(parsed))
                self.call.finish(success=True)
        except Exception as why:  # noqa: BLE001 (the application gets its answer)
            self.call.client.unmetered("an answer", type(why).__name__)
            self.call.finish()
        return result


def metered(method: Callable[..., Any], api: Api, metering: Metering) -> Callable[..., Any]:
    """`method` in a shell that records each call. Exceptions are recorded, and raised as they were."""

    @functools.wraps(method)
    def call(*args: Any, **kwargs: Any) -> Any:
        begun = Begun(metering, api, {**dict(zip(api.positional, args, strict=False)), **kwargs}, kwargs)
        if inspect.iscoroutinefunction(inspect.unwrap(method)):
            return _later(method, args, kwargs, begun)
        try:
            result = method(*args, **begun.kwargs)
        except BaseException as error:
            if not begun.is_not_understood(error, kwargs):
                begun.call.finish(success=False)
                raise
            result = _again(method, args, begun)
        if managers.is_manager(result):
            return managers.watched(result, api, begun.call)
        return begun.read(result, _parsed(result, begun))

    setattr(call, MARK, True)
    return call


async def _later(method: Callable[..., Any], args: Any, kwargs: dict[str, Any], begun: Begun) -> Any:
    begun.call.begin()
    try:
        result = await method(*args, **begun.kwargs)
    except BaseException as error:
        if not begun.is_not_understood(error, kwargs):
            begun.call.finish(success=False)
            raise
        result = await _again_async(method, args, begun)
    parsed = _parsed(result, begun)
    return begun.read(result, await parsed if inspect.isawaitable(parsed) else parsed)


def _again(method: Callable[..., Any], args: Any, begun: Begun) -> Any:
    try:
        return method(*args, **begun.kwargs)
    except BaseException:
        begun.call.finish(success=False)
        raise


async def _again_async(method: Callable[..., Any], args: Any, begun: Begun) -> Any:
    try:
        return await method(*args, **begun.kwargs)
    except BaseException:
        begun.call.finish(success=False)
        raise


def _parsed(result: Any, begun: Begun) -> Any:
    """What is within a raw response, which keeps it for the application; else the result itself."""
    if begun.raw in ("true", "raw") and callable(getattr(result, "parse", None)):
        try:
            return result.parse()
        except Exception:  # noqa: BLE001 (it would be raised in the application, too, where it asks)
            return None
    return result


def _header(headers: Any, name: str) -> Any:
    found = headers.items() if isinstance(headers, Mapping) else ()
    return next((value for key, value in found if str(key).lower() == name), None)
