"""Operations at their rates beside what the provider has charged for them, by day and by model."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Literal

import duckdb
from pydantic import Field

from apportion.allocation.patterns import matches
from apportion.analytics.models import ALLOCATED_METRICS, NONE, Amount, Part, Percent
from apportion.analytics.scope import trend_pct
from apportion.analytics.sentences import count, money, share
from apportion.analytics.statements import fetch, fill, read_sql
from apportion.core.errors import BadInput, NotFound
from apportion.core.money import per_unit
from apportion.core.periods import Window
from apportion.economics.operations.asked import Asked, OperationsMeta
from apportion.engine import quote_ident
from apportion.metering.settings import TrueUp
from apportion.pricing import RateCard

AGREES = Decimal(1)
"""Percent of difference up to which rates and invoice agree: rounding, and calls around midnight."""
PROVIDERS = (
    "SELECT DISTINCT provider FROM operations WHERE provider IS NOT NULL AND time >= $start AND time < $end"
)
Metric = Literal["BilledCost", "EffectiveCost"]
State = Literal["agrees", "differs", "not invoiced", "not metered", "not priced"]


class Trued(Part):
    """What operations cost at their rates, and what was charged for them."""

    rated: Amount = Field(description="Operations at the rates they were priced by.")
    invoiced: Amount = Field(description="What the provider has charged.")
    variance: Amount = Field(description="Invoiced less rated.")
    variance_pct: Percent | None = Field(description="Of what is rated.")


class TruedModel(Trued):
    """One model, as the price list calls it; `(none)` are charges that name no model."""

    model: str
    state: State
    operations: int
    tokens: int
    without_cost: int = Field(description="Operations that have no known cost, and are not in `rated`.")
    factor: Amount | None = Field(description="What one unit of rated cost comes to on the invoice.")


class TruedDay(Trued):
    """One day, UTC."""

    day: date


class TruedProvider(Trued):
    """One entry of `true_up` in apportion.yaml."""

    provider: str
    billed_through: date | None = Field(description="The last day that it has charged for; null for none.")
    elsewhere: list[str] = Field(description="Other currencies that it charges in, and in no number here.")
    not_yet: Amount = Field(description="Rated on later days of the window, and in no other number here.")
    models: list[TruedModel] = Field(description="The largest variance first.")
    daily: list[TruedDay]


class OperationsTrueUp(Part):
    """Do our own numbers agree with the invoice?"""

    meta: OperationsMeta
    charged: str = Field(description="The FOCUS cost column of the charges.")
    run_id: str = Field(description="The run whose charges these are.")
    headline: str
    providers: list[TruedProvider]
    without: list[str] = Field(description="Providers of operations that no entry of `true_up` is about.")


@dataclass
class _Side:
    """Sums of one model or day."""

    rated: Decimal = Decimal(0)
    invoiced: Decimal = Decimal(0)
    operations: int = 0
    tokens: int = 0
    without_cost: int = 0

    @property
    def sums(self) -> dict[str, Any]:
        """The fields of Trued."""
        return {
            "rated": self.rated,
            "invoiced": self.invoiced,
            "variance": self.invoiced - self.rated,
            "variance_pct": trend_pct(self.invoiced, self.rated),
        }


@dataclass
class _Both:
    """What is known of one provider: sums by model and by day, up to the last day it has billed."""

    through: date | None
    elsewhere: list[str]
    not_yet: Decimal = Decimal(0)
    models: dict[str, _Side] = field(default_factory=lambda: defaultdict(_Side))
    days: dict[date, _Side] = field(default_factory=lambda: defaultdict(_Side))

    def sides(self, model: str, day: date) -> Iterator[_Side]:
        yield self.models[model]
        yield self.days[day]


def operations_true_up(
    con: duckdb.DuckDBPyConnection,
    asked: Asked,
    entries: Sequence[TrueUp],
    card: RateCard,
    run_id: str,
    metric: str = "EffectiveCost",
) -> OperationsTrueUp:
    """Each entry's operations and charges in the window's days (UTC); `card` knows what models are called.

    Raises NotFound where apportion.yaml has no `true_up`, BadInput where the report is filtered: an invoice
    is for all of a provider's operations.
    """
    if not entries:
        raise NotFound(
            "apportion.yaml does not say which charges are for which operations.",
            where="true_up",
            hint="Add true_up: [{provider: openai, where: {source: openai}, model: ai_model}].",
        )
    if metric not in ALLOCATED_METRICS:
        raise BadInput(
            f"'{metric}' is not what an invoice is in.", hint=f"Use {' or '.join(ALLOCATED_METRICS)}."
        )
    if asked.filters:
        raise BadInput(
            f"An invoice cannot be told apart by {next(iter(asked.filters))}.",
            where="true-up",
            hint="Leave the filter out; the invoice is allocated by operations, see the guide.",
        )
    found = [_trued(con, asked, entry, card, metric) for entry in entries]
    known = {name for entry in entries for name in entry.providers}
    rows = fetch(con, PROVIDERS, _span(asked.window))
    return OperationsTrueUp(
        meta=asked.meta(),
        charged=metric,
        run_id=run_id,
        headline=_sentence(asked, found[0]) if len(found) == 1 else _headline(asked, found),
        providers=found,
        without=sorted({row["provider"] for row in rows} - known),
    )


def _need_answers(con: duckdb.DuckDBPyConnection, names: Sequence[str]) -> None:
    """Raises NotFound before the first run, BadInput for a name that the last run has no answers of."""
    known = {row["column_name"] for row in fetch(con, "DESCRIBE daily_costs")}
    if not fetch(con, "SELECT 1 AS one FROM daily_costs LIMIT 1"):
        raise NotFound("No cost has been allocated yet.", hint="Run 'apportion ingest' and 'allocate'.")
    if missing := [name for name in names if name not in known]:
        raise BadInput(
            f"The last run knows no '{missing[0]}' of charges.",
            where="true_up",
            hint="Name a dimension, source, currency or cost_class; after a change 'apportion allocate'.",
        )


def _span(window: Window) -> dict[str, object]:
    """The days of the window as moments, UTC."""
    start, end = (datetime.combine(day, time(), UTC) for day in (window.start, window.end))
    return {"start": start, "end": end}


def _trued(
    con: duckdb.DuckDBPyConnection, asked: Asked, entry: TrueUp, card: RateCard, metric: str
) -> TruedProvider:
    _need_answers(con, [*entry.where, *([entry.model] if entry.model else [])])
    names = {"metric": metric}
    charges = " AND ".join(
        matches(f"COALESCE({quote_ident(n)}, '{NONE}')", p) for n, p in entry.where.items()
    )
    params = {"currency": asked.currency, "start": asked.window.start, "end": asked.window.end}

    def say(name: str) -> str:
        model = f"COALESCE({quote_ident(entry.model)}, '{NONE}')" if entry.model else f"'{NONE}'"
        return fill(
            read_sql(__package__, name).replace("{charges}", charges).replace("{model}", model), names
        )

    reach = fetch(con, say("billed_through"), params)[0]
    both = _Both(reach["day"], reach["elsewhere"] or [])
    called = _Called(
        card, entry.providers, asked.window.end - timedelta(days=1), by_model=entry.model is not None
    )
    for row in fetch(con, say("invoiced"), params):
        for side in both.sides(called.charged(row["model"]), row["day"]):
            side.invoiced += row["invoiced"]
    rated = {**params, **_span(asked.window), "providers": entry.providers}
    for row in fetch(con, read_sql(__package__, "rated"), rated):
        if both.through is None or row["day"] > both.through:
            both.not_yet += row["rated"] or 0
            continue
        for side in both.sides(called.told(row["provider"], row["model"]), row["day"]):
            side.rated += row["rated"] or 0
            side.operations += row["operations"]
            side.tokens += row["tokens"]
            side.without_cost += row["without_cost"]
    return _report(entry, both)


@dataclass
class _Called:
    """One name for a model, whatever operations and charges call it."""

    card: RateCard
    providers: Sequence[str]
    day: date
    by_model: bool
    known: dict[tuple[str, str], str] = field(default_factory=dict)

    def told(self, provider: str, model: str) -> str:
        return self._name(provider, model) if self.by_model else NONE

    def charged(self, model: str) -> str:
        return NONE if model == NONE else self._name(self.providers[0], model)

    def _name(self, provider: str, model: str) -> str:
        key = (provider, model)
        if key not in self.known:
            self.known[key] = self.card.find(provider, model, self.day).model or NONE
        return self.known[key]


def _report(entry: TrueUp, both: _Both) -> TruedProvider:
    whole = _Side(
        rated=sum((s.rated for s in both.days.values()), Decimal(0)),
        invoiced=sum((s.invoiced for s in both.days.values()), Decimal(0)),
    )
    models = [
        TruedModel(
            model=model,
            state=_state(side),
            operations=side.operations,
            tokens=side.tokens,
            without_cost=side.without_cost,
            factor=_factor(side),
            **side.sums,
        )
        for model, side in both.models.items()
    ]
    return TruedProvider(
        provider=", ".join(entry.providers),
        billed_through=both.through,
        elsewhere=both.elsewhere,
        not_yet=both.not_yet,
        models=sorted(models, key=lambda m: (-abs(m.variance), m.model)),
        daily=[TruedDay(day=day, **side.sums) for day, side in sorted(both.days.items())],
        **whole.sums,
    )


def _state(side: _Side) -> State:
    if not side.operations:
        return "not metered"
    if not side.invoiced:
        return "not invoiced"
    if not side.rated:
        return "not priced"
    off = trend_pct(side.invoiced, side.rated)
    return "agrees" if off is not None and abs(off) <= AGREES else "differs"


def _factor(side: _Side) -> Decimal | None:
    return per_unit(side.invoiced, side.rated)


def _headline(asked: Asked, found: Sequence[TruedProvider]) -> str:
    """Several providers as one, and where most of the difference is."""
    waiting = [one for one in found if one.billed_through is None]
    if waiting:
        return " ".join(_sentence(asked, one) for one in found)
    invoiced = sum((one.invoiced for one in found), Decimal(0))
    rated = sum((one.rated for one in found), Decimal(0))
    said = f"{count(len(found), 'provider')} charged {money(invoiced, asked.currency)} {asked.phrase}"
    off = trend_pct(invoiced, rated)
    if off is None or invoiced == rated:
        return f"{said}; {'no operation of that time is rated' if off is None else 'exactly what is rated'}."
    if abs(off) <= AGREES:
        return f"{said}, within 1 % of what is rated."
    more = "more" if invoiced > rated else "less"
    said += f", {money(abs(invoiced - rated), asked.currency)} ({share(abs(off))}) {more} than rated"
    named = ((one.provider, model) for one in found for model in one.models)
    provider, model = max(named, key=lambda pair: abs(pair[1].variance))
    state = f", which is {model.state}" if model.state.startswith("not") else ""
    whose = provider if model.model == NONE else f"{provider}'s {model.model}"
    return f"{said}; most of the difference is {whose}{state}."


def _sentence(asked: Asked, one: TruedProvider) -> str:
    if one.billed_through is None:
        charged = f"charges in {' and '.join(one.elsewhere)}" if one.elsewhere else "has charged nothing yet"
        return f"{one.provider} {charged}; {money(one.not_yet, asked.currency)} are rated."
    said = f"{one.provider} charged {money(one.invoiced, asked.currency)} {asked.phrase}"
    if one.variance_pct is None:
        return f"{said}; no operation of that time is rated."
    if one.variance == 0:
        return f"{said}, exactly what its operations are rated at."
    if abs(one.variance_pct) <= AGREES:
        return f"{said}, within 1 % of what is rated."
    more = "more" if one.variance > 0 else "less"
    said += f", {money(abs(one.variance), asked.currency)} ({share(abs(one.variance_pct))}) {more} than rated"
    first = one.models[0]
    if first.model != NONE:
        said += f": mostly at {first.model}"
        said += f", which is {first.state}" if first.state.startswith("not") else ""
    missing = sum(model.without_cost for model in one.models)
    return said + (f"; {count(missing, 'operation')} without a known cost." if missing else ".")
