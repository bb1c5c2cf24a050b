"""Where the amount of a node or a band is explained."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from apportion.analytics.answer import EXPLAIN
from apportion.analytics.flow.models import Stage
from apportion.analytics.flow.passages import Passage, Place
from apportion.analytics.scope import Scope

LONGEST = 12_000
Condition = dict[str, object]


@dataclass(frozen=True)
class Doors:
    """Addresses of explanations.

    `shown` has the places by name, which the others of a column are not; `moving` the nodes
    that pass cost on.
    """

    scope: Scope
    perspective: str
    origin: str
    shown: Mapping[Stage, Collection[str]]
    moving: Sequence[str]

    def through(self, band: Passage) -> str | None:
        """The explanation of a band; of one beside others that pass nodes, only what began elsewhere."""
        beyond: list[Condition] = [{"not": {"node": list(self.moving)}}] if band.beside else []
        if band.beside and any("*" in node for node in self.moving):
            return None
        return self._address((band.source, band.target), beyond)

    def to(self, place: Place) -> str | None:
        """The explanation of all cost at a place; None where none can say it, as of a node on the way."""
        return self._address((place,), [])

    def _address(self, places: Sequence[Place], beyond: list[Condition]) -> str | None:
        if any(place.stage == "node" for place in places):
            return None
        asked = {
            "from": self.scope.start.isoformat(),
            "to": self.scope.end.isoformat(),
            "metric": self.scope.metric,
            "currency": self.scope.currency,
        }
        if any(place.stage == "target" for place in places):
            asked["perspective"] = self.perspective
        for place in places:
            field = self._field(place)
            if place.name is not None:
                asked[field] = place.name
            elif any("*" in name for name in self.shown[place.stage]):
                return None  # a filter would take the star for any text
            else:
                beyond = [*beyond, *self._others(place, field)]
        if beyond:
            asked["filter"] = json.dumps({"and": beyond}, separators=(",", ":"))
        if len(asked.get("filter", "")) > LONGEST:
            return None
        return f"{EXPLAIN}?{urlencode(asked)}"

    def _field(self, place: Place) -> str:
        return {"provider": "ServiceProviderName", "origin": self.origin, "target": "target"}[place.stage]

    def _others(self, place: Place, field: str) -> list[Condition]:
        named = list(self.shown[place.stage])
        others: list[Condition] = [{"not": {field: named}}] if named else []
        return [{"target_kind": ["allocated"]}, *others] if place.stage == "target" else others
