"""Daily cost by group, exact and as arrays, from one statement of the one query model."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from apportion.analytics.answer import OTHERS
from apportion.analytics.compile import compile_cost
from apportion.analytics.fields import CHARGE_DAYS, MAX_CHARGE_DAYS, relation_for
from apportion.analytics.filters import parse_filter
from apportion.analytics.models import Facts
from apportion.analytics.query import Query, Question
from apportion.core.periods import Window
from apportion.forecasting.robust import Counts, Floats

HISTORY = 426
"""Days that are read: what forecasts of the last year's months knew."""
ZERO = Decimal(0)


@dataclass(frozen=True)
class Amounts:
    """Every amount that was read, exact, one series after the other: those of series s lie from `ends[s]` to
    `ends[s + 1]`, each `days` after the first day.
    """

    ends: Counts
    days: Counts
    amounts: pa.Array

    def total(self, members: Counts, low: int, high: int) -> Decimal:
        """The sum of the series `members` over days from `low` up to but not including `high`."""
        if len(members) == 1:
            of_one = slice(self.ends[members[0]], self.ends[members[0] + 1])
            days, amounts = self.days[of_one], self.amounts[of_one]
        else:
            days, amounts = self.days, self.amounts
        chosen = (days >= low) & (days < high)
        if 1 < len(members) < len(self.ends) - 1:
            asked = np.zeros(len(self.ends) - 1, dtype=bool)
            asked[members] = True
            chosen &= np.repeat(asked, np.diff(self.ends))
        found: Decimal | None = pc.sum(amounts.take(pa.array(np.flatnonzero(chosen)))).as_py()
        return ZERO if found is None else found


@dataclass(frozen=True)
class Cost:
    """Groups beside each other: `values` [S, n] of the days from `start` on, NaN before their first cost.

    `keys` are their values of the fields asked for; `others` says which are several groups as one;
    `members` are the series of `exact` that they are made of.
    """

    fields: tuple[str, ...]
    keys: list[tuple[str, ...]]
    currencies: list[str]
    others: list[bool]
    start: date
    values: Floats
    exact: Amounts
    members: list[Counts]

    @property
    def end(self) -> date:
        """The day after the last."""
        return self.start + timedelta(days=self.values.shape[1])

    def named(self, at: int) -> dict[str, str]:
        """The group at `at` as rows of answers have it."""
        return dict(zip(self.fields, self.keys[at], strict=True))

    def actual(self, at: int, first: date, after: date) -> Decimal:
        """What the group at `at` cost from `first` up to but not including `after`, to the last digit."""
        return self.exact.total(self.members[at], (first - self.start).days, (after - self.start).days)


def read_cost(con: duckdb.DuckDBPyConnection, facts: Facts, query: Query, through: date) -> Cost:
    """The cost that `query` asks for of each group, up to and with the day `through`.

    Raises BadInput where it names what is not there. Of line items a quarter is read, of results a year.
    """
    group_by = tuple(dict.fromkeys(query.group_by))
    where = parse_filter(query.filter)
    window = Window(max(facts.first_day, through - timedelta(days=HISTORY - 1)), through + timedelta(days=1))
    metric = query.metric or facts.metric
    question = Question(
        metric,
        query.perspective,
        group_by,
        where,
        "day",
        window,
        before=None,
        compare="none",
        limit=query.limit,
    )
    named = question.fields
    relation = relation_for(con, facts, perspective=query.perspective, named=named, metric=metric, days=1)
    if relation.name == CHARGE_DAYS and window.days > MAX_CHARGE_DAYS:
        window = Window(window.end - timedelta(days=MAX_CHARGE_DAYS), window.end)
        question = replace(question, window=window)
    inner, params = compile_cost(question, relation)
    keys = [f"k{i}" for i in range(len(group_by))]
    listed = "".join(f", {key}" for key in keys)
    sql = f"""
SELECT currency{listed}, LIST(amount) AS amounts,
    LIST(date_diff('day', $first_of_series, period::DATE)) AS days
FROM ({inner}) GROUP BY currency{listed} ORDER BY currency{listed}"""
    table = con.execute(sql, {**params, "first_of_series": window.start}).to_arrow_table()
    return _cost(table, group_by, window)


def _cost(table: pa.Table, group_by: tuple[str, ...], window: Window) -> Cost:
    names = [table.column(f"k{i}").to_pylist() for i in range(len(group_by))]
    lengths = pc.list_value_length(table.column("days")).to_numpy().astype(np.int64)
    rows = np.repeat(np.arange(table.num_rows), lengths)
    days = _flat(table, "days").to_numpy(zero_copy_only=False).astype(np.int64)
    amounts = _flat(table, "amounts")
    values = np.zeros((table.num_rows, window.days))
    values[rows, days] = pc.cast(amounts, pa.float64()).to_numpy(zero_copy_only=False)
    return Cost(
        fields=group_by,
        keys=list(zip(*names, strict=True)) if names else [()] * table.num_rows,
        currencies=table.column("currency").to_pylist(),
        others=[False] * table.num_rows,
        start=window.start,
        values=since_first_cost(values),
        exact=Amounts(np.append(0, np.cumsum(lengths)), days, amounts),
        members=[np.array([at]) for at in range(table.num_rows)],
    )


def _flat(table: pa.Table, name: str) -> pa.Array:
    column = table.column(name)
    chunks = [chunk.flatten() for chunk in column.chunks]
    return pa.concat_arrays(chunks) if chunks else pa.array([], column.type.value_type)


def since_first_cost(values: Floats) -> Floats:
    """`values` with the days before a series' first cost as not known: it was not there yet."""
    begun = np.maximum.accumulate(values != 0, axis=1)
    return np.where(begun, values, np.nan)


def totals_of(cost: Cost) -> Cost:
    """One series for each currency: everything that was asked for."""
    names = list(dict.fromkeys(cost.currencies))
    groups = [[i for i, name in enumerate(cost.currencies) if name == wanted] for wanted in names]
    return _joined(cost, groups, (), [()] * len(names), [False] * len(names))


def largest(cost: Cost, limit: int, days: int) -> Cost:
    """The groups that cost most in the last `days`, in each currency, and the rest as one."""
    recent = np.nan_to_num(cost.values[:, -days:]).sum(1)
    groups: list[list[int]] = []
    keys: list[tuple[str, ...]] = []
    others: list[bool] = []
    for currency in dict.fromkeys(cost.currencies):
        members = [i for i, name in enumerate(cost.currencies) if name == currency]
        members.sort(key=lambda i: (-abs(recent[i]), cost.keys[i]))
        for i in members[:limit]:
            groups.append([i])
            keys.append(cost.keys[i])
            others.append(False)
        if members[limit:]:
            groups.append(members[limit:])
            keys.append((OTHERS,) * len(cost.fields))
            others.append(True)
    return _joined(cost, groups, cost.fields, keys, others)


def _joined(
    cost: Cost,
    groups: list[list[int]],
    fields: tuple[str, ...],
    keys: list[tuple[str, ...]],
    others: list[bool],
) -> Cost:
    values = np.zeros((len(groups), cost.values.shape[1]))
    for at, members in enumerate(groups):
        values[at] = np.nan_to_num(cost.values[members]).sum(0)
    return Cost(
        fields=fields,
        keys=keys,
        currencies=[cost.currencies[members[0]] for members in groups],
        others=others,
        start=cost.start,
        values=since_first_cost(values),
        exact=cost.exact,
        members=[np.concatenate([cost.members[i] for i in members]) for members in groups],
    )
