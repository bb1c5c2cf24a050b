"""Budgets as they are declared: which of them an operation or a reservation concerns, and in which period."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from hashlib import blake2b
from typing import Any, NamedTuple

from apportion.allocation.patterns import fits
from apportion.budgets import amounts
from apportion.budgets.periods import Between, Calendar
from apportion.budgets.settings import Budget
from apportion.metering.fields import OWN
from apportion.metering.operation import TREE

Record = Mapping[str, Any]
Aliases = Callable[[], Mapping[str, str]]
"""Which customer a name means, by the name in small letters without blanks around it."""
_REMEMBERED = 20_000


class Slot(NamedTuple):
    """One budget of one entity in one period: what a row of `budget_periods` says that never changes.

    `amount` is the limit by the file, in units of 10⁻⁹.
    """

    budget: str
    entity: str
    start: int
    until: int
    period_id: str
    amount: int
    currency: str


def entity_text(names: Mapping[str, str]) -> str:
    """The fields and names of an entity as the database has them."""
    return json.dumps(dict(sorted(names.items())), ensure_ascii=False)


class Counted:
    """A budget of operations, ready to be asked often."""

    def __init__(self, name: str, budget: Budget, currency: str, zone: str) -> None:
        self.name, self.budget = name, budget
        self.currency = budget.currency or currency
        self.calendar = Calendar(budget.period, zone, budget.week_starts)
        self._fields = list(budget.for_)
        self._patterns: Mapping[str, str | list[str]] = {**budget.where, **budget.for_}
        self._both = [(f, p) for f, p in (*budget.where.items(), *budget.for_.items())]
        self._fitting: dict[tuple[int, str], bool] = {}
        self._slots: dict[tuple[tuple[str, ...], Between], Slot | None] = {}

    def slot(self, record: Record, time: datetime) -> Slot | None:
        """Where what `record` says at `time` counts; None where this budget is not concerned."""
        for n, (field, patterns) in enumerate(self._both):
            value = value_of(record, field)
            if value is None or not self._fits(n, value, patterns):
                return None
        between = self.calendar.at(time)
        if between is None:
            return None
        names = tuple(str(value_of(record, field)) for field in self._fields)
        return self.of(names, between)

    def of(self, names: tuple[str, ...], between: Between) -> Slot | None:
        """The slot of an entity, by its names in the order of `for`; None where it has no budget."""
        key = (names, between)
        if key not in self._slots:
            if len(self._slots) >= _REMEMBERED:
                self._slots.clear()
            self._slots[key] = self._made(names, between)
        return self._slots[key]

    def covers(self, names: Sequence[str]) -> bool:
        """Whether it is for an entity of these names."""
        return all(map(fits, names, self.budget.for_.values()))

    def named(self) -> list[tuple[str, ...]]:
        """Entities that the file names one by one, whether anything was spent by them or not."""
        if not self._fields:
            return [()]
        if len(self._fields) > 1:
            return [tuple(key.split(" / ")) for key in self.budget.amounts]
        patterns = self.budget.for_[self._fields[0]]
        listed = [patterns] if isinstance(patterns, str) else patterns
        found = [name for name in listed if "*" not in name] + list(self.budget.amounts)
        return [(name,) for name in dict.fromkeys(found)]

    def _fits(self, n: int, value: str, patterns: str | list[str]) -> bool:
        key = (n, value)
        if key not in self._fitting:
            if len(self._fitting) >= _REMEMBERED:
                self._fitting.clear()
            self._fitting[key] = fits(value, patterns)
        return self._fitting[key]

    def _made(self, names: tuple[str, ...], between: Between) -> Slot | None:
        limit = self.budget.limit(names)
        if limit is None:
            return None
        entity = entity_text(dict(zip(self._fields, names, strict=True)))
        named = json.dumps([self.name, entity, *between, self.currency], ensure_ascii=False)
        period_id = blake2b(named.encode(), digest_size=16).hexdigest()
        return Slot(self.name, entity, *between, period_id, amounts.spent(limit), self.currency)

    def fingerprint(self, zone: str, tree: str, aliases: Mapping[str, str]) -> str:
        """Changes with all that decides what is counted, not with amounts."""
        given = self.budget
        about: list[Any] = [given.for_, given.where, given.period.model_dump(mode="json"), given.week_starts]
        about += [self.currency, zone, sorted(given.amounts) if given.amount is None else []]
        fields = {*given.for_, *given.where}
        about += [tree if fields & set(TREE) else "", sorted(aliases.items()) if "customer" in fields else []]
        return blake2b(json.dumps(about, sort_keys=True).encode(), digest_size=16).hexdigest()


class Declared:
    """All budgets of a workspace. `began` says from when on each counts, once that is known."""

    def __init__(
        self, budgets: Mapping[str, Budget], currency: str, zone: str, aliases: Aliases = dict
    ) -> None:
        self.all, self.zone, self.currency = dict(sorted(budgets.items())), zone, currency
        self.counted = {
            name: Counted(name, budget, currency, zone)
            for name, budget in self.all.items()
            if budget.of == "operations"
        }
        self.began: dict[str, int] = {}
        self.aliases = aliases

    def slots(self, record: Record, time: datetime, among: Sequence[str] | None = None) -> list[Slot]:
        """Where what `record` says at `time` counts, in the order in which budgets are asked."""
        known = self.identified(record)
        found = []
        for name, counted in self.counted.items():
            slot = counted.slot(known, time) if among is None or name in among else None
            if slot is not None and slot.start >= self.began.get(name, 0):
                found.append(slot)
        return found

    def identified(self, record: Record) -> Record:
        """What is said, with the customer that a name means."""
        given = record.get("customer")
        if given is None:
            return record
        meant = self.aliases().get(str(given).strip().lower())
        return record if meant is None or meant == given else {**record, "customer": meant}

    def counts(self, budget: str, start: int) -> bool:
        """Whether entries of a period follow their operations; others are left as they are."""
        return budget in self.counted and start >= self.began.get(budget, 0)


def value_of(record: Record, field: str) -> str | None:
    """What an operation says of a field, or of a dimension of one's own."""
    if field.startswith(OWN):
        return (record.get("dimensions") or {}).get(field.removeprefix(OWN))
    return record.get(field)
