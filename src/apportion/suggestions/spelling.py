"""Values that mean one thing in several spellings: letters' case, and variants that `map` brings together."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from apportion.suggestions.vocabulary import SPELLED

Values = Sequence[tuple[str, Decimal]]


@dataclass(frozen=True)
class Spelling:
    """What an answer needs so that one thing has one name; empty where nothing is to be done."""

    lower: bool = False
    map: Mapping[str, str] = field(default_factory=dict)
    merged: tuple[str, ...] = ()

    def setting(self) -> dict[str, object]:
        """Its keys in apportion.yaml."""
        return {**({"case": "lower"} if self.lower else {}), **({"map": dict(self.map)} if self.map else {})}

    def apply(self, value: str) -> str:
        value = value.lower() if self.lower else value
        return self.map.get(value.lower(), value)


def spelling(values: Values, known: Collection[str], *, environments: bool = False) -> Spelling:
    """How to spell `values` (with their cost) as one: as usage has them (`known`), else as most cost has."""
    lower = _one_case(values, known) or (environments and any(v != v.lower() for v, _ in values))
    names = {_folded(k): k for k in sorted(known, reverse=True)}
    for value, _ in sorted(values, key=lambda v: (v[1], v[0])):  # the dearest comes last and wins
        written = value.lower() if lower else value
        names[_folded(value)] = names[_folded(value)] if _folded(value) in map(_folded, known) else written
    mapped = {}
    for value, _ in sorted(values):
        written = value.lower() if lower else value
        wanted = SPELLED.get(value.lower(), "") if environments and not known else ""
        wanted = wanted or names[_folded(value)]
        if wanted != written:
            mapped[value.lower()] = wanted
    made = Spelling(lower, mapped)
    groups: dict[str, list[str]] = {}
    for value, _ in sorted(values):
        groups.setdefault(made.apply(value), []).append(value)
    return Spelling(lower, mapped, tuple(" = ".join(g) for g in groups.values() if len(g) > 1))


def matched(values: Values, known: Collection[str]) -> Decimal:
    """The cost of those values that are known as they are written."""
    return sum((cost for value, cost in values if value in known), Decimal(0))


def _one_case(values: Values, known: Collection[str]) -> bool:
    """Whether small letters bring values together, or to what usage says."""
    lowered = [(v.lower(), cost) for v, cost in values]
    fewer = len({v for v, _ in lowered}) < len({v for v, _ in values})
    if known and not any(v in known for v, _ in lowered):
        return fewer and not any(v in known for v, _ in values)
    return fewer or matched(lowered, known) > matched(values, known)


def _folded(value: str) -> str:
    return re.sub(r"[\s_.-]", "", value).casefold()
