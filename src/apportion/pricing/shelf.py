"""The rates of one provider, model by model, found by any name a model goes by."""

import re
from collections.abc import Iterable
from datetime import date

from apportion.pricing import patterns
from apportion.pricing.rate import Rate

_COMPACT = re.compile(r"-(20\d{2})(\d{2})(\d{2})(?=[-:]|$)")


class Shelf:
    """Models in the list's order; the first whose pattern matches is meant."""

    def __init__(self, rates: Iterable[Rate]) -> None:
        self.models: list[tuple[str, list[Rate]]] = []
        self._exact: dict[str, int] = {}
        self._inexact: list[tuple[int, patterns.Matcher]] = []
        places: dict[tuple[str, str], int] = {}
        for rate in rates:
            key = (rate.model, rate.pattern)
            if key not in places:
                places[key] = len(self.models)
                self._add(len(self.models), rate)
            self.models[places[key]][1].append(rate)

    def _add(self, place: int, rate: Rate) -> None:
        self.models.append((rate.model, []))
        pattern = rate.pattern or patterns.literal(rate.model)
        for name in patterns.exact_names(pattern):
            self._exact.setdefault(name, place)
        if other := patterns.inexact(pattern):
            self._inexact.append((place, other))

    def find(self, name: str) -> tuple[str, list[Rate]] | None:
        """The model that `name` means, and its rates. A date is understood with and without dashes."""
        name = name.lower()
        place = self._place(name)
        if place is None and (dashed := _COMPACT.sub(_dashes, name)) != name:
            place = self._place(dashed)
        return None if place is None else self.models[place]

    def _place(self, name: str) -> int | None:
        exact = self._exact.get(name)
        for place, matches in self._inexact:
            if exact is not None and place > exact:
                break
            if matches(name):
                return place
        return exact


def _dashes(found: re.Match[str]) -> str:
    try:
        return f"-{date(*map(int, found.groups()))}"
    except ValueError:
        return found[0]
