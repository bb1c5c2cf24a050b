"""Operations by one to three dimensions: what each group costs, takes and yields."""

from collections.abc import Sequence

import duckdb
from pydantic import Field

from apportion.analytics.models import Part
from apportion.analytics.sentences import count, money, share
from apportion.core.errors import BadInput
from apportion.economics.operations.asked import Asked, OperationsMeta
from apportion.economics.operations.groups import Group, Total, groups_of, total_of
from apportion.economics.operations.overview import without_cost

MOST_KEYS, MOST = 3, 100


class OperationsBreakdown(Part):
    """Whose is the cost, and what does one unit of output cost each?"""

    meta: OperationsMeta
    headline: str
    by: list[str]
    total: Total
    groups: list[Group] = Field(description="The dearest first.")
    more: int = Field(description="Groups that are not shown.")


def operations_breakdown(
    con: duckdb.DuckDBPyConnection, asked: Asked, by: Sequence[str], most: int = MOST
) -> OperationsBreakdown:
    """The dearest `most` groups. Raises BadInput for no, too many or unknown dimensions."""
    by = list(dict.fromkeys(by))
    if not 1 <= len(by) <= MOST_KEYS:
        raise BadInput(
            f"Operations can be grouped by one to three dimensions, not {len(by)}.",
            where="by",
            hint="Write it like feature,model.",
        )
    total = total_of(con, asked)
    groups, number = groups_of(con, asked, by, total.cost, most)
    return OperationsBreakdown(
        meta=asked.meta(),
        headline=_headline(asked, by, total, groups, number),
        by=by,
        total=total,
        groups=groups,
        more=number - len(groups),
    )


def _headline(asked: Asked, by: Sequence[str], total: Total, groups: list[Group], number: int) -> str:
    if not groups:
        return f"There are no operations{asked.whose} {asked.phrase}."
    first = groups[0]
    if total.cost is None or first.cost is None:
        return (
            f"{count(total.operations, 'operation')}{asked.whose} {asked.phrase}; the cost of none is known."
        )
    name = ", ".join(first.key.values())
    part = f", {share(first.share_pct)} of" if first.share_pct is not None else " of"
    said = f"{money(first.cost, asked.currency)}{part} {money(total.cost, asked.currency)}"
    groups_said = count(number, "group") + f" by {', '.join(by)}"
    return f"{name} cost most {asked.phrase}: {said}{asked.whose} in {groups_said}{without_cost(total)}."
