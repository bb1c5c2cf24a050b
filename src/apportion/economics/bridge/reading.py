"""Groups the standing charges of bills once, and reads what their bridges are made of."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from decimal import Decimal

import duckdb

from apportion.analytics.models import Row
from apportion.analytics.statements import fetch, read_sql
from apportion.core.periods import month_of
from apportion.economics.bridge.models import AccountCost, Invoice, Line
from apportion.economics.bridge.steps import ZERO
from apportion.engine import statement
from apportion.focus import charge_columns
from apportion.ingestion import LoadRecord
from apportion.ingestion.records import LeftOut
from apportion.ledger.snapshot import Snapshot

Bill = tuple[str, str]
Files = Mapping[Bill, list[str]]
NO_ACCOUNT = "(none)"
AMORTIZED = frozenset({"azure"})
"""Connectors whose bill is the amortized export with the purchases of the actual one.

What the console shows by default is actual cost, so covered usage counts 0 there; and lines of the actual
export that the amortized one has, too, are in the console once.
"""
COLUMNS = (
    "SubAccountId",
    "InvoiceId",
    "InvoiceIssuerName",
    "ServiceProviderName",
    "ProviderName",
    "PublisherName",
    "x_LineItemType",
    "x_SourceCost",
    "ServiceName",
    "ServiceSubcategory",
    "ChargeCategory",
    "ChargeClass",
    "CommitmentDiscountStatus",
    "CommitmentDiscountId",
    "BillingCurrency",
    "BilledCost",
    "EffectiveCost",
    "ChargePeriodStart",
    "BillingPeriodStart",
)


@dataclass(frozen=True)
class Traits:
    """What a bill in one currency shows of itself beside its sums.

    `provider` is one word for most of its charges' provider, `starts` when its month begins in UTC, `outside`
    EffectiveCost on days beyond the month, `sourced` charges that carry the console's own amount.
    """

    provider: str = ""
    starts: str = ""
    outside: Decimal = ZERO
    sourced: int = 0


@dataclass(frozen=True)
class Facts:
    """What bridges are made of, sorted by source, billing period and currency."""

    lines: list[Line]
    invoices: list[Invoice]
    accounts: list[AccountCost]
    traits: Mapping[tuple[str, str, str], Traits]


def read(
    con: duckdb.DuckDBPyConnection,
    loads: Sequence[LoadRecord],
    files: Files,
    account: str | None,
    hidden: AbstractSet[str],
) -> Facts:
    """One pass over the columns that matter, then small sums over its groups."""
    group_charges(con, loads, files)
    asked = {"account": account, "hidden": sorted(hidden)}
    rows = fetch(con, read_sql(__package__, "lines"), asked)
    lines = [_line(row, hidden) for row in rows] + list(_no_charges(loads, account))
    return Facts(
        lines=sorted(lines, key=lambda x: (x.source, x.billing_period, x.currency)),
        invoices=[_invoice(row) for row in fetch(con, read_sql(__package__, "invoices"), asked)],
        accounts=_accounts(fetch(con, read_sql(__package__, "accounts"), asked), loads, account),
        traits=_traits(rows),
    )


def group_charges(con: duckdb.DuckDBPyConnection, loads: Sequence[LoadRecord], files: Files) -> None:
    """Make the table `bridge`: charges by everything that decides in which step they stand."""
    con.execute(read_sql(__package__, "company"))
    con.execute(statement(__package__, "charges", rows=charges(loads, files), **fragments()))


def fragments() -> dict[str, str]:
    """SQL that several statements share: what groups charges, and what the console shows for one."""
    return {name: read_sql(__package__, name).rstrip() for name in ("keys", "console")}


def charges(loads: Sequence[LoadRecord], files: Files, more: Sequence[str] = ()) -> str:
    """A SELECT over the charges of bills, with the columns that matter and the days of their month."""
    types = charge_columns()
    wanted = {name: types[name] for name in (*COLUMNS, *more)}
    amortized = {(x.source, x.billing_period) for x in loads if x.connector in AMORTIZED}
    selects = []
    for (source, period), paths in files.items():
        month = month_of(period)
        rows = Snapshot(None, {"charges": paths}, {}).select("charges", wanted)
        selects.append(
            statement(
                __package__,
                "bill",
                rows=rows,
                source="'" + source.replace("'", "''") + "'",
                period=f"'{period}'",
                amortized=str((source, period) in amortized),
                start=f"TIMESTAMPTZ '{month.start} 00:00:00+00'",
                end=f"TIMESTAMPTZ '{month.end} 00:00:00+00'",
            )
        )
    return "\nUNION ALL\n".join(selects)


def left_out(load: LoadRecord) -> Sequence[LeftOut]:
    """Lines that are no charges but are in the console's number."""
    return () if load.connector in AMORTIZED else load.left_out


def _line(row: Row, hidden: AbstractSet[str]) -> Line:
    return Line(
        source=row["source"],
        billing_period=row["billing_period"],
        currency=row["currency"],
        line_item_type=row["kind"],
        service=row["service"],
        part=row["part"],
        shown=row["part"] not in hidden,
        rows=row["rows"],
        console=row["console"],
        billed_step=row["billed_step"],
        to_billed=row["billed"] - row["console"],
        BilledCost=row["billed"],
        effective_step=row["effective_step"],
        to_effective=row["effective"] - row["billed"],
        EffectiveCost=row["effective"],
    )


def _no_charges(loads: Iterable[LoadRecord], account: str | None) -> Iterator[Line]:
    """Lines of the bill that became no charge: the console's amount for them is taken off again."""
    for load in loads:
        for out in left_out(load):
            if account in (None, out.account or NO_ACCOUNT):
                yield _left_out(load, f"left_out {out.kind}", out.kind, out.currency, out.rows, out.amount)
        for total in load.rejected if account is None else ():
            yield _left_out(load, "rejected", "(unreadable)", total.currency, total.rows, total.BilledCost)


def _left_out(load: LoadRecord, step: str, kind: str, currency: str, rows: int, amount: Decimal) -> Line:
    return Line(
        source=load.source,
        billing_period=load.billing_period,
        currency=currency,
        line_item_type=kind,
        service="",
        part="",
        shown=True,
        rows=rows,
        console=amount,
        billed_step=step,
        to_billed=-amount,
        BilledCost=ZERO,
        effective_step="",
        to_effective=ZERO,
        EffectiveCost=ZERO,
    )


def _invoice(row: Row) -> Invoice:
    return Invoice(
        source=row["source"],
        billing_period=row["billing_period"],
        currency=row["currency"],
        invoice_id=row["invoice_id"],
        issuer=row["issuer"],
        rows=row["rows"],
        BilledCost=row["billed"],
        hidden=row["hidden"],
    )


def _accounts(rows: Iterable[Row], loads: Iterable[LoadRecord], account: str | None) -> list[AccountCost]:
    """Each account's sums; the console's amount holds its lines that are no charges, too."""
    found = {(r["source"], r["billing_period"], r["currency"], r["account"]): r for r in rows}
    for load in loads:
        for out in left_out(load):
            name = out.account or NO_ACCOUNT
            if account in (None, name):
                key = (load.source, load.billing_period, out.currency, name)
                nothing = {"rows": 0, "console": ZERO, "billed": ZERO, "effective": ZERO}
                row = found.get(key, nothing)
                found[key] = {**row, "console": row["console"] + out.amount}
    return [
        AccountCost(
            source=source,
            billing_period=period,
            currency=currency,
            account=name,
            rows=row["rows"],
            console=row["console"],
            BilledCost=row["billed"],
            EffectiveCost=row["effective"],
        )
        for (source, period, currency, name), row in found.items()
    ]


def _traits(rows: Iterable[Row]) -> Mapping[tuple[str, str, str], Traits]:
    found: dict[tuple[str, str, str], Traits] = {}
    for row in rows:
        key = (row["source"], row["billing_period"], row["currency"])
        before = found.get(key, Traits(row["provider"], row["starts"] or ""))
        found[key] = Traits(
            before.provider,
            min(before.starts, row["starts"] or before.starts),
            before.outside + row["outside"],
            before.sourced + row["sourced"],
        )
    return found
