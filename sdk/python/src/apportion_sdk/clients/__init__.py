"""Clients of models: wrapped, so that each call is recorded and nothing else changes."""

import functools
from types import ModuleType
from typing import Any, TypeVar

from apportion_sdk import default
from apportion_sdk.client import Client
from apportion_sdk.clients import anthropic, ollama, openai
from apportion_sdk.clients.calls import MARK, Metering, metered

T = TypeVar("T")
_KNOWN: dict[str, ModuleType] = {"openai": openai, "anthropic": anthropic, "ollama": ollama}
_CACHED = ("with_raw_response", "with_streaming_response")


def wrap(client: T, *, metering: Client | None = None, provider: str | None = None) -> T:
    """Record the calls of an OpenAI, Anthropic or Ollama client, sync or async, and return the same client.

    Args:
        client: the client. What it returns and raises stays what it was, streams included.
        metering: whom the operations are told; the client of `configure` where it is left out.
        provider: whose models they are, where the client's class and address do not say it (`vllm`, …).

    A client that is not known comes back untouched, with a warning. Twice wrapped is wrapped once.
    """
    try:
        kind = _kind(client)
        _wrap(client, kind, Metering(metering, provider or kind.provider_of(client)))
    except Exception as why:  # noqa: BLE001 (the application gets its client)
        (metering or default.current()).unmetered(f"a client of type {type(client).__name__}", str(why))
    return client


def _kind(client: object) -> ModuleType:
    for one in type(client).__mro__:
        if found := _KNOWN.get(one.__module__.partition(".")[0]):
            return found
    raise TypeError("it is not one that is known")


def _wrap(client: Any, kind: ModuleType, metering: Metering) -> None:
    for path, name, api in kind.METHODS:
        resource = _resource(client, path)
        method = getattr(resource, name, None)
        if resource is None or method is None or hasattr(method, MARK):
            continue
        setattr(resource, name, metered(method, api, metering))
        for made_before in _CACHED:  # they hold the method as it was
            vars(resource).pop(made_before, None)
    for name in ("copy", "with_options"):
        if (copy := getattr(client, name, None)) is not None and not hasattr(copy, MARK):
            setattr(client, name, _copying(copy, kind, metering))


def _resource(client: Any, path: str) -> Any:
    found = client
    for name in filter(None, path.split(".")):
        try:
            found = getattr(found, name)
        except Exception:  # noqa: BLE001 (an old client, or one that lacks a part)
            return None
    return found


def _copying(copy: Any, kind: ModuleType, metering: Metering) -> Any:
    """A client's method that makes another client like it: metered, too."""

    @functools.wraps(copy)
    def copied(*args: Any, **kwargs: Any) -> Any:
        other = copy(*args, **kwargs)
        try:
            _wrap(other, kind, metering)
        except Exception as why:  # noqa: BLE001 (the application gets its client)
            metering.client.unmetered("a copied client", type(why).__name__)
        return other

    setattr(copied, MARK, True)
    return copied
