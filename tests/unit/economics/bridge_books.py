"""One month of a small AWS bill, to be added up by hand."""

from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from apportion import economics
from apportion.engine import connect
from apportion.ingestion.records import Control, LeftOut, LoadRecord, Total
from books import Books, charge

if TYPE_CHECKING:
    from collections.abc import Mapping

NEGATION = LeftOut("A", "SavingsPlanNegation", "USD", 2, Decimal(-50), "offsets usage that a plan covers")


def line(kind: str, console: str | None, billed: str, effective: str = "", **more: Any) -> dict[str, Any]:
    """A charge of AWS: its kind of line, what Cost Explorer shows, what is invoiced, what it really cost."""
    row = charge(
        billed,
        EffectiveCost=Decimal(effective or billed),
        SubAccountId="A",
        InvoiceId="INV-1",
        ServiceName="EC2",
        ProviderName="AWS",
        PublisherName="AWS",
        InvoiceIssuerName="Amazon Web Services, Inc.",
        x_LineItemType=kind,
        x_SourceCost=None if console is None else Decimal(console),
        BillingPeriodStart="2026-09-01 00:00:00+00",
    )
    return {**row, **more}


PLAN = {"CommitmentDiscountId": "plan", "SubAccountId": "B"}
LEASE = {"CommitmentDiscountId": "lease", "SubAccountId": "B"}
MONTH = [
    line("Usage", "100", "90"),
    line("Usage", "30", "24", ServiceName="S3"),
    line(
        "SavingsPlanCoveredUsage",
        "50",
        "0",
        "36",
        CommitmentDiscountId="plan",
        CommitmentDiscountStatus="Used",
    ),
    line("SavingsPlanRecurringFee", "40", "40", "0", ChargeCategory="Purchase", **PLAN),
    line("SavingsPlanRecurringFee", "0", "0", "4", CommitmentDiscountStatus="Unused", **PLAN),
    line("DiscountedUsage", "0", "0", "7", CommitmentDiscountId="lease", CommitmentDiscountStatus="Used"),
    line("RIFee", "10", "10", "0", ChargeCategory="Purchase", **LEASE),
    line("RIFee", None, "0", "3", CommitmentDiscountStatus="Unused", **LEASE),
    line("EdpDiscount", "-10", "0", ChargeCategory="Credit"),
    line("Credit", "-20", "-20", ChargeCategory="Credit"),
    line("Refund", "-5", "-5", ChargeClass="Correction"),
    line("Tax", "8", "8", ChargeCategory="Tax", InvoiceId="INV-2"),
    line("Fee", "29", "29", ServiceName="AWS Support (Business)", SubAccountId="B"),
    line("Fee", "15", "15", ServiceName="Monitor", PublisherName="Larkspur Ltd", InvoiceId=None),
]


def record(source: str = "aws", period: str = "2026-09", **more: Any) -> LoadRecord:
    """The load of a bill."""
    control = Control(
        "Usage", "USD", 2, Decimal(130), 2, Decimal(130), Decimal(0), Decimal(114), Decimal(114)
    )
    known: Mapping[str, Any] = {
        "load_id": f"{source}-{period}",
        "source": source,
        "connector": "aws",
        "billing_period": period,
        "loaded_at": "2026-10-05T00:00:00Z",
        "status": "loaded",
        "focus_version": "1.4",
        "fingerprint": "",
        "periods": (period,),
        "sources": (),
        "rows": 14,
        "state": "final",
        "controls": (control,),
    }
    return LoadRecord(**{**known, **more})


def bridge(
    folder: Path, rows: list[dict[str, Any]], *loads: LoadRecord, **asked: Any
) -> economics.BridgeReport:
    """The bridge of bills that hold `rows`."""
    books = Books(folder)
    books.bill(rows)
    table = books.ledger.table("charges")
    known = {(load.source, load.billing_period): load for load in loads or (record(left_out=(NEGATION,)),)}
    request = economics.BridgeRequest(**asked)
    chosen = request.choose(known)
    bills = [(load.source, load.billing_period) for load in chosen]
    files = {(s, p): table.files({"x_Source": s, "x_BillingPeriod": p}) for s, p in bills}
    con = connect(threads=1)
    try:
        return economics.bridge(con, chosen, files, request)
    finally:
        con.close()


def unreadable(billed: str) -> Total:
    """Rows that were rejected."""
    return Total("USD", 1, Decimal(billed), Decimal(billed))


def behind(folder: Path, rows: list[dict[str, Any]], step: str, **asked: Any) -> economics.BehindReport:
    """The charges of a step."""
    books = Books(folder)
    books.bill(rows)
    files = {("aws", "2026-09"): books.ledger.table("charges").files()}
    con = connect(threads=1)
    request = economics.BridgeRequest(
        account=asked.pop("account", None), without=asked.pop("without", frozenset())
    )
    try:
        loads = [record(left_out=(NEGATION,))]
        report = economics.bridge(con, loads, files, request)
        return economics.behind(con, report, loads, files, economics.BehindRequest(step, **asked))
    finally:
        con.close()
