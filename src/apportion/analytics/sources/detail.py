"""One source: its periods, control sums, invoices, and what each load of a period changed."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

import duckdb
from pydantic import Field

from apportion.analytics.models import Amount, Part
from apportion.analytics.sentences import count
from apportion.analytics.sources.listing import Declared, SourceRow, State, repaired, sources_report, state_of
from apportion.analytics.statements import fetch
from apportion.core.errors import NotFound
from apportion.engine import statement
from apportion.focus import charge_columns
from apportion.ingestion import LoadRecord
from apportion.ledger.snapshot import Snapshot

ZERO = Decimal(0)
COLUMNS = (
    "x_BillingPeriod",
    "x_LineItemType",
    "BillingCurrency",
    "ChargeCategory",
    "InvoiceId",
    "InvoiceIssuerName",
    "BilledCost",
    "EffectiveCost",
)


class Period(Part):
    """A billing period as it stands."""

    billing_period: str
    state: State
    load_id: str
    loaded_at: str
    loads: int = Field(description="How often the period was loaded.")
    rows: int
    repaired_values: int
    rejected_rows: int
    focus_version: str
    notes: list[str]


class ControlSum(Part):
    """What the bill itself adds up to for a kind of line: its charges and what became none of them."""

    billing_period: str
    currency: str
    line_item_type: str
    rows: int = Field(description="Lines of the bill.")
    amount: Amount | None = Field(
        description="The bill's own sum; null where its lines are charges as they are."
    )
    charges: int
    charged: Amount
    left_out: Amount
    difference: Amount = Field(description="0, or the load would have been refused.")
    BilledCost: Amount
    EffectiveCost: Amount
    reason: str = Field(description="Why lines of this kind are no charges.")


class InvoiceSum(Part):
    """What the charges of an invoice add up to."""

    billing_period: str
    currency: str
    invoice_id: str | None = Field(description="Null for charges that name no invoice (yet).")
    issuer: str | None
    rows: int
    BilledCost: Amount


class SourceLoad(Part):
    """One load in one currency: what the period was before, and what it is since."""

    load_id: str
    billing_period: str
    loaded_at: str
    status: str = Field(examples=["loaded", "restated", "replaced"])
    state: State
    rows: int
    rows_before: int | None
    currency: str
    BilledCost: Amount
    BilledCost_before: Amount | None = Field(description="Null for the first load of a period.")
    EffectiveCost: Amount
    EffectiveCost_before: Amount | None


class SourceChange(Part):
    """What a load changed for one service and account; the largest changes of each load."""

    load_id: str
    billing_period: str
    loaded_at: str
    currency: str
    service: str | None
    account: str | None
    metric: str
    before: Amount
    after: Amount
    change: Amount


class SourceReport(Part):
    """Can this source be trusted?"""

    headline: str
    source: SourceRow
    periods: list[Period]
    controls: list[ControlSum]
    invoices: list[InvoiceSum]
    loads: list[SourceLoad]
    changes: list[SourceChange]


def source_report(
    con: duckdb.DuckDBPyConnection,
    name: str,
    declared: Sequence[Declared],
    loads: Sequence[LoadRecord],
    files: Sequence[str],
    newest: date | None,
    today: date,
) -> SourceReport:
    """One source, its newest period first.

    `loads` are all loads of bills, newest first; `files` hold the source's standing charges. Raises NotFound
    for a source that nothing names.
    """
    standing = [load for load in loads if load.status != "replaced"]
    known = sources_report(declared, standing, {name: newest} if newest else {}, today).sources
    row = next((one for one in known if one.source == name), None)
    if row is None:
        hint = f"There are: {', '.join(one.source for one in known) or 'none'}."
        raise NotFound(f"There is no source '{name}'.", hint=hint)
    mine = sorted((x for x in loads if x.source == name), key=lambda x: x.billing_period, reverse=True)
    periods = [_period(load, mine) for load in mine if load.status != "replaced"]
    wanted = {column: charge_columns()[column] for column in COLUMNS}
    rows = Snapshot(None, {"charges": list(files)}, {}).select("charges", wanted)
    kinds = fetch(con, statement(__package__, "kinds", rows=rows))
    invoices = fetch(con, statement(__package__, "invoices", rows=rows))
    return SourceReport(
        headline=_headline(row, periods),
        source=row,
        periods=periods,
        controls=list(_controls(kinds, [load for load in mine if load.status != "replaced"])),
        invoices=[_invoice(found) for found in invoices],
        loads=[one for load in mine for one in _loads(load)],
        changes=[one for load in mine for one in _changes(load)],
    )


def _period(load: LoadRecord, loads: Sequence[LoadRecord]) -> Period:
    return Period(
        billing_period=load.billing_period,
        state=state_of(load),
        load_id=load.load_id,
        loaded_at=load.loaded_at,
        loads=sum(x.billing_period == load.billing_period for x in loads),
        rows=load.rows,
        repaired_values=repaired(load),
        rejected_rows=load.rejected_rows,
        focus_version=load.focus_version,
        notes=list(load.notes),
    )


def _controls(kinds: Sequence[dict[str, object]], loads: Sequence[LoadRecord]) -> Iterator[ControlSum]:
    """The sums that the load compared; of a bill whose lines are charges already, the charges alone."""
    for load in loads:
        reasons = {out.kind: out.reason for out in load.left_out}
        for c in load.controls:
            yield ControlSum(
                billing_period=load.billing_period,
                currency=c.currency,
                line_item_type=c.kind,
                rows=c.rows,
                amount=c.amount,
                charges=c.charges,
                charged=c.charged,
                left_out=c.left_out,
                difference=c.amount - c.charged - c.left_out,
                BilledCost=c.BilledCost,
                EffectiveCost=c.EffectiveCost,
                reason=reasons.get(c.kind, ""),
            )
        for found in kinds if not load.controls else ():
            if found["billing_period"] == load.billing_period:
                yield ControlSum.model_validate(
                    {
                        **found,
                        "rows": found["charges"],
                        "amount": None,
                        "charged": found["billed"],
                        "left_out": ZERO,
                        "difference": ZERO,
                        "BilledCost": found["billed"],
                        "EffectiveCost": found["effective"],
                        "reason": "",
                    }
                )


def _invoice(found: dict[str, object]) -> InvoiceSum:
    return InvoiceSum.model_validate({**found, "BilledCost": found["billed"]})


def _loads(load: LoadRecord) -> Iterator[SourceLoad]:
    restated = load.restatement
    before = {t.currency: t for t in restated.totals_before} if restated else {}
    for t in load.totals:
        old = before.get(t.currency)
        yield SourceLoad(
            load_id=load.load_id,
            billing_period=load.billing_period,
            loaded_at=load.loaded_at,
            status=load.status,
            state=state_of(load),
            rows=t.rows,
            rows_before=restated.rows_before if restated else None,
            currency=t.currency,
            BilledCost=t.BilledCost,
            BilledCost_before=old.BilledCost if old else None,
            EffectiveCost=t.EffectiveCost,
            EffectiveCost_before=old.EffectiveCost if old else None,
        )


def _changes(load: LoadRecord) -> Iterator[SourceChange]:
    for change in load.restatement.changes if load.restatement else ():
        yield SourceChange(
            load_id=load.load_id,
            billing_period=load.billing_period,
            loaded_at=load.loaded_at,
            currency=change.currency,
            service=change.ServiceName,
            account=change.SubAccountId,
            metric=change.metric,
            before=change.before,
            after=change.after,
            change=change.change,
        )


def _headline(row: SourceRow, periods: Sequence[Period]) -> str:
    if not periods:
        return f"Nothing of {row.source} is loaded yet."
    again = sum(period.loads > 1 for period in periods)
    restated = f"{count(again, 'of them was', 'of them were')} restated" if again else "none was restated"
    rejected = f"{count(row.rejected_rows, 'row')} rejected" if row.rejected_rows else "no row rejected"
    return (
        f"{count(len(periods), 'billing period')} of {row.source} through {row.newest_charge}: "
        f"{restated}, {rejected}, the last one is {row.state}."
    )
