"""The small company of small_company.sql as a connection, and what is true of its run."""

from datetime import UTC, date, datetime
from pathlib import Path

import duckdb

from apportion.analytics.models import Facts, RuleFacts
from apportion.engine import connect
from apportion.ledger.schemas import STEPS

FACTS = Facts(
    run_id="run-1",
    loaded_at=datetime(2026, 10, 1, 6, tzinfo=UTC),
    first_day=date(2026, 7, 1),
    last_day=date(2026, 9, 30),
    dimensions=("team", "service", "environment", "customer"),
    perspectives={"customer": "customer", "team": "team"},
    currencies=("USD",),
    currency="USD",
    measures=("requests",),
    rules=(
        RuleFacts("customer", "dedicated", "d1"),
        RuleFacts("customer", "cdn", "c1"),
        RuleFacts("customer", "shared by requests", "r1"),
        RuleFacts("customer", "search", "s1"),
        RuleFacts("team", "own cost", "o1"),
    ),
    rules_version="v1",
)


def small_company() -> duckdb.DuckDBPyConnection:
    con = connect(threads=1)
    con.execute(Path(__file__).with_name("small_company.sql").read_text())
    names = ", ".join(f'"{name}" {kind}' for name, kind in STEPS.items())
    con.execute(f"CREATE TABLE IF NOT EXISTS steps ({names})")
    return con


class Counting:
    """A connection that counts the statements it runs."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self._con = con
        self.statements: list[str] = []

    def execute(self, sql: str, *args: object) -> object:
        self.statements.append(sql)
        return self._con.execute(sql, *args)
