"""Where the amount of a node or a band is explained."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from apportion.analytics.answer import EXPLAIN
from apportion.analytics.flow.models import Stage
from apportion.analytics.flow.passages import Place
from apportion.analytics.scope import Scope

Condition = dict[str, object]


@dataclass(frozen=True)
class Doors:
    """Addresses of explanations; `shown` has the places by name, which the others of a column are not."""

    scope: Scope
    perspective: str
    origin: str
    shown: Mapping[Stage, Collection[str]]

    def to(self, *places: Place) -> str | None:
        """The explanation of the cost at all of `places`; None where none can say it."""
        asked = {
            "from": self.scope.start.isoformat(),
            "to": self.scope.end.isoformat(),
            "metric": self.scope.metric,
            "currency": self.scope.currency,
        }
        if any(place.stage == "target" for place in places):
            asked["perspective"] = self.perspective
        beyond: list[Condition] = []
        for place in places:
            field = self._field(place)
            if place.name is not None:
                asked[field] = place.name
            elif any("*" in name for name in self.shown[place.stage]):
                return None  # a filter would take the star for any text
            else:
                beyond += self._others(place, field)
        if beyond:
            asked["filter"] = json.dumps({"and": beyond}, separators=(",", ":"))
        return f"{EXPLAIN}?{urlencode(asked)}"

    def _field(self, place: Place) -> str:
        return {"provider": "ServiceProviderName", "origin": self.origin, "target": "target"}[place.stage]

    def _others(self, place: Place, field: str) -> list[Condition]:
        named = list(self.shown[place.stage])
        others: list[Condition] = [{"not": {field: named}}] if named else []
        return [{"target_kind": ["allocated"]}, *others] if place.stage == "target" else others
