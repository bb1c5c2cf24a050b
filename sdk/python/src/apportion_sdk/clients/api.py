"""What one method of a model's client takes and answers, and how either becomes fields of an operation."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Facts = dict[str, Any]


@dataclass(frozen=True)
class Api:
    """Reads requests, answers and events of one method; each of the functions may raise, and is watched."""

    operation: str
    """What OpenTelemetry calls it: chat, embeddings, …"""
    request: Callable[[Mapping[str, Any]], Facts]
    """Facts of the arguments."""
    prompt: Callable[[Mapping[str, Any]], Any]
    """The messages among the arguments, for their hash."""
    answer: Callable[[Any], Facts]
    """Facts of a complete answer."""
    event: Callable[[Any, Facts], Facts]
    """Facts of an event of a stream; the second argument is the stream's own memory."""
    is_end: Callable[[Any], bool]
    """Whether an event says that the answer is complete."""
    is_usage: Callable[[Any], bool] | None = None
    """Whether an event holds nothing but the usage that has to be asked for."""
    positional: tuple[str, ...] = ()
    """Names of arguments that may be given by position."""


def at(thing: Any, *path: str) -> Any:
    """What is found at a path of attributes or keys, or None."""
    for name in path:
        if thing is None:
            return None
        thing = thing.get(name) if isinstance(thing, Mapping) else getattr(thing, name, None)
    return thing


def count(thing: Any, *path: str) -> int | None:
    """A count of tokens at a path, or None where there is none."""
    found = at(thing, *path)
    return found if isinstance(found, int) and not isinstance(found, bool) and found >= 0 else None


def text(thing: Any, *path: str) -> str | None:
    """A text at a path, or None where there is none: clients have their own marks for what is not given."""
    found = at(thing, *path)
    return found if isinstance(found, str) and found else None
