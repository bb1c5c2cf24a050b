"""Cost and Usage Reports of a few lines, written so that a test reads like an example."""

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from apportion.connectors import bill_connector
from apportion.engine import connect
from apportion.ingestion import LoadRecord, ingest_bill
from apportion.ledger import Ledger

LINE = {
    "bill/InvoiceId": "",
    "bill/BillingEntity": "AWS",
    "bill/BillType": "Anniversary",
    "bill/PayerAccountId": "100000000001",
    "bill/BillingPeriodStartDate": "2026-09-01T00:00:00Z",
    "bill/BillingPeriodEndDate": "2026-10-01T00:00:00Z",
    "lineItem/UsageAccountId": "200000000002",
    "lineItem/LineItemType": "Usage",
    "lineItem/UsageStartDate": "2026-09-01T00:00:00Z",
    "lineItem/UsageEndDate": "2026-09-01T01:00:00Z",
    "lineItem/ProductCode": "AmazonEC2",
    "lineItem/UsageType": "BoxUsage:m5.large",
    "lineItem/UsageAmount": "1",
    "lineItem/CurrencyCode": "USD",
    "lineItem/UnblendedCost": "0.10",
    "pricing/unit": "Hrs",
}
"""An hour of an instance at ten cents."""

SNAKE = {
    "bill": "bill",
    "lineItem": "line_item",
    "pricing": "pricing",
    "product": "product",
    "reservation": "reservation",
    "savingsPlan": "savings_plan",
    "splitLineItem": "split_line_item",
}


def line(**more: str) -> dict[str, str]:
    """`LINE` with other values; `lineItem_LineItemType="Tax"` sets `lineItem/LineItemType`."""
    return {**LINE, **{key.replace("_", "/", 1): value for key, value in more.items()}}


def report(path: Path, lines: Iterable[Mapping[str, str]]) -> Path:
    """A report of these lines, with every column that one of them has."""
    rows = list(lines)
    columns = list(dict.fromkeys(name for row in rows for name in row))
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


def manifest(path: Path, files: Sequence[str], period: str = "20260901", **more: Any) -> Path:
    """A legacy report's manifest that names `files` by their keys in the bucket."""
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {"reportName": "bill", "reportKeys": files, "billingPeriod": {"start": f"{period}T000000.000Z"}}
    path.write_text(json.dumps({**content, **more}))
    return path


def load(tmp_path: Path, lines: Iterable[Mapping[str, str]]) -> LoadRecord:
    """The record of loading these lines as one month of source aws in a new ledger."""
    (record,) = ingest_bill(
        Ledger(tmp_path / "ledger"), "aws", bill_connector("aws"), [report(tmp_path / "cur.csv", lines)]
    )
    return record


def charges(tmp_path: Path, lines: Iterable[Mapping[str, str]], *columns: str) -> list[tuple[Any, ...]]:
    """These columns of what the lines become, in the order of the lines; costs as text without end zeros."""
    load(tmp_path, lines)
    con = connect()
    Ledger(tmp_path / "ledger").snapshot().register(con)
    wanted = ", ".join(columns)
    rows = con.execute(f"SELECT {wanted} FROM charges ORDER BY x_SourceLine, BilledCost DESC").fetchall()
    return [tuple(_short(value) for value in row) for row in rows]


def _short(value: Any) -> Any:
    from decimal import Decimal

    if not isinstance(value, Decimal):
        return value
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
