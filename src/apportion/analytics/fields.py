"""Which fields a question may name, and which relation answers it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

import duckdb

from apportion.analytics.filters import Bindings
from apportion.analytics.models import ALLOCATED_METRICS, METRICS, Facts
from apportion.core.errors import BadInput

RESULT_FIELDS = ("source", "billing_period", "currency", "cost_class")
ALLOCATION_FIELDS = (*RESULT_FIELDS, "target", "target_kind", "rule", "method", "node", "evidence")
COST_COLUMNS = (
    "ServiceProviderName",
    "ServiceCategory",
    "ServiceName",
    "SubAccountId",
    "SubAccountName",
    "RegionId",
    "ChargeCategory",
    "idle",
)
CHARGE_DAYS, CHARGE_END = "charge_days", "ChargePeriodEnd"
MAX_CHARGE_DAYS = 93
MAX_HOUR_DAYS = 31


@dataclass(frozen=True)
class Relation:
    """A view that holds cost by day, with the fields and metrics a question to it may name.

    `charge_end` is the column where a charge ends; without one, charges count in the hour they begin.
    """

    name: str
    fields: frozenset[str]
    metrics: tuple[str, ...]
    charge_end: str = "ChargePeriodStart"


def allocations(facts: Facts) -> Relation:
    return Relation("allocations", frozenset((*facts.dimensions, *ALLOCATION_FIELDS)), ALLOCATED_METRICS)


def daily_costs(facts: Facts) -> Relation:
    return Relation("daily_costs", frozenset((*facts.dimensions, *RESULT_FIELDS, *COST_COLUMNS)), METRICS)


def charge_days(con: duckdb.DuckDBPyConnection) -> Relation:
    """Line items, each with its part of a day; every text column can be asked for.

    Outcomes of a run's tests, which begin with '?', are the run's own business.
    """
    sql = (
        "SELECT column_name, data_type FROM duckdb_columns() "
        "WHERE table_name = $name AND schema_name = current_schema()"
    )
    described = con.execute(sql, {"name": CHARGE_DAYS}).fetchall()
    words = [name for name, kind in described if kind in ("VARCHAR", "BOOLEAN")]
    texts = frozenset(name for name in words if not name.startswith("?"))
    ends = [name for name, _ in described if name == CHARGE_END]
    return Relation(CHARGE_DAYS, texts, ALLOCATED_METRICS, *ends)


def charge_bounds(relation: Relation, start: date, end: date, bindings: Bindings) -> list[str]:
    """Conditions on a charge's own period that no charge with a part in the window fails.

    The day of a part is computed; these let a scan pass over the rest of the bill before that.
    """
    if relation.name != CHARGE_DAYS:
        return []
    first, last = (bindings.bind(datetime.combine(day, time(), UTC)) for day in (start, end))
    begun = f"ChargePeriodStart < {last}"
    if relation.charge_end != CHARGE_END:
        return [begun]
    return [begun, f"({CHARGE_END} >= {first} OR {CHARGE_END} IS NULL)"]


def relation_for(
    con: duckdb.DuckDBPyConnection,
    facts: Facts,
    *,
    perspective: str | None,
    named: Iterable[str],
    metric: str,
    days: int,
    hourly: bool = False,
) -> Relation:
    """The smallest relation that has every field named; BadInput where none has, or it is too much."""
    wanted = list(named)
    if perspective is not None:
        chosen = _of_perspective(facts, perspective, hourly=hourly)
    elif not hourly and set(wanted) <= daily_costs(facts).fields:
        chosen = daily_costs(facts)
    else:
        chosen = charge_days(con)
        _check_bounds(days, hourly=hourly)
    _check_fields(chosen, wanted, perspective)
    if metric not in chosen.metrics:
        raise BadInput(
            f"'{metric}' is not a metric here.", where="metric", hint=f"Use {', '.join(chosen.metrics)}."
        )
    return chosen


def _of_perspective(facts: Facts, perspective: str, *, hourly: bool) -> Relation:
    if perspective not in facts.perspectives:
        known = ", ".join(facts.perspectives) or "none"
        raise BadInput(
            f"No perspective is named '{perspective}'.", where="perspective", hint=f"There are: {known}."
        )
    if hourly:
        raise BadInput(
            "Cost is allocated by day.", where="grain", hint="Ask for hours without a perspective."
        )
    return allocations(facts)


def _check_bounds(days: int, *, hourly: bool) -> None:
    most = MAX_HOUR_DAYS if hourly else MAX_CHARGE_DAYS
    if days > most:
        raise BadInput(
            f"This question reads line items, {days} days of them.",
            where="window",
            hint=f"Ask for {most} days at most, or for fields that daily results have.",
        )


def _check_fields(relation: Relation, wanted: Iterable[str], perspective: str | None) -> None:
    for name in wanted:
        if name not in relation.fields:
            place = f"in perspective '{perspective}'" if perspective else "in the cost"
            extra = " It needs a perspective." if name in ALLOCATION_FIELDS and not perspective else ""
            known = ", ".join(sorted(relation.fields))
            raise BadInput(f"No field is named '{name}' {place}.{extra}", hint=f"There are: {known}.")
