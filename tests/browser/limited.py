"""Tern Freight with budgets, plans and people: a team at 92 % of its limit, a customer near and one beyond its plan."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from browser import company

PASSWORD = "seven green bicycles"
PEOPLE = [
    ("ana@tern.example", "owner", ""),
    ("fay", "finance", ""),
    ("vic", "viewer", ""),
    ("tom", "team", "search"),
    ("acme-ops", "customer", "acme"),
]
# A thousand tokens cost $1, and $1 takes ten credits.
LIMITS = """\
access:
  embed_origins: ["{origin}"]
rates:
  - {{provider: tern, model: small, per_million: {{input: 1000, output: 0}}}}
budgets:
  team_ai: {{title: AI of teams, for: {{team: [search, payments]}}, amount: 100, enforced: true}}
  all_ai: {{title: All AI, amount: 1000}}
plans:
  usage: [{{by: cost, credits: 10}}]
  buy: "https://shop.tern.example/{{customer}}"
  offered:
    Business: {{included: 1000, overage: {{price: 0.02}}}}
    Team: {{included: 500, throttle: {{calls_per_minute: 5}}}}
"""
SPENT = [("acme", "search", "chat", 62000), ("acme", "search", "summaries", 30000)]
SPENT += [("birch", "payments", "chat", 61370)]


def make(folder: Path, origin: str) -> Path:
    """The workspace, with people who may come in; `origin` may show customers' pages."""
    company.make(folder)
    with (folder / "customers.csv").open("a", encoding="utf-8") as file:
        for customer in ("dune,Dune Ltd", "elm,Elm Inc"):  # a plan that is not offered is none
            file.write(f"{customer},Trial,active,2025-01-01,\r\n")
    with (folder / "apportion.yaml").open("a", encoding="utf-8") as file:
        file.write(LIMITS.format(origin=origin))
    return folder


def operations(now: datetime | None = None) -> list[dict[str, Any]]:
    """Calls of this very moment, so that they are in the periods that run."""
    at = (now or datetime.now(UTC)).isoformat()
    return [
        {
            "id": f"call-{number}",
            "time": at,
            "customer": customer,
            "team": team,
            "feature": feature,
            "provider": "tern",
            "model": "small",
            "input_tokens": tokens,
            "output_tokens": 0,
        }
        for number, (customer, team, feature, tokens) in enumerate(SPENT)
    ]
