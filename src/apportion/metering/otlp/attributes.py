"""What the attributes of one span tell, sorted by meaning; all else, above all text, is passed over."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
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
from apportion.metering.otlp.names import ANSWERS, COSTS, FACTS, KINDS, PARAMETERS, USAGE_PREFIXES
from apportion.metering.otlp.usage import WITHIN
from apportion.metering.otlp.values import canonical, count, structure, text

MOST_LABELS = 20
_IDENTIFIER = re.compile(r"[\w.:@/+-]{1,64}")
_NOISE = ("user_api_key", "requester_", "spend_logs", "applied_", "mcp_", "vector_store", "ls_", "litellm_")


class Slot(NamedTuple):
    """Where a value goes: a group, a name in it, and how far down the row of names for it this one is."""

    group: str
    name: str
    rank: int


@dataclass
class Found:
    """What attributes tell, by group and name; of several names for one thing the first in its row."""

    best: dict[tuple[str, str], tuple[int, str, Any]] = field(default_factory=dict)

    def offer(self, slot: Slot, key: str, value: Any) -> None:
        """Keep the value if nothing better is known."""
        at = slot[:2]
        if at not in self.best or (slot.rank, key) < self.best[at][:2]:
            self.best[at] = (slot.rank, key, value)

    def get(self, group: str, name: str) -> Any:
        """The value, or None."""
        known = self.best.get((group, name))
        return known[2] if known else None

    def group(self, group: str) -> dict[str, Any]:
        """All values of a group by name, in the order of their names' rows."""
        mine = sorted((k, name, v) for (g, name), (k, _, v) in self.best.items() if g == group)
        return {name: v for _, name, v in mine}


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
    if told:
        return told
    for prefix in CONTAINERS:
        if key.startswith(prefix):
            return own(key[len(prefix) :])
    for prefix in PREFIXES:
        if key.startswith(prefix) and (told := _DIMENSIONS.get(canonical(key[len(prefix) :]), ())):
            return told
    return ()


def _count(name: str) -> tuple[Slot, ...]:
    for prefix in USAGE_PREFIXES:
        if name.startswith(prefix) and (known := WITHIN.get(name[len(prefix) :])):
            return (Slot("count", known[0], known[1]),)
    return ()


def own(key: str) -> tuple[Slot, ...]:
    """Where a value goes that people put into metadata under a name of their own."""
    name = canonical(key)
    if known := _DIMENSIONS.get(name):
        return known
    talk = not name or len(name) > 64 or name.startswith(_NOISE) or not TALK.isdisjoint(name.split("_"))
    return () if talk else (Slot("label", name, 0),)


def sort(attributes: Iterable[tuple[str, Any]]) -> Found:
    """What these attributes tell."""
    found = Found()
    for key, value in attributes:
        for slot in slots(key):
            _take(found, slot, key, value)
    return found


def _take(found: Found, slot: Slot, key: str, value: Any) -> None:
    if slot.group == "count":
        number = count(value)
        if number is not None:
            found.offer(slot, key, number)
    elif slot.group in ("named", "implied"):
        if (told := text(value)) is not None:
            found.offer(slot, key, told)
    elif slot.group == "label":
        _label(found, slot, key, value)
    elif slot.group == "object":
        for name, one in (structure(value) or {}).items():
            for inner in own(name) if isinstance(name, str) and len(name) <= 200 else ():
                _take(found, inner._replace(rank=inner.rank + 1000), key, one)
    elif value is not None and value != "":
        found.offer(slot, key, value)


def _label(found: Found, slot: Slot, key: str, value: Any) -> None:
    """Free dimensions take identifiers only: what has spaces may be a sentence."""
    told = text(value)
    known = slot.name in LABELS
    if told and (known or _IDENTIFIER.fullmatch(told)):
        found.offer(slot, key, told)


def labels(found: Found) -> dict[str, str]:
    """The free dimensions, of too many the first by name."""
    return dict(sorted(found.group("label").items())[:MOST_LABELS])
