"""Judges the rules that only sums over all files can check."""

from collections.abc import Sequence
from contextlib import AbstractContextManager

import duckdb

from apportion import focus
from apportion.conformance.judge import PARTS, unreadable
from apportion.conformance.models import Finding, Rule, Sample
from apportion.conformance.tables import FileTable
from apportion.connectors.contract import Stream
from apportion.engine import statement

PACKAGE = "apportion.conformance"
QUERIES = {
    "CommitmentDiscountId.sum": "commitment_sum",
    "SkuPriceId.one-sku": "one_sku",
    "InvoiceId.one-currency": "one_currency",
    "BillingAccountId.one-name": "one_name",
}


def judge_groups(
    rules: Sequence[Rule], tables: Sequence[FileTable], con: duckdb.DuckDBPyConnection, samples: int
) -> dict[str, Finding]:
    """The finding of each rule by its id; `rows` are groups, such as commitments or invoices."""
    has = [set(table.positions) for table in tables]
    judged = [rule for rule in rules if any(columns.issuperset(rule.columns) for columns in has)]
    found = {rule.id: Finding(rule, judged=False) for rule in rules}
    if not judged:
        return found
    con.execute(statement(PACKAGE, "new_groups"))
    for table in tables:
        for stream in table.rows.streams(PARTS, nulls=False):
            _collect(table, stream, con)
    return found | {rule.id: _finding(rule, con, samples) for rule in judged}


def _collect(
    table: FileTable, opened: AbstractContextManager[Stream], con: duckdb.DuckDBPyConnection
) -> None:
    known = {c.name for c in focus.columns_of(table.version)}
    providers = [n for n in ("ServiceProviderName", "ProviderName") if n in known]
    try:
        with opened as stream:
            query = statement(
                PACKAGE, "groups",
                provider=f"coalesce({', '.join(providers)})",
                invoice="InvoiceId" if "InvoiceId" in known else "NULL",
                rows=table.select(stream, "0"),
            )  # fmt: skip
            con.execute(query)
    except duckdb.Error as why:
        raise unreadable(table, why) from why


def _finding(rule: Rule, con: duckdb.DuckDBPyConnection, samples: int) -> Finding:
    query = statement(PACKAGE, QUERIES[rule.id])
    row = con.execute(f"SELECT count(*), count(*) FILTER (broken) FROM ({query})").fetchone() or (0, 0)
    broken = con.execute(f"SELECT found FROM ({query}) WHERE broken LIMIT {samples}").fetchall()
    return Finding(rule, int(row[0]), int(row[1]), tuple(Sample("", 0, dict(m)) for (m,) in broken))
