"""What was charged and earned on each day: the tables that every perspective begins with."""

from collections.abc import Sequence
from datetime import date, timedelta

import duckdb

from apportion.allocation.shares import PACKAGE
from apportion.core.errors import BadInput
from apportion.engine import quote_ident, statement
from apportion.ledger.schemas import FOCUS_KEPT

KEPT_FOR_LINES = (
    "x_Source", "x_BillingPeriod", "BillingCurrency", "CommitmentDiscountStatus", "CapacityReservationStatus",
    *FOCUS_KEPT,
)  # fmt: skip

LARGEST = 10**14
"""What the costs of a source, billing period and currency stay below, so that no sum or product overflows."""

LINE_COLUMNS = """
    x_Source AS source, x_BillingPeriod AS billing_period, BillingCurrency AS currency,
    coalesce(CommitmentDiscountStatus = 'Unused' OR CapacityReservationStatus = 'Unused', false) AS idle,
    ChargeClass, ChargeDescription, ChargeFrequency, ResourceId, ResourceName, SkuId, SkuMeter,
    ChargePeriodStart, ChargePeriodEnd,
    x_SourceFile, x_SourceLine, x_LoadId,
    BilledCost AS BilledCostOnBill, EffectiveCost AS EffectiveCostOnBill"""


def register_charge_days(
    con: duckdb.DuckDBPyConnection,
    answers: str,
    named: Sequence[str],
    *,
    lines: bool = False,
    identity: str = "",
) -> None:
    """Create the view `charge_days`: each charge on each day it covers, with its answers.

    `answers` is the select list of a run, `named` the dimensions and tests in it that are wanted. `lines`
    adds what identifies the line item on the bill. `identity` is the run's SQL for a customer's name, which
    the view `identities` turns into the customer: by a join, for a subquery takes ten times as long.
    """
    columns = ", ".join(quote_ident(c) for c in [*named, "cost_class", *KEPT_FOR_LINES])
    if lines:
        columns = f"{columns}, {LINE_COLUMNS}"
    con.execute(statement(PACKAGE, "prelude"))
    charges = f"({statement(PACKAGE, 'identified', expression=identity)})" if identity else "charges"
    body = statement(PACKAGE, "charge_days", answers=answers, charges=charges, columns=columns)
    con.execute(f"CREATE OR REPLACE VIEW charge_days AS {body}")


def daily_costs(con: duckdb.DuckDBPyConnection, dimensions: Sequence[str], tests: Sequence[str]) -> None:
    """Fill `daily_costs`, with the outcomes of `tests` beside the answers, and `all_days` and `run_days`."""
    sum_days(con, dimensions, tests, "daily_costs")
    con.execute("CREATE OR REPLACE TEMP TABLE all_days AS SELECT DISTINCT day FROM daily_costs")
    con.execute("CREATE OR REPLACE TEMP TABLE run_days AS FROM all_days")


def sum_days(
    con: duckdb.DuckDBPyConnection,
    dimensions: Sequence[str],
    tests: Sequence[str],
    table: str,
    bills: str = "",
) -> None:
    """Fill `table` with the cost of each day, of the bills that `bills` (SQL) joins, or of all.

    Raises BadInput for amounts that are too large to be divided.
    """
    listed = "".join(f"{quote_ident(d)}, " for d in [*dimensions, *tests])
    kept = ", ".join(quote_ident(c) for c in FOCUS_KEPT)
    parts = {"dimensions": listed, "kept": kept, "tests": bits(tests), "table": table, "bills": bills}
    try:
        con.execute(statement(PACKAGE, "daily_costs", **parts))
    except duckdb.OutOfRangeException:
        raise _too_large("a charge of several days") from None


def bits(tests: Sequence[str]) -> str:
    """SQL for the outcomes of tests as text, so that they can be kept."""
    return " || ".join(f"CASE WHEN {quote_ident(t)} THEN '1' ELSE '0' END" for t in tests) or "''"


def days_of(con: duckdb.DuckDBPyConnection) -> tuple[date, date]:
    """The first day of the data, and its last complete one: some usage was charged up to its end.

    Raises BadInput for costs without a day, and for bills that no pool could hold.
    """
    if con.execute("SELECT count(*) FROM daily_costs WHERE day IS NULL").fetchone() != (0,):
        raise BadInput("there are charges without ChargePeriodStart", hint="Load the bill again.")
    if large := con.execute(statement(PACKAGE, "too_large"), {"most": LARGEST}).fetchone():
        raise _too_large(f"the bill of {large[0]} for {large[1]} in {large[2]}")
    row = con.execute(statement(PACKAGE, "days")).fetchone()
    if row is None or row[0] is None:
        raise BadInput("there are no charges on any day", hint="Load the bill again.")
    return row[0], row[1]


def _too_large(what: str) -> BadInput:
    return BadInput(
        f"{what} comes to {LARGEST:,} or more",
        hint="Amounts have twelve places; larger ones cannot be divided exactly. Check the bill's amounts.",
    )


def spread_revenue(con: duckdb.DuckDBPyConnection, first_day: date, last_day: date) -> None:
    """Fill `daily_revenue` with the revenue of these days."""
    _spread(con, "TEMP TABLE daily_revenue", "revenue", first_day, last_day)


def spread_part_of_revenue(
    con: duckdb.DuckDBPyConnection, table: str, rows: str, first_day: date, last_day: date
) -> None:
    """Fill a temporary `table` with `rows` of the revenue (a SELECT), spread over these days as all of it is.

    `con` must have got `register_arithmetic`.
    """
    _spread(con, f"TEMP TABLE {quote_ident(table)}", f"({rows})", first_day, last_day)


def register_arithmetic(con: duckdb.DuckDBPyConnection) -> None:
    """Give `con` the exact arithmetic that statements of this package are written in."""
    con.execute(statement(PACKAGE, "prelude"))


def _spread(con: duckdb.DuckDBPyConnection, table: str, rows: str, first_day: date, last_day: date) -> None:
    body = statement(PACKAGE, "daily_revenue", rows=rows)
    days = {"first": first_day, "horizon": last_day + timedelta(days=1)}
    con.execute(f"CREATE OR REPLACE {table} AS {body}", days)
