"""The same operations at another model's prices, all of them or by what they were for."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import duckdb
from pydantic import Field

from apportion.analytics.models import Amount, Part, Percent, Row
from apportion.analytics.scope import trend_pct
from apportion.analytics.sentences import count, money, share
from apportion.core.errors import BadInput
from apportion.core.money import from_units
from apportion.economics.operations.asked import Asked, OperationsMeta, keys_of
from apportion.economics.operations.figures import each
from apportion.metering.operation import COUNTS
from apportion.pricing import COSTED, Priced, RateCard

AT_ONCE, MOST_MODELS, MOST_KEYS, MOST_GROUPS = 20_000, 10, 2, 1000
GATEWAY = "litellm"
"""A provider by whose name the price list reads `provider/model` as one."""
NOTE = "The same counts are assumed; another model counts tokens and writes answers in its own way."


class Alternative(Part):
    """Operations of a group at a model's prices, beside what they cost."""

    key: dict[str, str]
    model: str = Field(examples=["anthropic/claude-haiku-4-5"])
    operations: int
    compared: int = Field(description="Priced now and at the other model: costs below are of these.")
    cost_now: Amount
    cost_then: Amount
    difference: Amount
    difference_pct: Percent | None
    per_request_now: Amount | None
    per_request_then: Amount | None
    unpriced: int = Field(description="The other model has no rate for them.")
    unknown: int = Field(description="They lack counts that its price needs.")
    other_currency: int = Field(description="Its rate is in another currency.")
    without_cost: int = Field(description="What they cost now is not known.")


class OperationsWhatIf(Part):
    """What would it have cost with another model?"""

    meta: OperationsMeta
    headline: str
    note: str
    by: list[str]
    rates: str = Field(description="The version of the rate card.")
    missing: str | None = Field(description="Why some are unpriced; null where none is.")
    alternatives: list[Alternative] = Field(description="By model, the dearest group now first.")
    more: int = Field(description="Groups that are not shown.")


@dataclass
class _Sum:
    """What has been counted of a group so far; `then` in whole units of money."""

    operations: int = 0
    compared: int = 0
    now: Decimal = Decimal(0)
    then: int = 0
    unpriced: int = 0
    unknown: int = 0
    other_currency: int = 0
    without_cost: int = 0

    def add(self, calls: int, paid: Decimal | None, priced: Priced, currency: str) -> None:
        self.operations += calls
        if priced.state == "unpriced":
            self.unpriced += calls
        elif priced.state not in COSTED:
            self.unknown += calls
        elif priced.currency != currency:
            self.other_currency += calls
        elif paid is None:
            self.without_cost += calls
        else:
            self.compared += calls
            self.now += paid
            self.then += priced.cost


def operations_what_if(
    con: duckdb.DuckDBPyConnection,
    asked: Asked,
    card: RateCard,
    models: Sequence[str],
    provider: str = "",
    by: Sequence[str] = (),
) -> OperationsWhatIf:
    """Every operation that is asked of, at the prices of each of `models` on its day.

    A model is named alone, with its provider before a slash, or together with `provider`. Conditions of
    another provider (region, service tier) do not go over to it; batches stay batches.
    """
    models, by = list(dict.fromkeys(models)), list(dict.fromkeys(by))
    if not 1 <= len(models) <= MOST_MODELS or len(by) > MOST_KEYS:
        raise BadInput(f"Name one to {MOST_MODELS} models and at most {MOST_KEYS} dimensions.", where="model")
    found: dict[tuple[str, tuple[str, ...]], _Sum] = {}
    missing: str | None = None
    keys, others = keys_of(by), _Others(card, provider)
    for row in _rows(con, asked, by):
        day, group = row["time"].date(), tuple(row[key] for key in keys)
        for model in models:
            other = others.of(row, model)
            priced = card.price(other, day)
            if priced.state == "unpriced" and missing is None:
                missing = card.why(other, day)
            one = found.setdefault((model, group), _Sum())
            one.add(row["requests"] or 1, row["paid"], priced, asked.currency)
    order = {model: place for place, model in enumerate(models)}
    ranked = sorted(found.items(), key=lambda item: (order[item[0][0]], -item[1].now, item[0][1]))
    shown = [_alternative(model, by, group, one) for (model, group), one in ranked[:MOST_GROUPS]]
    return OperationsWhatIf(
        meta=asked.meta(),
        headline=_headline(asked, models, ranked, missing),
        note=NOTE,
        by=by,
        rates=card.version,
        missing=missing,
        alternatives=shown,
        more=len(ranked) - len(shown),
    )


def _rows(con: duckdb.DuckDBPyConnection, asked: Asked, by: Sequence[str]) -> Iterator[Row]:
    sql, params = asked.statement("priced_again", by, {"counts": ", ".join(COUNTS)})
    result = con.execute(sql, params)
    names = [column[0] for column in result.description or []]
    while rows := result.fetchmany(AT_ONCE):
        for row in rows:
            yield dict(zip(names, row, strict=True))


class _Others:
    """Operations as if another model had done them."""

    def __init__(self, card: RateCard, provider: str) -> None:
        self._providers, self._provider = card.providers, provider
        self._changes: dict[tuple[str | None, str], dict[str, Any]] = {}

    def of(self, row: Row, model: str) -> Mapping[str, Any]:
        """What `row` would be with `model`; conditions of another provider are left behind."""
        key = (row["provider"], model)
        if key not in self._changes:
            self._changes[key] = self._change(row["provider"] or "", model)
        return row | self._changes[key]

    def _change(self, before: str, model: str) -> dict[str, Any]:
        called = self._provider or _told_by(model)
        changed: dict[str, Any] = {"provider": called, "model": model}
        if self._providers.place(before, "")[0] != self._providers.place(called, model.lower())[0]:
            changed |= {"service_tier": None, "region": None}
        return changed


def _told_by(model: str) -> str:
    return GATEWAY if "/" in model else ""


def _alternative(model: str, by: Sequence[str], group: tuple[str, ...], one: _Sum) -> Alternative:
    then = from_units(one.then)
    return Alternative(
        key=dict(zip(by, group, strict=True)),
        model=model,
        operations=one.operations,
        compared=one.compared,
        cost_now=one.now,
        cost_then=then,
        difference=then - one.now,
        difference_pct=trend_pct(then, one.now),
        per_request_now=each(one.now, one.compared),
        per_request_then=each(then, one.compared),
        unpriced=one.unpriced,
        unknown=one.unknown,
        other_currency=one.other_currency,
        without_cost=one.without_cost,
    )


def _headline(
    asked: Asked, models: Sequence[str], found: Sequence[tuple[Any, _Sum]], missing: str | None
) -> str:
    if not found:
        return f"There are no operations{asked.whose} {asked.phrase}."
    sums = {
        model: [sum((getattr(one, name) for (m, _), one in found if m == model), 0) for name in _SUMMED]
        for model in models
    }
    best = min(models, key=lambda model: (-sums[model][1], sums[model][3]))
    operations, compared, now, then = sums[best]
    if not compared:
        return f"Nothing{asked.whose} {asked.phrase} can be compared{': ' + missing if missing else ''}."
    said = f"{count(compared, 'operation')}{asked.whose} would have cost "
    said += f"{money(from_units(then), asked.currency)} at {best} instead of {money(now, asked.currency)}"
    change = trend_pct(from_units(then), Decimal(now))
    if change is not None:
        said += f", {share(abs(change))} {'more' if change > 0 else 'less'}"
    left = operations - compared
    return f"{said}, {asked.phrase}{f'; {left:,} cannot be compared' if left else ''}."


_SUMMED = ("operations", "compared", "now", "then")
