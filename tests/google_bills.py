"""Lines of Google Cloud's usage cost export written in a line or two, as files of every form."""

import gzip
import json
from collections.abc import Mapping, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any

import duckdb

from apportion.connectors import bill_connector
from apportion.ingestion import LoadRecord, ingest_bill
from ingestion_bills import Loader

HOUR: dict[str, Any] = {
    "billing_account_id": "01ABCD-234567-89EFGH",
    "service": {"id": "6F81-5844-456A", "description": "Compute Engine"},
    "sku": {"id": "CF4E-A0C7-E3BF", "description": "E2 Instance Core running in Americas"},
    "usage_start_time": "2026-09-03T10:00:00Z",
    "usage_end_time": "2026-09-03T11:00:00Z",
    "project": {"id": "shop-prod", "number": "123456789012", "name": "Shop", "labels": []},
    "labels": [],
    "system_labels": [],
    "tags": [],
    "location": {
        "location": "us-central1",
        "country": "US",
        "region": "us-central1",
        "zone": "us-central1-a",
    },
    "resource": {
        "name": "vm-1",
        "global_name": "//compute.googleapis.com/projects/123456789012/zones/us-central1-a/instances/42",
    },
    "export_time": "2026-09-03T15:00:00Z",
    "cost": 1.5,
    "cost_at_list": 2,
    "currency": "USD",
    "usage": {"amount": 3600, "unit": "seconds", "amount_in_pricing_units": 1, "pricing_unit": "hour"},
    "credits": [],
    "invoice": {"month": "202609", "publisher_type": "GOOGLE"},
    "cost_type": "regular",
    "price": {"effective_price": 1.5, "list_price": 2, "tier_start_amount": 0, "pricing_unit_quantity": 1},
    "transaction_type": "GOOGLE",
}


def line(**changes: Any) -> dict[str, Any]:
    """An ordinary hour but for `changes`; `sku__description="…"` changes a field of a struct, None drops it."""
    made = deepcopy(HOUR)
    for key, value in changes.items():
        *around, last = key.split("__")
        inner = made
        for name in around:
            inner = inner.setdefault(name, {})
        if value is None:
            inner.pop(last, None)
        else:
            inner[last] = value
    return made


def json_lines(*rows: Mapping[str, Any]) -> str:
    return "".join(f"{json.dumps(row)}\n" for row in rows)


class Google(Loader):
    """Loads exports of Google Cloud."""

    def json(self, *rows: Mapping[str, Any], name: str = "bill.json") -> LoadRecord:
        text = json_lines(*rows).encode()
        return self.of(self.write(gzip.compress(text) if name.endswith(".gz") else text, name))

    def parquet(self, *rows: Mapping[str, Any]) -> LoadRecord:
        path = self.folder / "bill.parquet"
        source = self.write(json_lines(*rows), "rows.ndjson")
        duckdb.sql(f"COPY (FROM read_json('{source}')) TO '{path}' (FORMAT parquet)")
        return self.of(path)

    def of(self, *paths: Path) -> LoadRecord:
        (record,) = ingest_bill(self.ledger, "gcp", bill_connector("gcp"), list(paths))
        return record

    def charges(self, columns: str, order: str = "x_SourceLine, x_LineItemType") -> Sequence[tuple[Any, ...]]:
        return self.rows(f"SELECT {columns} FROM charges ORDER BY {order}")
