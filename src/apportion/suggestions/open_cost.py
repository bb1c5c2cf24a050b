"""What a perspective leaves unallocated, as rows of the bill; each proposal takes from it what it claims."""

from collections.abc import Sequence
from decimal import Decimal

from apportion.engine import quote_ident, quote_text
from apportion.suggestions.bill import Rows, names_in
from apportion.suggestions.state import State
from apportion.suggestions.trial import Trials

NONE = quote_text("(none)")
IDLE = "coalesce(CommitmentDiscountStatus = 'Unused' OR CapacityReservationStatus = 'Unused', false)"
COMMITMENTS = {"CommitmentDiscountStatus", "CapacityReservationStatus"}
"""A rule takes unused commitments only where it names one of these."""


class OpenCost:
    """The table `open_cost`: rows of the bill with their answers, whose cost has no target in a perspective.

    Where a trial left a part of a group unallocated, its rows have that part of their cost.
    """

    def __init__(self, state: State, name: str | None, trials: Trials | None) -> None:
        self.state = state
        self._con = state.bill.con
        idle = IDLE if "CommitmentDiscountStatus" in state.bill.columns else "false"
        if name is None or trials is None:
            self._con.execute(
                f"CREATE OR REPLACE TEMP TABLE open_cost AS SELECT *, {idle} AS unused FROM answered"
            )
            return
        dims = [quote_ident(d) for d in state.rules.dimensions]
        listed = "".join(f"{d}, " for d in dims)
        left = trials.con.execute(
            f"SELECT {listed} source, coalesce(sum(effective) FILTER (target_kind = 'unallocated'), 0) "
            "/ nullif(sum(effective) FILTER (target_kind <> 'idle' OR rule <> ''), 0) AS part "
            "FROM results WHERE perspective = ? GROUP BY ALL", [name]
        ).to_arrow_table()  # fmt: skip
        self._con.register("left_open", left)
        same = " AND ".join([*(f"a.{d} = o.{d}" for d in dims), "a.x_Source = o.source"])
        named = COMMITMENTS & {n for r in state.rules.perspectives[name].rules for n in names_in(r.match)}
        part = f"CASE WHEN {idle} THEN {0 if named else 1} ELSE least(o.part, 1) END"
        self._con.execute(
            f"CREATE OR REPLACE TEMP TABLE open_cost AS SELECT a.* REPLACE (CAST(a.cost * {part} AS "
            f"DECIMAL(38, 12)) AS cost), {idle} AS unused FROM answered AS a JOIN left_open AS o ON {same} "
            f"WHERE {part} > 0.000001"
        )
        self._con.unregister("left_open")

    def rows(self, columns: str, *conditions: str, having: str = "true", order: str = "") -> Rows:
        """`columns` (SQL) of the open rows that meet the conditions, grouped."""
        where = " AND ".join([*conditions, "true"])
        query = f"SELECT {columns} FROM open_cost WHERE {where} GROUP BY ALL HAVING {having} {order}"
        return self._con.execute(query).fetchall()

    def cost(self, *conditions: str) -> Decimal:
        found = self.rows("sum(cost)", *conditions)
        return found[0][0] or Decimal(0) if found else Decimal(0)

    def claim(self, condition: str) -> None:
        """Take out the rows that a proposal claims."""
        self._con.execute(f"DELETE FROM open_cost WHERE {condition}")


def among(column: str, values: Sequence[str]) -> str:
    """SQL: the column is one of the values."""
    listed = ", ".join(quote_text(v) for v in values)
    return f"{quote_ident(column)} IN ({listed})" if values else "false"
