"""What is asked of operations: which window, which currency, whose."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal

import duckdb
from pydantic import Field

from apportion.analytics.models import NONE, Part, Row
from apportion.analytics.scope import DEFAULT_WINDOW, read_window, window_before
from apportion.analytics.statements import fetch, read_sql
from apportion.core.errors import BadInput
from apportion.core.periods import Window
from apportion.economics.operations.facts import OperationFacts
from apportion.economics.operations.overhead import carried
from apportion.economics.operations.places import lookups
from apportion.engine import quote_ident

METRIC = "RatedCost"
_PARAMETER = re.compile(r"\$([a-z_]\w*)")
UTC_DAY = "CAST(make_timestamp(epoch_us(time)) AS DATE)"
ZONED_DAY = "CAST(timezone($time_zone, time) AS DATE)"
"""The day of a moment; that of UTC is found three times as fast without the calendar."""
DIMENSIONS = (
    "organization", "cost_center", "team", "project", "user", "workflow", "customer", "plan", "feature",
    "environment", "region", "provider", "model", "requested_model", "operation", "service_tier", "prompt",
    "variant", "unit", "conversation", "source", "price_state",
)  # fmt: skip
"""What operations are grouped and filtered by, besides dimensions of their own."""


class OperationsMeta(Part):
    """Metric, currency, period, freshness: what a number is a bug without."""

    metric: str = Field(description="RatedCost: counts at the rates in force when the operation began.")
    currency: str
    currencies: list[str] = Field(description="Every currency operations are priced in; never added up.")
    filters: dict[str, str]
    start: date = Field(serialization_alias="from")
    to: date = Field(description="The day after the last day shown.")
    days: int
    days_covered: int = Field(description="Days of the window within the time of all operations.")
    label: str = Field(examples=["last 30 days"])
    previous_from: date | None = Field(description="Null where the window before is not wholly in the data.")
    previous_to: date | None
    time_zone: str = Field(description="Whose days these are.")
    data_through: date = Field(description="The last complete day.")
    newest: datetime = Field(description="When the newest operation began.")
    status: Literal["estimated"] = Field(description="Rates times counts, before the provider's invoice.")


@dataclass(frozen=True)
class Asked:
    """A window, a currency and filters over the operations."""

    facts: OperationFacts
    window: Window
    currency: str
    filters: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        facts: OperationFacts,
        window: str = DEFAULT_WINDOW,
        currency: str | None = None,
        filters: Mapping[str, str] | None = None,
    ) -> "Asked":
        """Read what a person typed. Raises BadInput for what is no window, currency or dimension here."""
        if currency and currency not in facts.currencies:
            raise BadInput(
                f"No operation is priced in '{currency}'.",
                where="currency",
                hint=f"There are: {', '.join(facts.currencies) or 'none'}.",
            )
        for name in filters or {}:
            need_dimension(facts, name)
        found = read_window(window, facts.last_day)
        return cls(facts, found, currency or facts.main_currency, dict(filters or {}))

    @property
    def previous(self) -> Window | None:
        """The window before, where all of its days are in the data."""
        before = window_before(self.window)
        return before if before.start >= self.facts.first_day else None

    @property
    def days(self) -> list[date]:
        """The days of the window that have operations, and those between them."""
        newest = max(self.facts.last_day, self.facts.newest_day)
        first = max(self.window.start, self.facts.first_day)
        count = (min(self.window.end, newest + timedelta(days=1)) - first).days
        return [first + timedelta(days=n) for n in range(count)]

    @property
    def phrase(self) -> str:
        """The window as it stands at the end of a sentence."""
        label = self.window.label
        if label.startswith("last "):
            return f"in the {label}"
        return f"from {label}" if " to " in label else f"in {label}"

    @property
    def whose(self) -> str:
        """The filters as they stand in a sentence; '' for all operations."""
        return "".join(f", {name} {value}" for name, value in self.filters.items())

    def fetch(
        self,
        con: duckdb.DuckDBPyConnection,
        name: str,
        by: Sequence[str] = (),
        parts: Mapping[str, str] | None = None,
        **more: object,
    ) -> list[Row]:
        """Rows of `sql/NAME.sql`, which goes on from the CTE `asked`: what is asked of, with keys of `by`."""
        return fetch(con, *self.statement(name, by, parts, **more))

    def statement(
        self,
        name: str,
        by: Sequence[str] = (),
        parts: Mapping[str, str] | None = None,
        **more: object,
    ) -> tuple[str, dict[str, object]]:
        """That statement and the parameters it names."""
        rows, params = self.rows(by)
        sql = read_sql(__package__, name)
        for fragment in ("figures", "yields"):
            sql = sql.replace(f"{{{fragment}}}", read_sql(__package__, fragment))
        keys = keys_of(by)
        sql = sql.replace("{keys}", ", ".join(keys)).replace("{keys,}", "".join(f"{key}, " for key in keys))
        for part, text in (parts or {}).items():
            sql = sql.replace(f"{{{part}}}", text)
        named = set(_PARAMETER.findall(rows + sql))
        return rows + sql, {key: value for key, value in {**params, **more}.items() if key in named}

    def rows(self, by: Sequence[str] = ()) -> tuple[str, dict[str, object]]:
        """The CTE `asked` over both windows, with `key_0` … for `by`, and its parameters."""
        begin = self.previous.start if self.previous else self.window.start
        filled, last, params = lookups(self.facts.tree, "told")
        params |= {
            "read_from": self.facts.begin(begin),
            "start": self.facts.begin(self.window.start),
            "until": self.facts.begin(self.window.end),
            "time_zone": self.facts.time_zone,
            "currency": self.currency,
        }
        keys, conditions = [], ["true"]
        for n, name in enumerate(by):
            keys.append(f", {self._value(name, f'by_{n}', params)} AS key_{n}")
        for n, (name, value) in enumerate(self.filters.items()):
            conditions.append(f"{self._value(name, f'filter_{n}', params)} = $wanted_{n}")
            params[f"wanted_{n}"] = value
        columns, join, more = carried(self.facts.overhead)
        sql = read_sql(__package__, "asked").replace("{filled}", filled).replace("{last}", last)
        sql = sql.replace("{day}", UTC_DAY if self.facts.time_zone == "UTC" else ZONED_DAY)
        sql = sql.replace("{carried}", columns).replace("{carrying}", join)
        params |= more
        return sql.replace("{keyed}", "".join(keys)).replace("{conditions}", " AND ".join(conditions)), params

    def _value(self, name: str, parameter: str, params: dict[str, object]) -> str:
        need_dimension(self.facts, name)
        if name in DIMENSIONS:
            return f"COALESCE({quote_ident(name)}, '{NONE}')"
        params[parameter] = name
        return f"COALESCE(dimensions[${parameter}], '{NONE}')"

    def meta(self) -> OperationsMeta:
        """The words beside the totals."""
        facts, before = self.facts, self.previous
        return OperationsMeta(
            metric=METRIC,
            currency=self.currency,
            currencies=list(facts.currencies),
            filters=dict(self.filters),
            start=self.window.start,
            to=self.window.end,
            days=self.window.days,
            days_covered=len(self.days),
            label=self.window.label,
            previous_from=before.start if before else None,
            previous_to=before.end if before else None,
            time_zone=facts.time_zone,
            data_through=facts.last_day,
            newest=facts.newest,
            status="estimated",
        )


def keys_of(by: Sequence[str]) -> list[str]:
    """The columns of `asked` that hold the values of `by`."""
    return [f"key_{n}" for n in range(len(by))]


def need_dimension(facts: OperationFacts, name: str) -> None:
    """Raises BadInput where operations have no dimension of that name."""
    if name not in DIMENSIONS and name not in facts.own:
        own = f"; of their own: {', '.join(sorted(facts.own)[:20])}" if facts.own else ""
        raise BadInput(
            f"Operations have no dimension '{name}'.", hint=f"They have: {', '.join(DIMENSIONS)}{own}."
        )
