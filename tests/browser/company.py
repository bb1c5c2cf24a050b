"""Tern Freight: three customers, four services and two months, small enough to add up by hand."""

import csv
import json
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

FIRST, DAYS = date(2026, 8, 1), 61
CUSTOMERS = [("acme", "Acme Corp", "Business", "400"), ("birch", "Birch & Sons", "Team", "2500")]
CUSTOMERS += [("cedar", "Cedar Labs", "Business", "3100")]
REQUESTS = {"acme": 600, "birch": 300, "cedar": 100}

WORKSPACE = """\
company: Tern Freight
reporting: {currency: USD, time_zone: UTC, metric: EffectiveCost}
sources:
  aws: {connector: focus, location: "bills/*.csv"}
dimensions:
  team: [{tag: [team]}]
  service: [{tag: [service]}]
  environment: [{tag: [environment]}]
  customer: [{tag: [customer]}]
measures:
  requests:
    connector: files
    location: "usage.csv"
    time: day
    quantity: requests
    unit: requests
    dimensions: {service: service, customer: customer_id}
customers: {connector: files, location: customers.csv}
revenue: {connector: files, location: revenue.csv}
perspectives:
  customer:
    to: customer
    rules:
      - {name: dedicated, match: {customer: "*"}, method: direct}
      - {name: shared, match: {service: [shared-db, search]}, method: proportional, measure: requests}
  team:
    to: team
    rules:
      - {name: tagged, match: {team: "*"}, method: direct}
"""

# Service of the provider, category, what the line says, cost a day, tags.
LINES: list[tuple[str, str, str, str, dict[str, str]]] = [
    ("Amazon RDS", "Databases", "db.r6g.large", "40.10", {"team": "platform", "service": "shared-db"}),
    (
        "Amazon RDS",
        "Databases",
        "Storage of snapshots",
        "3.333333",
        {"team": "platform", "service": "shared-db"},
    ),
    ("Amazon EC2", "Compute", "m6i.xlarge", "21.70", {"team": "search", "service": "search"}),
    ("Amazon EC2", "Compute", "m6i.large", "30.00", {"team": "search", "service": "search-lab"}),
    ("Amazon S3", "Storage", "Standard storage", "4.25", {"team": "payments", "service": "export"}),
    ("AWS Support", "Management and Governance", "Business support", "2.00", {}),
]


def make(folder: Path) -> Path:
    """Write the workspace file, bills, usage, customers and revenue into `folder`."""
    (folder / "bills").mkdir(parents=True)
    write_rules(folder)
    rows = list(_charges())
    for month in ("2026-08", "2026-09"):
        _write(
            folder / "bills" / f"{month}.csv", [row for row in rows if row["ChargePeriodStart"][:7] == month]
        )
    _write(folder / "usage.csv", list(_usage()))
    _write(folder / "customers.csv", [
        {"customer_id": key, "customer_name": name, "plan": plan, "status": "active", "start_date": "2025-01-01", "end_date": ""}
        for key, name, plan, _ in CUSTOMERS
    ])  # fmt: skip
    _write(folder / "revenue.csv", [
        {"customer_id": key, "kind": "recurring", "amount": amount, "currency": "USD", "start_date": "2025-01-01", "end_date": "", "description": f"{plan} plan"}
        for key, _, plan, amount in CUSTOMERS
    ])  # fmt: skip
    return folder


def write_rules(folder: Path, *, shared: bool = True) -> None:
    """Write the workspace file; without `shared`, the rule that shares cost is not there yet."""
    lines = WORKSPACE.splitlines(keepends=True)
    kept = [line for line in lines if shared or "name: shared" not in line]
    (folder / "apportion.yaml").write_text("".join(kept), encoding="utf-8")


def _days() -> Iterator[date]:
    return (FIRST + timedelta(days=number) for number in range(DAYS))


def _charges() -> Iterator[dict[str, Any]]:
    for day in _days():
        for number, (service, category, words, cost, tags) in enumerate(LINES):
            lab = tags.get("service") == "search-lab"
            given = {**tags, "environment": "staging" if lab else "production"} if tags else {}
            if tags.get("service") == "export":
                given["customer"] = "acme"
            yield _charge(day, number, service, category, words, Decimal(cost), given)


def _charge(
    day: date, number: int, service: str, category: str, words: str, cost: Decimal, tags: dict[str, str]
) -> dict[str, Any]:
    month = day.replace(day=1)
    after = (month + timedelta(days=32)).replace(day=1)
    return {
        "BilledCost": cost,
        "x_LineItemType": "Usage",
        "x_SourceCost": cost + Decimal("0.05"),
        "InvoiceId": f"INV-{month:%Y-%m}",
        "EffectiveCost": cost - Decimal("0.01"),
        "ListCost": cost,
        "ContractedCost": cost,
        "BillingCurrency": "USD",
        "BillingAccountId": "111122223333",
        "BillingAccountName": "Tern Freight",
        "BillingPeriodStart": f"{month}T00:00:00Z",
        "BillingPeriodEnd": f"{after}T00:00:00Z",
        "ChargePeriodStart": f"{day}T00:00:00Z",
        "ChargePeriodEnd": f"{day + timedelta(days=1)}T00:00:00Z",
        "ChargeCategory": "Usage",
        "ChargeClass": "",
        "ChargeDescription": words,
        "ChargeFrequency": "Usage-Based",
        "InvoiceIssuerName": "AWS",
        "ProviderName": "AWS",
        "PublisherName": "AWS",
        "ServiceName": service,
        "ServiceCategory": category,
        "SubAccountId": "111122223333",
        "SubAccountName": "production",
        "RegionId": "eu-central-1",
        "RegionName": "Frankfurt",
        "ResourceId": f"res-{number}",
        "SkuId": f"SKU{number}",
        "PricingQuantity": "24",
        "PricingUnit": "Hours",
        "ConsumedQuantity": "24",
        "ConsumedUnit": "Hours",
        "Tags": json.dumps(tags),
    }


def _usage() -> Iterator[dict[str, Any]]:
    for day in _days():
        for service in ("shared-db", "search"):
            for customer, requests in REQUESTS.items():
                yield {
                    "day": day,
                    "service": service,
                    "customer_id": customer,
                    "requests": requests + day.day,
                }


def _write(path: Path, rows: list[dict[str, Any]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
