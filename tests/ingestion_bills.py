"""Bills written in a line or two, and a ledger to load them into."""

import csv
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from apportion.connectors import bill_connector
from apportion.engine import connect
from apportion.ingestion import LoadRecord, ingest_bill
from apportion.ledger import Ledger

HOUR = {
    "BilledCost": "1.5",
    "EffectiveCost": "1.25",
    "BillingCurrency": "USD",
    "BillingPeriodStart": "2026-09-01T00:00:00Z",
    "BillingPeriodEnd": "2026-10-01T00:00:00Z",
    "ChargePeriodStart": "2026-09-03T10:00:00Z",
    "ChargePeriodEnd": "2026-09-03T11:00:00Z",
    "ChargeCategory": "Usage",
    "ServiceName": "Compute",
    "SubAccountId": "001234567890",
    "ProviderName": "AWS",
    "ContractedCost": "1.5",
    "Tags": '{"team": "core"}',
}


def bill(*rows: Mapping[str, str], newline: str = "\n", delimiter: str = ",") -> str:
    """A CSV of charges, each an ordinary hour but for what `rows` say; a value of None drops the column."""
    charges = [{**HOUR, **row} for row in rows]
    names = list(dict.fromkeys(name for charge in charges for name in charge))
    names = [n for n in names if any(charge.get(n) is not None for charge in charges)]
    text = io.StringIO()
    writer = csv.DictWriter(
        text, names, lineterminator=newline, delimiter=delimiter, restval="", extrasaction="ignore"
    )
    writer.writeheader()
    writer.writerows(charges)
    return text.getvalue()


class Loader:
    """Loads files into a ledger and asks what is in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ledger = Ledger(folder / "ledger")

    def write(self, content: str | bytes, name: str = "bill.csv") -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def load(self, *paths: Path, source: str = "aws", **options: Any) -> list[LoadRecord]:
        return ingest_bill(self.ledger, source, bill_connector("focus"), list(paths), **options)

    def text(self, content: str | bytes, name: str = "bill.csv", **options: Any) -> LoadRecord:
        """Load one file of one period."""
        (record,) = self.load(self.write(content, name), **options)
        return record

    def rows(self, select: str) -> list[tuple[Any, ...]]:
        """Rows of a SELECT over the views."""
        con = connect()
        self.ledger.snapshot().register(con)
        return con.execute(select).fetchall()

    def value(self, select: str) -> Any:
        ((value,),) = self.rows(select)
        return value
