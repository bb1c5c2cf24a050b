"""Infrastructure that operations carry: their feature's allocated cost, or a percentage until then."""

from collections.abc import Sequence
from datetime import UTC
from decimal import Decimal
from typing import Any, Literal

import duckdb

from apportion.allocation.patterns import matches
from apportion.analytics.models import NONE, Row
from apportion.analytics.statements import fetch, read_sql
from apportion.core.money import SCALE
from apportion.engine import quote_ident, quote_text
from apportion.metering.settings import Overhead, TrueUp

FINE = 20
"""Places of what one call carries: what ten million calls lose by it is less than the last place of money."""
SHARE = "SELECT share FROM operation_overhead WHERE name = $name AND day = $day AND currency = $currency"
NOTHING = "CAST(NULL AS HUGEINT) AS overhead_fine, CAST(NULL AS VARCHAR) AS overhead_is"
Kind = Literal["allocated", "declared", "both"]


def prepare_overhead(con: duckdb.DuckDBPyConnection, given: Overhead, entries: Sequence[TrueUp]) -> None:
    """Make the table `operation_overhead`: what a call of each name carried on each day, from the last run.

    The cost that counts is what `where` says, else all but the charges of `true_up`, as operations stand for
    those themselves. A run that knows no answers of a dimension named there has nothing that they carry.
    """
    if given.perspective is None:
        return
    known = {str(name) for name, *_ in con.execute("DESCRIBE allocations").fetchall()}
    named = {*(given.where or {})} if given.where else {name for entry in entries for name in entry.where}
    if given.where:
        counted = _all(given.where)
    else:
        counted = " AND ".join(f"NOT ({_all(entry.where)})" for entry in entries) or "true"
    counted = counted if named <= known else "false"
    sql = read_sql(__package__, "overhead").replace("{counted}", counted)
    sql = sql.replace("{perspective}", quote_text(given.perspective))
    con.execute(sql.replace("{dimension}", quote_ident(given.dimension)))


def _all(where: dict[str, Any]) -> str:
    return " AND ".join(matches(f"COALESCE({quote_ident(n)}, '{NONE}')", p) for n, p in where.items())


def carried(given: Overhead | None) -> tuple[str, str, dict[str, object]]:
    """What each operation carries as columns, the join they need, and their parameters.

    `overhead_fine` is in 10⁻²⁰ of the currency asked for; `overhead_is` says where it comes from.
    """
    if given is None:
        return NOTHING, "", {}
    share, join, params = "CAST(NULL AS HUGEINT)", "", dict[str, object]()
    if given.perspective:
        share = "overhead_share"
        join = read_sql(__package__, "carried").replace("{dimension}", quote_ident(given.dimension))
    declared = "CAST(NULL AS HUGEINT)"
    if given.percent is not None:
        params["overhead_percent"] = int(given.percent.scaleb(6))
        declared = "CAST(paid * 1000000000000 AS HUGEINT) * CAST($overhead_percent AS HUGEINT)"
    columns = (
        f"COALESCE({share} * calls, {declared}) AS overhead_fine, "
        f"CASE WHEN {share} IS NOT NULL THEN 'allocated' WHEN {declared} IS NOT NULL THEN 'declared' END "
        "AS overhead_is"
    )
    return columns, join, params


def carried_by(
    con: duckdb.DuckDBPyConnection, given: Overhead | None, row: Row
) -> tuple[Decimal | None, Literal["allocated", "declared"] | None]:
    """What one operation carries, and where that comes from; (None, None) where nothing says so."""
    if given and given.perspective:
        asked = {
            "name": row[given.dimension] or NONE,
            "day": row["time"].astimezone(UTC).date(),
            "currency": row["currency"],
        }
        if found := fetch(con, SHARE, asked):
            return money_of(found[0]["share"] * (row["requests"] or 1)), "allocated"
    if given and given.percent is not None and row["cost"] is not None:
        fine = int(row["cost"].scaleb(SCALE)) * int(given.percent.scaleb(FINE - SCALE - 2))
        return money_of(fine), "declared"
    return None, None


def overhead_figures(row: Row) -> dict[str, Any]:
    """The fields of Figures about overhead, from a row of `sql/figures.sql`."""
    if row["overhead_fine"] is None:
        return {"overhead": None, "overhead_is": None, "full_cost": None}
    overhead = money_of(row["overhead_fine"])
    kinds = [kind for kind in ("allocated", "declared") if row[f"overhead_{kind}"]]
    return {
        "overhead": overhead,
        "overhead_is": "both" if len(kinds) > 1 else kinds[0],
        "full_cost": None if row["cost"] is None else row["cost"] + overhead,
    }


def money_of(fine: int) -> Decimal:
    """An amount from 10⁻²⁰, rounded half up to twelve places."""
    half = 10 ** (FINE - SCALE) // 2
    return Decimal((fine + half) // 10 ** (FINE - SCALE)).scaleb(-SCALE)
