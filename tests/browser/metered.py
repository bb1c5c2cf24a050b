"""Tern Freight's AI: two features, two customers, a bill of the model's provider, and what they earn; to add up by hand."""

import csv
import json
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

FIRST, DAYS = date(2026, 9, 1), 4

# tern/small costs $1 a million tokens in, $4 out, and tern/large ten times that; nobody prices acme-ai/larch-9.
WORKSPACE = """\
company: Tern Freight
reporting: {currency: USD, time_zone: UTC}
sources:
  tern: {connector: focus, location: tern.csv}
  aws: {connector: focus, location: aws.csv}
dimensions:
  feature: [{tag: feature}]
  ai_model: [{tag: model}]
perspectives:
  feature:
    to: feature
    rules:
      - {name: tagged, match: {feature: "*"}, method: direct}
tree:
  users: {mia: {project: search}, kim: {project: desk}}
  projects: {search: {team: discovery}, desk: {team: support}}
rates:
  - {provider: tern, model: small, per_million: {input: 1, output: 4}}
  - {provider: tern, model: large, per_million: {input: 10, output: 40}}
customers: {connector: files, location: customers.csv}
revenue: {connector: files, location: revenue.csv}
true_up:
  - {provider: tern, where: {source: tern}, model: ai_model}
overhead: {perspective: feature}
features:
  tickets: {revenue: ["Answers*"]}
"""
CUSTOMERS = [("acme", "Acme Corp"), ("birch", "Birch & Sons")]


def write(folder: Path) -> Path:
    """The workspace file, bills, customers and revenue."""
    (folder / "apportion.yaml").write_text(WORKSPACE, encoding="utf-8")
    days = [FIRST + timedelta(days=n) for n in range(DAYS)]
    # Tern charges for small what it is rated at, and 10 % less for large; nothing yet for the last day.
    billed = days[:-1]
    _write(folder / "tern.csv", [
        *(_charge(day, "Tern AI", "0.0576", {"model": "small"}) for day in billed),
        *(_charge(day, "Tern AI", "0.288", {"model": "large"}) for day in billed),
    ])  # fmt: skip
    _write(folder / "aws.csv", [_charge(day, "AWS", "0.60", {"feature": "tickets"}) for day in days])
    _write(folder / "customers.csv", [
        {"customer_id": key, "customer_name": name, "plan": "Team", "status": "active", "start_date": "2026-01-01", "end_date": ""}
        for key, name in CUSTOMERS
    ])  # fmt: skip
    _write(folder / "revenue.csv", [
        {"customer_id": key, "kind": kind, "amount": amount, "currency": "USD", "start_date": "2026-09-01", "end_date": "2026-10-01", "description": words}
        for key, kind, amount, words in [("acme", "recurring", "30", "Team plan"), ("birch", "overage", "3", "Answers, by use")]
    ])  # fmt: skip
    return folder


def operations() -> list[dict[str, Any]]:
    """Each day 24 tickets on small, half of them with a longer prompt; a summary on large, and one nobody prices."""
    found = []
    for day in (FIRST + timedelta(days=n) for n in range(DAYS)):
        for n in range(24):
            longer = n % 2 == 1
            found.append({
                "id": f"ticket-{day:%d}-{n}", "time": f"{day}T10:{n:02}:00Z", "customer": ("acme", "birch")[n % 2], "plan": "Team",
                "feature": "tickets", "user": "kim", "workflow": f"ticket {day:%d}-{n // 2}", "provider": "tern", "model": "small",
                "input_tokens": 3000 if longer else 1000, "cache_read_tokens": 0, "output_tokens": 100,
                "prompt": "answer", "variant": "with examples" if longer else "brief",
                "success": n % 4 != 0, "value": "0.5", "units": 1, "unit": "ticket", "latency_ms": 900, "dimensions": {"language": ("de", "en")[n % 2]},
            })  # fmt: skip
        shared = {
            "customer": "acme",
            "feature": "summaries",
            "user": "mia",
            "output_tokens": 500,
            "input_tokens": 30_000,
        }
        found += [
            {
                **shared,
                "id": f"summary-{day:%d}",
                "time": f"{day}T12:00:00Z",
                "provider": "tern",
                "model": "large",
            },
            {
                **shared,
                "id": f"odd/{day:%d} %",
                "time": f"{day}T13:00:00Z",
                "provider": "acme-ai",
                "model": "larch-9",
            },
        ]
    blind = {
        "id": "blind",
        "time": "2026-09-02T14:00:00Z",
        "provider": "tern",
        "model": "small",
        "feature": "tickets",
    }
    return [*found, {**blind, "output_tokens": 9}]


def _charge(day: date, provider: str, cost: str, tags: dict[str, str]) -> dict[str, Any]:
    month = day.replace(day=1)
    return {
        **dict.fromkeys(("BilledCost", "EffectiveCost", "ListCost", "ContractedCost"), Decimal(cost)),
        **dict.fromkeys(("ProviderName", "PublisherName", "InvoiceIssuerName"), provider),
        "BillingAccountId": "org-1",
        "BillingCurrency": "USD",
        "BillingPeriodStart": f"{month}T00:00:00Z",
        "BillingPeriodEnd": f"{(month + timedelta(days=32)).replace(day=1)}T00:00:00Z",
        "ChargePeriodStart": f"{day}T00:00:00Z",
        "ChargePeriodEnd": f"{day + timedelta(days=1)}T00:00:00Z",
        "ChargeCategory": "Usage",
        "ChargeFrequency": "Usage-Based",
        "ServiceCategory": "AI and Machine Learning",
        "ServiceName": provider,
        "Tags": json.dumps(tags),
    }


def _write(path: Path, rows: list[dict[str, Any]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
