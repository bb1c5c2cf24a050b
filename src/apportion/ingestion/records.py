"""What a load says of itself: totals, repairs, rejected rows, and the difference to the load before."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from decimal import Decimal
from typing import Any

from apportion.core.money import plain

METRICS = ("BilledCost", "EffectiveCost")


@dataclass(frozen=True)
class FileRecord:
    """One source file: its name, size in bytes, SHA-256 and rows read."""

    name: str
    bytes: int
    sha256: str
    rows: int = 0


@dataclass(frozen=True)
class Repair:
    """What was done to how many values of a column, with the text of one of them."""

    repair: str
    column: str
    rows: int
    example: str = ""


@dataclass(frozen=True)
class Reject:
    """A value that kept its row out of the ledger. `line` counts records in text files (the header is 1)."""

    file: str
    line: int
    column: str
    value: str
    reason: str


@dataclass(frozen=True)
class Total:
    """Sums over the rows of one currency."""

    currency: str
    rows: int
    BilledCost: Decimal
    EffectiveCost: Decimal


@dataclass(frozen=True)
class Rounding:
    """Costs with more than twelve decimal places: how many, and what rounding added in all (by currency)."""

    values: int = 0
    total: Decimal = Decimal(0)
    by_currency: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True)
class Change:
    """What a metric was and is, for one service and account."""

    currency: str
    ServiceName: str | None
    SubAccountId: str | None
    metric: str
    before: Decimal
    after: Decimal
    change: Decimal


@dataclass(frozen=True)
class Restatement:
    """What a load changed in the one it replaced: totals, and the largest changes first."""

    replaces: str
    rows_before: int
    totals_before: tuple[Total, ...]
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Control:
    """What the bill itself adds up to for one kind of line, beside what its charges do.

    `amount` is the provider console's (unblended cost, cost in the billing currency, cost); it equals
    `charged` + `left_out`, or the load is refused.
    """

    kind: str
    currency: str
    rows: int
    amount: Decimal
    charges: int
    charged: Decimal
    left_out: Decimal
    BilledCost: Decimal
    EffectiveCost: Decimal


@dataclass(frozen=True)
class LeftOut:
    """Lines of the bill that are no charges, with the provider's amount for them, and why."""

    account: str
    kind: str
    currency: str
    rows: int
    amount: Decimal
    reason: str


@dataclass(frozen=True)
class LoadRecord:
    """One load of one source and billing period.

    `status` is 'loaded' or 'restated' when written; readers see 'replaced' where a later load stands, and
    'unchanged' comes from giving the same files again. `offer` is the fingerprint of what the place offered.
    `state` is 'final' where the period is invoiced, else 'estimated'.
    """

    load_id: str
    source: str
    connector: str
    billing_period: str
    loaded_at: str
    status: str
    focus_version: str
    fingerprint: str
    periods: tuple[str, ...]
    sources: tuple[FileRecord, ...]
    rows: int
    rejected_rows: int = 0
    rejected: tuple[Total, ...] = ()
    totals: tuple[Total, ...] = ()
    repairs: tuple[Repair, ...] = ()
    rounding: Rounding = Rounding()
    restatement: Restatement | None = None
    rejects: tuple[Reject, ...] = ()
    tag_keys: tuple[tuple[str, int], ...] = ()
    notes: tuple[str, ...] = ()
    offer: str = ""
    state: str = ""
    controls: tuple[Control, ...] = ()
    left_out: tuple[LeftOut, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready: amounts as strings with all their digits."""
        record: dict[str, Any] = _json(asdict(self))
        record["files"] = [f.name for f in self.sources]
        record["rejected_cost"] = _sums(self.rejected)
        record["tag_keys"] = [{"key": key, "rows": rows} for key, rows in self.tag_keys]
        if self.restatement:
            before = _sums(self.restatement.totals_before) or {}
            for metric in METRICS:
                record["restatement"][f"{metric}_before"] = before.get(metric)
        return record

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> "LoadRecord":
        names = {f.name for f in fields(cls)}
        values = {k: v for k, v in record.items() if k in names}
        for name, kind in _PARTS.items():
            values[name] = tuple(_part(kind, part) for part in record.get(name, ()))
        rounding = record.get("rounding") or {}
        values["rounding"] = Rounding(
            rounding.get("values", 0),
            Decimal(rounding.get("total", 0)),
            {k: Decimal(v) for k, v in rounding.get("by_currency", {}).items()},
        )
        restated = record.get("restatement")
        values["restatement"] = restated and Restatement(
            restated["replaces"],
            restated["rows_before"],
            tuple(_part(Total, t) for t in restated["totals_before"]),
            tuple(_part(Change, c) for c in restated["changes"]),
        )
        values["tag_keys"] = tuple((k["key"], k["rows"]) for k in record.get("tag_keys", ()))
        values["periods"] = tuple(record.get("periods", ()))
        values["notes"] = tuple(record.get("notes", ()))
        return cls(**values)


_PARTS: Mapping[str, type] = {
    "sources": FileRecord,
    "rejected": Total,
    "totals": Total,
    "repairs": Repair,
    "rejects": Reject,
    "controls": Control,
    "left_out": LeftOut,
}
_MONEY = {"BilledCost", "EffectiveCost", "before", "after", "change", "amount", "charged", "left_out"}


def _sums(totals: Sequence[Total]) -> dict[str, str] | None:
    """Each metric's sum, 0 where there is no total; None where there are several currencies."""
    if len(totals) > 1:
        return None
    return {m: plain(sum((getattr(t, m) for t in totals), Decimal(0))) for m in METRICS}


def _part(kind: type, record: Mapping[str, Any]) -> Any:
    return kind(**{k: Decimal(v) if k in _MONEY else v for k, v in record.items()})


def _json(value: Any) -> Any:
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, Mapping):
        return {k: _json(v) for k, v in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_json(v) for v in value]
    return value
