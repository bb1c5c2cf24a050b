"""What the attributes of one span tell, sorted by meaning; all else, above all text, is passed over."""

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any, NamedTuple

from apportion.metering.otlp.dimensions import (
    CONTAINERS,
    IMPLIED,
    LABELS,
    NAMED,
    NEVER,
    OBJECTS,
    PREFIXES,
    TALK,
)  # fmt: skip
from apportion.metering.otlp.names import ANSWERS, BARE, COSTS, FACTS, KINDS, PARAMETERS, USAGE_PREFIXES
from apportion.metering.otlp.usage import WITHIN
from apportion.metering.otlp.values import canonical, count, structure, text

MOST_LABELS = 20
_IDENTIFIER = re.compile(r"[\w.:@/+-]{1,64}")
_HASH = re.compile(r"[A-Za-z0-9+/=_:.-]{1,128}")
_AS_TOLD = {"fact", "cost", "kind", "answer", "parameters"}
_HASHES = {"prompt_hash", "prefix_hash"}
_RAW = re.compile(r"llm\.(?!request\.|response\.|usage\.)[^.]+\.(usage|id|model|max_tokens|service_tier)")
_OF_RAW = {
    "usage": ("answer", "raw_usage"),
    "id": ("fact", "response_id"),
    "model": ("fact", "model"),
    "max_tokens": ("fact", "max_tokens"),
    "service_tier": ("fact", "response_tier"),
}
"""What LiteLLM's `raw_gen_ai_request` tells behind the provider's name: `llm.anthropic.usage` and such."""
_NOISE = ("user_api_key", "requester_", "spend_logs", "applied_", "mcp_", "vector_store", "ls_", "litellm_")


class Slot(NamedTuple):
    """Where a value goes: a group, a name in it, and how far down the row of names for it this one is."""

    group: str
    name: str
    rank: int


class Found:
    """What attributes tell, by group and name; of several names for one thing the first in its row."""

    def __init__(self) -> None:
        self.best: dict[str, dict[str, tuple[int, str, Any]]] = {}

    def offer(self, slot: Slot, key: str, value: Any) -> None:
        """Keep the value if nothing better is known."""
        group = self.best.get(slot.group)
        if group is None:
            group = self.best[slot.group] = {}
        known = group.get(slot.name)
        if known is None or (slot.rank, key) < known[:2]:
            group[slot.name] = (slot.rank, key, value)

    def fill(self, other: "Found", groups: Iterable[str]) -> None:
        """Take from another what is not known here."""
        for group in groups:
            if group in other.best:
                self.best[group] = other.best[group] | self.best.get(group, {})

    def get(self, group: str, name: str) -> Any:
        """The value, or None."""
        known = self.best.get(group, _NOTHING).get(name)
        return known[2] if known else None

    def group(self, group: str) -> dict[str, Any]:
        """All values of a group by name."""
        return {name: known[2] for name, known in self.best.get(group, _NOTHING).items()}


_NOTHING: dict[str, tuple[int, str, Any]] = {}


def _rows(table: dict[str, tuple[str, ...]], group: str) -> Iterable[tuple[str, Slot]]:
    return ((name, Slot(group, to, rank)) for to, names in table.items() for rank, name in enumerate(names))


def _index(*rows: Iterable[tuple[str, Slot]]) -> dict[str, tuple[Slot, ...]]:
    index: dict[str, tuple[Slot, ...]] = {}
    for row in rows:
        for name, slot in row:
            index[name] = (*index.get(name, ()), slot)
    return index


_CALLS = _index(
    _rows(FACTS, "fact"),
    _rows(COSTS, "cost"),
    ((name, Slot("kind", name, rank)) for rank, name in enumerate(KINDS)),
    ((name, Slot("answer", name, rank)) for rank, name in enumerate(ANSWERS)),
    ((name, Slot("parameters", name, rank)) for rank, name in enumerate(PARAMETERS)),
)
_DIMENSIONS = _index(_rows(NAMED, "named"), _rows(IMPLIED, "implied"), _rows(LABELS, "label"))
_OBJECTS = {canonical(name) for name in OBJECTS}


@lru_cache(maxsize=8192)
def slots(key: str) -> tuple[Slot, ...]:
    """Where the value of an attribute goes; nowhere for most."""
    if len(key) > 200 or key in NEVER:
        return ()
    name = canonical(key)
    if name in _OBJECTS:
        return (*_CALLS.get(name, ()), Slot("object", name, 0))
    told = (*_CALLS.get(name, ()), *_count(name), *_DIMENSIONS.get(name, ()))
    return told or _raw(key) or _behind(key)


def _raw(key: str) -> tuple[Slot, ...]:
    raw = _RAW.fullmatch(key)
    return (Slot(*_OF_RAW[raw[1]], 500), Slot("vendor", "provider", 0)) if raw else ()


def _behind(key: str) -> tuple[Slot, ...]:
    """Where the value of a name behind a known prefix goes."""
    for prefix in CONTAINERS:
        if key.startswith(prefix):
            return own(key[len(prefix) :])
    for prefix in PREFIXES:
        if key.startswith(prefix) and (told := _DIMENSIONS.get(canonical(key[len(prefix) :]), ())):
            return told
    return ()


def _count(name: str) -> tuple[Slot, ...]:
    for rank, prefix in enumerate(USAGE_PREFIXES):
        if name.startswith(prefix) and (known := WITHIN.get(name[len(prefix) :])):
            return (Slot("count", known[0], 100 * rank + known[1]),)
    return (Slot("count", WITHIN[name][0], 1000 + WITHIN[name][1]),) if name in BARE else ()


def own(key: str) -> tuple[Slot, ...]:
    """Where a value goes that people put into metadata under a name of their own."""
    name = canonical(key)
    if known := _DIMENSIONS.get(name):
        return known
    talk = not name or len(name) > 64 or name.startswith(_NOISE) or not TALK.isdisjoint(name.split("_"))
    return () if talk else (Slot("label", name, 0),)


def sort(attributes: Iterable[tuple[str, Any]], value: Callable[[Any], Any]) -> Found:
    """What these attributes tell. `value` makes a plain value of one, asked only for those that count."""
    found = Found()
    for key, raw in attributes:
        if told := slots(key):
            plain = value(raw)
            for slot in told:
                _take(found, slot, key, plain)
    return found


def _take(found: Found, slot: Slot, key: str, value: Any) -> None:
    if slot.group in _AS_TOLD:
        if value is not None and value != "":
            found.offer(slot, key, value)
    elif slot.group == "count":
        number = count(value)
        if number is not None:
            found.offer(slot, key, number)
    elif slot.group in ("named", "implied"):
        if (told := text(value)) is not None and (slot.name not in _HASHES or _HASH.fullmatch(told)):
            found.offer(slot, key, told)
    elif slot.group == "label":
        _label(found, slot, key, value)
    elif slot.group == "vendor":
        found.offer(slot, key, key.split(".")[1])
    elif slot.group == "object":
        for name, one in (structure(value) or {}).items():
            for inner in own(name) if isinstance(name, str) and len(name) <= 200 else ():
                _take(found, inner._replace(rank=inner.rank + 1000), key, one)


def _label(found: Found, slot: Slot, key: str, value: Any) -> None:
    """Free dimensions take identifiers only: what has spaces may be a sentence."""
    told = text(value)
    known = slot.name in LABELS
    if told and (known or _IDENTIFIER.fullmatch(told)):
        found.offer(slot, key, told)


def labels(found: Found) -> dict[str, str]:
    """The free dimensions, of too many the first by name."""
    told = found.group("label")
    return dict(sorted(told.items())[:MOST_LABELS]) if told else told
