"""The loads of a ledger, read from the log of its tables."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from apportion.core.errors import NotFound
from apportion.ingestion.records import LoadRecord
from apportion.ledger import Ledger

Rejected = Mapping[tuple[str, str, str, str], tuple[Decimal, int]]


TABLES = ("charges", "usage", "customers", "revenue")


def loads(ledger: Ledger) -> list[LoadRecord]:
    """All loads of bills, newest first; what a later load of the same period replaced is 'replaced'."""
    return loads_of(ledger, "charges")


def loads_of(ledger: Ledger, table: str) -> list[LoadRecord]:
    """The loads of one of TABLES, newest first.

    Usage, customers and revenue are sources of their own: 'usage requests', 'customers', 'revenue'.
    """
    found: list[LoadRecord] = []
    seen: set[tuple[str, str]] = set()
    for commit in ledger.table(table).records():
        for entry in commit.get("loads", ()):
            record = LoadRecord.from_dict(entry)
            key = (record.source, record.billing_period)
            found.append(replace(record, status="replaced") if key in seen else record)
            seen.add(key)
    return found


def standing(ledger: Ledger, table: str = "charges") -> dict[tuple[str, str], LoadRecord]:
    """The load that stands for each source and billing period of a table."""
    return {(r.source, r.billing_period): r for r in loads_of(ledger, table) if r.status != "replaced"}


def load(ledger: Ledger, load_id: str) -> LoadRecord:
    """The load of any table with that id, or whose id alone begins so; NotFound otherwise."""
    known = [r for table in TABLES for r in loads_of(ledger, table)]
    matches = [r for r in known if r.load_id == load_id] or [
        r for r in known if load_id and r.load_id.startswith(load_id)
    ]
    if len(matches) != 1:
        raise NotFound(f"There is no load '{load_id}'.", hint="'apportion loads' lists them.")
    return matches[0]


def rejected(ledger: Ledger) -> Rejected:
    """Cost and rows left out of standing loads, by source, billing period, currency and metric."""
    return {
        (source, period, total.currency, metric): (getattr(total, metric), total.rows)
        for (source, period), record in standing(ledger).items()
        for total in record.rejected
        for metric in ("BilledCost", "EffectiveCost")
    }
