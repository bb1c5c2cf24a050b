"""Forecasts of cost by the one query model."""

from collections.abc import Sequence
from datetime import timedelta

import duckdb
from pydantic import Field

from apportion.analytics.models import Facts, Part
from apportion.analytics.query import Query
from apportion.analytics.scope import Scope
from apportion.core.errors import BadInput
from apportion.core.periods import Window
from apportion.forecasting.kept import Given
from apportion.forecasting.methods import DEFAULT, method_named
from apportion.forecasting.models import ForecastReport, Horizon, MonthEnd
from apportion.forecasting.months import QUARTER, Outlook
from apportion.forecasting.origin import Origin, last_complete_day
from apportion.forecasting.past import accuracy, hindcasts, of_given
from apportion.forecasting.reading import Cost, largest, read_cost, totals_of
from apportion.forecasting.words import headline


class Asked(Part):
    """What to forecast: a query, how far, and by which method.

    Of the query, metric, perspective, filter, group_by and limit count; its window ends with the last day
    that may be known and says in which days the largest groups are looked for.
    """

    query: Query
    horizon: Horizon = "month"
    currency: str | None = None
    method: str = Field(default=DEFAULT, examples=["band"])

    @property
    def narrowed(self) -> Query:
        """The query, for the one currency asked for."""
        if self.currency is None:
            return self.query
        only = {"currency": [self.currency]}
        both = {"and": [self.query.filter, only]} if self.query.filter else only
        return self.query.model_copy(update={"filter": both})


def forecast(
    con: duckdb.DuckDBPyConnection, facts: Facts, asked: Asked, given: Sequence[Given] = ()
) -> ForecastReport:
    """The report on the run behind `con`; `given` are forecasts as they were made, of the same total.

    Every group is forecast from its own series, and so is the total of each currency: the noise of groups
    evens out in it, so its own forecast is surer than their sum. Nothing is scaled to fit, so groups need
    not add up to the total. Raises BadInput where the query names what is not there.
    """
    method = method_named(asked.method).name
    window, origin = _settled(con, facts, asked)
    cost = _read(con, facts, asked, origin)
    totals = totals_of(cost)
    of_groups = Outlook.of(largest(cost, asked.query.limit, window.days), method) if cost.fields else None
    of_totals = Outlook.of(totals, method)
    ends = of_totals.month_ends(facts)
    days = QUARTER if asked.horizon == "90d" else of_totals.left
    past = [*of_given(given, totals), *hindcasts(totals, facts, method)]
    scope = Scope(facts, window, asked.query.metric or facts.metric, asked.currency or facts.main_currency)
    found = totals.currencies
    return ForecastReport(
        meta=scope.meta(asked.query.perspective).model_copy(
            update={"currency": found[0] if len(found) == 1 else None if found else scope.currency}
        ),
        headline=headline(ends),
        group_by=list(cost.fields),
        horizon=asked.horizon,
        origin=origin.day,
        origin_reason=origin.reason,
        method=method,
        months=of_groups.month_ends(facts) if of_groups else [],
        totals=ends,
        ahead=[*of_totals.ahead(days), *(of_groups.ahead(days) if of_groups else [])],
        days=[*of_totals.days(days), *(of_groups.days(days) if of_groups else [])],
        past=past,
        accuracy=accuracy(past),
    )


def month_end(con: duckdb.DuckDBPyConnection, facts: Facts, query: Query) -> list[MonthEnd]:
    """Month-end of the total (with empty `keys`) of each currency, then of each group of `query`.

    The query's metric, perspective, filter, group_by and limit count; `grain` and `compare` do not. Its
    window ends with the last day that may be known. Raises BadInput where it names what is not there.
    """
    asked = Asked(query=query)
    window, origin = _settled(con, facts, asked)
    cost = _read(con, facts, asked, origin)
    rows = Outlook.of(totals_of(cost), asked.method).month_ends(facts)
    if cost.fields:
        rows += Outlook.of(largest(cost, query.limit, window.days), asked.method).month_ends(facts)
    return rows


def _settled(con: duckdb.DuckDBPyConnection, facts: Facts, asked: Asked) -> tuple[Window, Origin]:
    """The window, and the last complete day up to its end."""
    window = asked.query.resolve_window(facts)
    through = min(facts.last_day, window.end - timedelta(days=1))
    if through < facts.first_day:
        raise BadInput(
            f"There is no cost up to {through}.",
            where="window",
            hint=f"The data covers {facts.first_day} to {facts.last_day}.",
        )
    metric = asked.query.metric or facts.metric
    origin = last_complete_day(con, facts, through, metric) if through == facts.last_day else Origin(through)
    return window, origin


def _read(con: duckdb.DuckDBPyConnection, facts: Facts, asked: Asked, origin: Origin) -> Cost:
    if asked.currency is not None and asked.currency not in facts.currencies:
        raise BadInput(
            f"The data has no cost in '{asked.currency}'.",
            where="currency",
            hint=f"It has: {', '.join(facts.currencies)}.",
        )
    return read_cost(con, facts, asked.narrowed, origin.day)
