"""The loads of a ledger, read from the log of its tables."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from apportion.core.errors import NotFound
from apportion.ingestion.push.summary import push_loads
from apportion.ingestion.records import LoadRecord
from apportion.ledger import Ledger

Rejected = Mapping[tuple[str, str, str, str], tuple[Decimal, int]]


KINDS = {
    "bill": "charges",
    "usage": "usage",
    "customers": "customers",
    "revenue": "revenue",
    "identities": "identities",
}
"""What people call the loads of each table."""

NAMED = 10
"""So many loads are named where the beginning of an id means several."""


def loads(ledger: Ledger) -> list[LoadRecord]:
    """All loads of bills, newest first; what a later load of the same period replaced is 'replaced'."""
    return loads_of(ledger, "charges")


def loads_of(ledger: Ledger, table: str, version: int | None = None) -> list[LoadRecord]:
    """The loads of a table up to a version (default the newest), newest first.

    Usage, customers and revenue are sources of their own: 'usage requests', 'customers', 'revenue'.
    """
    found: list[LoadRecord] = []
    seen: set[tuple[str, str]] = set()
    for commit in ledger.table(table).records():
        if version is not None and commit["version"] > version:
            continue
        for entry in commit.get("loads", ()):
            record = LoadRecord.from_dict(entry)
            key = (record.source, record.billing_period)
            found.append(replace(record, status="replaced") if key in seen else record)
            seen.add(key)
    return found


def standing(
    ledger: Ledger, table: str = "charges", version: int | None = None
) -> dict[tuple[str, str], LoadRecord]:
    """The load that stands for each source and billing period of a table, or stood at a version."""
    found = loads_of(ledger, table, version)
    return {(r.source, r.billing_period): r for r in found if r.status != "replaced"}


def all_loads(ledger: Ledger, kind: str = "") -> list[tuple[str, LoadRecord]]:
    """Loads of one of KINDS, or of all, with their kind, newest first.

    All that was pushed of a measure in a month counts as one load.
    """
    found = [
        (name, record)
        for name, table in KINDS.items()
        if kind in ("", name)
        for record in loads_of(ledger, table)
    ]
    if kind in ("", "usage"):
        found += [("usage", record) for record in push_loads(ledger)]
    return sorted(found, key=lambda pair: pair[1].loaded_at, reverse=True)


def load(ledger: Ledger, load_id: str) -> tuple[str, LoadRecord]:
    """The load of any kind with that id, or whose id alone begins so, with its kind; NotFound otherwise."""
    known = all_loads(ledger)
    matches = [pair for pair in known if pair[1].load_id == load_id] or [
        pair for pair in known if load_id and pair[1].load_id.startswith(load_id)
    ]
    if not matches:
        raise NotFound(f"There is no load '{load_id}'.", hint="'apportion loads' lists them.")
    if len(matches) > 1:
        named = [f"{r.load_id} ({' '.join(filter(None, (r.source, r.billing_period)))})" for _, r in matches]
        more = f" and {len(named) - NAMED} more" if len(named) > NAMED else ""
        raise NotFound(
            f"Several loads begin with '{load_id}': {', '.join(named[:NAMED])}{more}.",
            hint="Give more of the id.",
        )
    return matches[0]


def rejected(ledger: Ledger, version: int | None = None) -> Rejected:
    """Cost and rows left out of standing loads, by source, billing period, currency and metric.

    `version` of the charges: of the loads that stood then.
    """
    return {
        (source, period, total.currency, metric): (getattr(total, metric), total.rows)
        for (source, period), record in standing(ledger, version=version).items()
        for total in record.rejected
        for metric in ("BilledCost", "EffectiveCost")
    }
