"""Operations for tests of reports: some rows in a view `operations`, and what is asked of them."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from apportion.economics.operations import Asked, facts_of
from apportion.engine import connect, quote_ident
from apportion.ledger.schemas import OPERATIONS
from apportion.metering.settings import Tree

NOW = datetime(2026, 10, 5, 12, tzinfo=UTC)


class Told:
    """A view `operations` that holds what is told."""

    def __init__(self) -> None:
        self.con = connect()
        columns = ", ".join(f"{quote_ident(name)} {kind}" for name, kind in OPERATIONS.items())
        self.con.execute(f"CREATE TABLE told_operations ({columns})")
        self.con.execute("CREATE VIEW operations AS FROM told_operations")
        self.con.execute(
            "CREATE TABLE customers AS SELECT 'acme' AS customer_id, 'Acme Books' AS customer_name"
        )
        self._count = 0

    def tell(self, cost: str | None = "0.01", time: str = "2026-10-02T09:30:00+00:00", **more: Any) -> None:
        """One operation; without a cost it is unpriced."""
        self._count += 1
        row = {
            "operation_id": f"op-{self._count}",
            "time": datetime.fromisoformat(time),
            "provider": "openai",
            "model": "gpt-4o",
            "requests": 1,
            "price_state": "unpriced" if cost is None else "priced",
            "currency": "USD",
            "cost": None if cost is None else Decimal(cost),
            **more,
        }
        names = ", ".join(quote_ident(name) for name in row)
        marks = ", ".join("?" for _ in row)
        self.con.execute(f"INSERT INTO told_operations ({names}) VALUES ({marks})", list(row.values()))

    def asked(
        self,
        window: str = "2026-10",
        currency: str | None = None,
        tree: Mapping[str, Any] | None = None,
        time_zone: str = "UTC",
        now: datetime = NOW,
        **filters: str,
    ) -> Asked:
        """What is asked of all operations, unless `filters` say less."""
        facts = facts_of(self.con, now, "USD", time_zone, Tree.model_validate(tree or {}))
        return Asked.of(facts, window, currency, filters)
