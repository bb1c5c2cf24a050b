"""What a group of operations cost, took and yielded."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from pydantic import Field

from apportion.analytics.models import Amount, Part, Percent, Row
from apportion.core.money import per_unit, percent
from apportion.economics.operations.overhead import Kind, overhead_figures

AS_THEY_ARE = (
    "operations", "cost", "priced", "estimated", "unpriced", "unknown", "other_currency", "input_tokens",
    "cache_read_tokens", "output_tokens", "without_tokens", "judged", "successes", "value",
)  # fmt: skip


class Figures(Part):
    """Cost, tokens and success of a group of operations. Null is unknown, and never added as 0."""

    operations: int
    cost: Amount | None = Field(description="Of those that are priced; null where none is.")
    cost_per_request: Amount | None = Field(
        description="Cost of each call that is priced; reports that do not count calls are left out."
    )
    overhead: Amount | None = Field(
        description="Infrastructure that they carry besides; null where apportion.yaml has no `overhead`."
    )
    overhead_is: Kind | None = Field(
        description="allocated: their feature's cost by the last run; declared: a percentage of their cost."
    )
    full_cost: Amount | None = Field(description="Cost and overhead.")
    priced: int = Field(description="Operations whose cost is in `cost`.")
    estimated: int = Field(
        description="Of those: at the most they can have cost, as nobody told what came from a cache."
    )
    unpriced: int = Field(description="No rate is known for their model.")
    unknown: int = Field(description="They lack the counts that a price needs.")
    other_currency: int = Field(description="Priced in another currency, and not in `cost`.")
    tokens: int | None = Field(description="Input and output.")
    input_tokens: int | None = Field(description="All that was read, cached or not.")
    cache_read_tokens: int | None = Field(description="Of the input: read from a cache.")
    output_tokens: int | None
    cached_pct: Percent | None = Field(
        description="Share of cache reads in the input of operations that say how much was cached."
    )
    without_tokens: int = Field(description="Operations without any token count.")
    judged: int = Field(description="Operations whose success is known.")
    successes: int
    success_pct: Percent | None = Field(description="Successes of those whose success is known.")
    cost_per_success: Amount | None = Field(
        description="Cost of all whose success is known, failures too, for each success."
    )
    value: Amount | None
    value_per_cost: Amount | None = Field(description="Value for one unit of currency.")


def figures(row: Row) -> dict[str, Any]:
    """The fields of Figures from a row of `sql/figures.sql`."""
    return {
        **{name: row[name] for name in AS_THEY_ARE},
        "cost_per_request": each(row["cost_of_requests"], row["requests_paid"]),
        **overhead_figures(row),
        "tokens": added(row["input_tokens"], row["output_tokens"]),
        "cached_pct": part_of(row["cache_read_tokens"], row["input_with_cache"]),
        "success_pct": part_of(row["successes"], row["judged"]),
        "cost_per_success": each(row["cost_judged"], row["successes_paid"]),
        "value_per_cost": each(row["value_paid"], row["cost_valued"]),
    }


def add_up(rows: Sequence[Row]) -> Row:
    """Rows of `sql/figures.sql` as one: sums of what is known, None where nothing is."""
    names = [name for name in rows[0] if name not in ("start", "now")] if rows else []
    return {name: _together([row[name] for row in rows if row[name] is not None]) for name in names}


def _together(values: Sequence[Any]) -> Any:
    if not values:
        return None
    return any(values) if isinstance(values[0], bool) else sum(values[1:], values[0])


def each(amount: Decimal | int | None, quantity: Decimal | int | None) -> Decimal | None:
    """`amount` for one of `quantity`; None where either is unknown, or there is none of it."""
    if amount is None or quantity is None:
        return None
    return per_unit(Decimal(amount), Decimal(quantity))


def part_of(part: Decimal | int | None, whole: Decimal | int | None) -> Decimal | None:
    """How much of `whole` in percent; None where either is unknown or there is none."""
    return None if part is None or not whole else percent(Decimal(part), Decimal(whole))


def added(*counts: int | None) -> int | None:
    """The sum of what is known; None where nothing is."""
    known = [count for count in counts if count is not None]
    return sum(known) if known else None
