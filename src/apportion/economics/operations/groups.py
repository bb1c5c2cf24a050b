"""Groups of operations beside the window before, and what they yielded."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Literal

import duckdb
from pydantic import Field

from apportion.analytics.models import Amount, Part, Percent, Row
from apportion.analytics.scope import trend_pct
from apportion.analytics.statements import fetch
from apportion.economics.operations.asked import Asked, keys_of
from apportion.economics.operations.figures import Figures, added, each, figures, part_of

NAMES = (
    "SELECT customer_id, any_value(customer_name) AS name FROM customers "
    "WHERE list_contains($ids, customer_id) GROUP BY customer_id"
)


class Yielded(Part):
    """What a group yielded in one unit of output, and what one of it cost."""

    unit: str = Field(examples=["ticket"])
    units: Amount
    cost_per_unit: Amount | None
    tokens_per_unit: Amount | None
    of: Literal["all", "named"] = Field(
        description="Whose cost and tokens are divided: all of the group's where it yields this unit alone, "
        "calls on the way and failures too; otherwise those of operations that name the unit."
    )


class Compared(Figures):
    """Figures beside those of the window before."""

    share_pct: Percent | None = Field(description="Of the cost of all that is asked of.")
    cost_before: Amount | None = Field(description="Null where the window before is not wholly in the data.")
    change_pct: Percent | None = Field(description="How the cost changed against the window before.")
    operations_before: int | None


class Group(Compared):
    """Operations that have the same values in the dimensions that were asked for."""

    key: dict[str, str] = Field(examples=[{"feature": "summaries", "model": "gpt-4o"}])
    customer_name: str | None = Field(description="Of the customer in the key, as the customers file has it.")
    units: list[Yielded]


class Total(Compared):
    """All that is asked of."""

    units: list[Yielded]


def total_of(con: duckdb.DuckDBPyConnection, asked: Asked) -> Total:
    """All operations of the window as one."""
    return total_from(asked, asked.fetch(con, "totals")[0])


def total_from(asked: Asked, row: Row) -> Total:
    """All of the window from one row of `sql/totals.sql`."""
    return Total(**compared(asked, row, row["cost"]), units=_units(row))


def groups_of(
    con: duckdb.DuckDBPyConnection, asked: Asked, by: Sequence[str], whole: Decimal | None, most: int
) -> tuple[list[Group], int]:
    """The dearest `most` groups, and how many there are in all; shares are of `whole`."""
    rows = asked.fetch(con, "groups", by, most=most)
    keys = [dict(zip(by, (row[key] for key in keys_of(by)), strict=True)) for row in rows]
    names = customer_names(con, [key["customer"] for key in keys if "customer" in key])
    found = [
        Group(
            key=key,
            customer_name=names.get(key.get("customer", "")),
            **compared(asked, row, whole),
            units=_units(row),
        )
        for key, row in zip(keys, rows, strict=True)
    ]
    return found, rows[0]["groups"] if rows else 0


def customer_names(con: duckdb.DuckDBPyConnection, ids: Sequence[str]) -> dict[str, str]:
    """What the customers file calls them, by id; those it does not know are left out."""
    if not ids:
        return {}
    rows = fetch(con, NAMES, {"ids": list(ids)})
    return {row["customer_id"]: row["name"] for row in rows if row["name"]}


def compared(asked: Asked, row: Row, whole: Decimal | None) -> dict[str, Any]:
    """The fields of Compared."""
    known = asked.previous is not None
    before = (row["cost_before"] or Decimal(0)) if known else None
    return {
        **figures(row),
        "share_pct": part_of(row["cost"], whole),
        "cost_before": before,
        "change_pct": None if row["cost"] is None else trend_pct(row["cost"], before),
        "operations_before": (row["operations_before"] or 0) if known else None,
    }


def _units(row: Row) -> list[Yielded]:
    """What a group yielded; one unit alone bears all of the group's cost and tokens."""
    found = row["yields"] or []
    alone = len(found) == 1
    whole = {"cost": row["cost"], "tokens": added(row["input_tokens"], row["output_tokens"])}
    return [
        Yielded(
            unit=part["unit"],
            units=part["units"],
            cost_per_unit=each((whole if alone else part)["cost"], part["units"]),
            tokens_per_unit=each((whole if alone else part)["tokens"], part["units"]),
            of="all" if alone else "named",
        )
        for part in found
    ]
