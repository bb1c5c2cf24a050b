"""The loads of a ledger, read from the log of its tables."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from apportion.core.errors import NotFound
from apportion.ingestion.records import LoadRecord
from apportion.ledger import Ledger

Rejected = Mapping[tuple[str, str, str, str], tuple[Decimal, int]]


def loads(ledger: Ledger) -> list[LoadRecord]:
    """All loads, newest first; those that a later load of the same source and period replaced are 'replaced'.

    Usage, customers and revenue are sources of their own: 'usage requests', 'customers', 'revenue'.
    """
    found = [r for table in ("charges", "usage", "customers", "revenue") for r in loads_of(ledger, table)]
    return sorted(found, key=lambda r: r.loaded_at, reverse=True)


def loads_of(ledger: Ledger, table: str) -> list[LoadRecord]:
    """The loads of one table, newest first."""
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
    """The load of that id, or of the one id that begins so; NotFound otherwise."""
    known = loads(ledger)
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
