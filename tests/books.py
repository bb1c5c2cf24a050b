"""Small bills, usage and rules for tests, written so that a test reads like an example."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa

from apportion import focus
from apportion.allocation import Inputs, Rules, allocate
from apportion.engine import connect, quote_ident
from apportion.ledger import Ledger, RunRecord, Slice
from apportion.ledger.schemas import CUSTOMERS, REVENUE, USAGE, Columns, delta_schema

Row = Mapping[str, Any]


def charge(cost: str | Decimal, day: str = "2026-09-01", until: str = "", **more: Any) -> dict[str, Any]:
    """A line item of `cost` on `day` (its first hour, or until `until`); keys FOCUS lacks become tags."""
    columns = focus.charge_columns()
    tags = {k: v for k, v in more.items() if k not in columns}
    row = {
        "BilledCost": Decimal(cost),
        "EffectiveCost": Decimal(cost),
        "BillingCurrency": "USD",
        "ChargeCategory": "Usage",
        "ChargePeriodStart": f"{day} 00:00:00+00",
        "ChargePeriodEnd": f"{until} 00:00:00+00" if until else f"{day} 01:00:00+00",
        "Tags": tags,
        "x_Source": "aws",
        "x_BillingPeriod": day[:7],
    }
    return {**row, **{k: v for k, v in more.items() if k in columns}}


class Books:
    """A ledger in a folder that tests fill by hand."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.ledger = Ledger(root / "ledger")
        self._files = 0

    def bill(self, charges: Iterable[Row]) -> None:
        """Load charges, each source and billing period replacing what it had."""
        parts: dict[tuple[str, str], list[Row]] = {}
        for row in charges:
            parts.setdefault((row["x_Source"], row["x_BillingPeriod"]), []).append(row)
        for (source, period), rows in parts.items():
            self._put(
                "charges", {"x_Source": source, "x_BillingPeriod": period}, rows, focus.charge_columns()
            )

    def usage(
        self, rows: Iterable[tuple[str, str | Decimal, Mapping[str, str]]], measure: str = "requests"
    ) -> None:
        """Load usage: (day, quantity, dimensions)."""
        made = [
            {
                "measure": measure,
                "period": d[:7],
                "time": f"{d} 12:00:00+00",
                "day": date.fromisoformat(d),
                "quantity": Decimal(q),
                "dimensions": m,
            }
            for d, q, m in rows
        ]
        for period in sorted({row["period"] for row in made}):
            part = [row for row in made if row["period"] == period]
            self._put("usage", {"measure": measure, "period": period}, part, USAGE)

    def customers(self, rows: Iterable[Row]) -> None:
        self._put("customers", {}, list(rows), CUSTOMERS)

    def revenue(self, rows: Iterable[Row]) -> None:
        self._put("revenue", {}, list(rows), REVENUE)

    def allocate(
        self,
        rules: Mapping[str, Any],
        measures: Mapping[str, Sequence[str]] | None = None,
        *,
        keep: bool = True,
    ) -> RunRecord:
        """Run the allocation by rules as apportion.yaml would give them; `keep` days that nothing changed."""
        inputs = Inputs(
            Rules.model_validate(rules), measures or {"requests": ["service", "customer"]}, self.root
        )
        con = connect(threads=1)
        try:
            return allocate(self.ledger, con, inputs, self.tag_keys(), keep=keep)
        finally:
            con.close()

    def tag_keys(self) -> list[str]:
        found = self.sql("SELECT DISTINCT unnest(map_keys(Tags)) FROM charges")
        return sorted(row[0] for row in found)

    def sql(self, query: str, *params: object) -> list[tuple[Any, ...]]:
        """Rows of a query over the newest facts and the last run."""
        con = connect(threads=1)
        try:
            self.ledger.snapshot().register(con)
            return con.execute(query, params).fetchall()
        finally:
            con.close()

    def targets(self, perspective: str = "customer", metric: str = "EffectiveCost") -> dict[str, Decimal]:
        """What each target of a perspective bears, over all days."""
        query = f"SELECT target, sum({metric}) FROM allocations WHERE perspective = ? GROUP BY ALL"
        return dict(self.sql(query, perspective))

    def _put(self, name: str, partition: dict[str, str], rows: Sequence[Row], columns: Columns) -> None:
        self._files += 1
        table = self.ledger.table(name)
        path = table.partition_directory(partition) / f"{self._files}.parquet"
        con = connect(threads=1)
        con.register("given", _as_text(rows, columns))
        cast = ", ".join(f"CAST({quote_ident(c)} AS {t}) AS {quote_ident(c)}" for c, t in columns.items())
        con.execute(f"COPY (SELECT {cast} FROM given) TO '{path}' (FORMAT parquet)")
        con.close()
        table.replace([Slice(partition, [path])], schema=delta_schema(columns), record={"rows": len(rows)})


def _as_text(rows: Sequence[Row], columns: Columns) -> pa.Table:
    """Rows as columns of text, and maps as maps of it: thousands of them one by one take long."""
    made = {}
    for name, kind in columns.items():
        values = [row.get(name) for row in rows]
        if kind.startswith("MAP"):
            maps = [None if v is None else [(k, _text(w)) for k, w in v.items()] for v in values]
            made[name] = pa.array(maps, pa.map_(pa.string(), pa.string()))
        else:
            made[name] = pa.array([_text(value) for value in values], pa.string())
    return pa.table(made)


def _text(value: object) -> str | None:
    return None if value is None else str(value)
