"""What has changed since the standing run, so that only the days it concerns are allocated again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb

from apportion.allocation.daily import sum_days
from apportion.allocation.models import CarryForward, Days, Perspective, Rule
from apportion.allocation.nodes import as_charged_only
from apportion.engine import quote_ident, quote_text, statement
from apportion.ledger import Ledger, RunRecord
from apportion.ledger.ledger import RESULTS
from apportion.ledger.schemas import FOCUS_KEPT

PACKAGE = "apportion.allocation"
DECIDE = ("customers", "identities")
"""Facts of which any change may concern every day."""


@dataclass(frozen=True)
class Standing:
    """The standing run, and the versions of the facts that this one reads."""

    run: RunRecord
    ledger: Ledger
    versions: Mapping[str, int]

    def files(self, table: str) -> list[str]:
        """The standing run's own files of a table."""
        return self.ledger.table(table).files(version=self.run.versions[table])

    def changed(self, table: str) -> tuple[list[str], list[str]]:
        """Files of a fact table that only the standing run read, and those that only this one reads."""
        before = set(self.files(table)) if self.run.versions[table] >= 0 else set()
        now = self.versions[table]
        after = set(self.ledger.table(table).files(version=now)) if now >= 0 else set()
        return sorted(before - after), sorted(after - before)


def standing(
    ledger: Ledger, versions: Mapping[str, int], rules_hash: str, software: str, same: Mapping[str, object]
) -> Standing | None:
    """The standing run where its results may be kept for days on which nothing changed; else None.

    They may not where the rules or what decides every day changed, or where a run has ended half committed.
    """
    run = ledger.run()
    if run is None or (run.rules_hash, run.software) != (rules_hash, software):
        return None
    if any(getattr(run, name) != value for name, value in same.items()):
        return None
    if any(run.versions.get(name, -1) != versions[name] for name in DECIDE):
        return None
    whole = all(ledger.table(name).version() == run.versions.get(name) for name in RESULTS)
    found = Standing(run, ledger, versions)
    return found if whole and found.files("allocations") and found.files("daily_costs") else None


def kept_days(
    con: duckdb.DuckDBPyConnection,
    before: Standing,
    dimensions: Sequence[str],
    tests: Sequence[str],
    perspectives: Mapping[str, Perspective],
) -> bool:
    """Fill `daily_costs` and the days to run again, `run_days`; False where all have to be."""
    _keep_daily_costs(con, before, dimensions, tests)
    found = con.execute("SELECT DISTINCT currency FROM daily_costs ORDER BY 1").fetchall()
    if [str(row[0]) for row in found] != before.run.currencies:
        return False
    _changed_days(con, before, perspectives)
    return True


def _keep_daily_costs(
    con: duckdb.DuckDBPyConnection, before: Standing, dimensions: Sequence[str], tests: Sequence[str]
) -> None:
    """Fill `daily_costs` from the standing run, but for the bills that changed, which are counted from their
    charges; and `changed_days` with the days on which they differ.
    """
    gone, come = before.changed("charges")
    parts = f"SELECT DISTINCT x_Source, x_BillingPeriod FROM read_parquet([{_listed([*gone, *come])}])"
    con.execute(f"CREATE OR REPLACE TEMP TABLE changed_bills AS {parts if gone or come else _NO_BILLS}")
    stored = f"read_parquet([{_listed(before.files('daily_costs'))}], hive_partitioning = false)"
    flags = "".join(f"substr(tests, {i + 1}, 1) = '1' AS {quote_ident(t)}, " for i, t in enumerate(tests))
    if not (gone or come):
        con.execute(f"CREATE TEMP VIEW daily_costs AS SELECT {flags} * FROM {stored}")
        con.execute("CREATE OR REPLACE TEMP TABLE changed_days (day DATE)")
        return
    sum_days(con, dimensions, tests, "new_costs", "SEMI JOIN changed_bills USING (x_Source, x_BillingPeriod)")
    names = [*dimensions, "cost_class", "idle", *FOCUS_KEPT]
    same = ", ".join(quote_ident(c) for c in names)
    con.execute(statement(PACKAGE, "keep_daily_costs", stored=stored, flags=flags, same=same))


def _changed_days(
    con: duckdb.DuckDBPyConnection, before: Standing, perspectives: Mapping[str, Perspective]
) -> None:
    """Fill `run_days`: days whose cost changed, and days for which usage that changed counts."""
    gone, come = before.changed("usage")
    rules = [rule for p in perspectives.values() for rule in p.rules]
    con.execute("CREATE OR REPLACE TEMP TABLE all_days AS SELECT DISTINCT day FROM daily_costs")
    con.execute("CREATE OR REPLACE TEMP TABLE reach (measure VARCHAR, days INTEGER, month BOOLEAN)")
    con.executemany("INSERT INTO reach VALUES (?, ?, ?)", _reach(rules) or [("", 0, False)])
    month = any(as_charged_only(rule) for rule in rules)
    con.execute(
        statement(PACKAGE, "run_days", gone=_usage(gone), come=_usage(come), month=str(month).lower())
    )


def keep_results(con: duckdb.DuckDBPyConnection, before: Standing) -> None:
    """Create the view `kept_allocations`, what stands of the days that are not run again.

    Of both tables by day, `touched_allocations` and `touched_steps` are the partitions with anything of the
    other days.
    """
    for name, parts in (("allocations", "perspective, billing_period"), ("steps", "perspective, period")):
        files = before.files(name)  # of steps there are none where all cost carries its target's name
        rows = f"(FROM read_parquet([{_listed(files)}], hive_partitioning = false))"
        new = "results" if name == "allocations" else name
        old = f"SELECT {parts} FROM {rows} WHERE day IN (FROM run_days) UNION " if files else ""
        con.execute(f"CREATE OR REPLACE TEMP TABLE touched_{name} AS {old}SELECT DISTINCT {parts} FROM {new}")
        if name == "allocations":
            con.execute(
                f"CREATE OR REPLACE TEMP VIEW kept_{name} AS FROM {rows} WHERE day NOT IN (FROM run_days)"
            )


def _reach(rules: Sequence[Rule]) -> list[tuple[str, int, bool]]:
    """Of each measure, how many days later its use still counts, and whether it counts for its month."""
    return [
        (driver.measure, _window(rule) + _back(rule), rule.over == "month")
        for rule in rules
        for driver in rule.drivers
    ]


def _window(rule: Rule) -> int:
    return rule.over.days - 1 if isinstance(rule.over, Days) else 0


def _back(rule: Rule) -> int:
    return rule.without_usage.carry_forward if isinstance(rule.without_usage, CarryForward) else 0


def _usage(files: Sequence[str]) -> str:
    rows = "SELECT measure, day, quantity, dimensions FROM"
    if not files:
        return f"{rows} usage WHERE false"
    return f"{rows} read_parquet([{_listed(files)}], hive_partitioning = false, union_by_name = true)"


def _listed(files: Sequence[str]) -> str:
    return ", ".join(quote_text(f) for f in files)


_NO_BILLS = "SELECT '' AS x_Source, '' AS x_BillingPeriod WHERE false"
