"""What was planted against budgets and credits, with its numbers: a team near its budget, a customer over."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from apportion.core.money import from_units, percent, plain
from apportion.demo.books import EFFECTIVE, Books, between
from apportion.demo.customers import CUSTOMERS
from apportion.demo.operations import Operation
from apportion.demo.truth import text

OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)
NEAR, BUDGET = "insights", 21_700
"""The team at 92 % of its budget for October, in dollars."""
CREDITS = {"answer": 5, "summary": 10, "message": 1, "ticket": 1}
INCLUDED = {"growth": 250, "scale": 1_000}
STOPS, STOPS_AT = "ticket triage", 80
"""The feature whose budget is enforced, in dollars a month."""


def planted_limits(books: Books, operations: Sequence[Operation]) -> dict[str, Any]:
    """Facts of October, where all of it is within the days there are."""
    if books.days[0] > OCTOBER:
        return {}
    entries = between(books.teams, OCTOBER, NOVEMBER)
    cost = sum(pair[EFFECTIVE] for entry, pair in entries.items() if entry.target == NEAR)
    part = percent(from_units(cost), Decimal(BUDGET))
    return {
        "team_near_budget": {
            "team": NEAR,
            "month": f"{OCTOBER:%Y-%m}",
            "limit": f"{BUDGET}.00",
            "EffectiveCost": text(cost),
            "percent": None if part is None else plain(part),
        },
        "over_credits": _over(operations),
        "enforced_budget": {"feature": STOPS, "limit": f"{STOPS_AT}.00"},
    }


def _over(operations: Sequence[Operation]) -> list[dict[str, Any]]:
    """Customers who used more credits in October than their plan includes."""
    used: dict[str, int] = {}
    for operation in operations:
        if "units" in operation and str(operation["time"]) >= f"{OCTOBER}":
            credits_ = int(operation["units"]) * CREDITS[operation["unit"]]
            used[operation["customer"]] = used.get(operation["customer"], 0) + credits_
    return [
        {"customer_id": one.id, "plan": one.plan, "included": INCLUDED[one.plan], "used": used[one.id]}
        for one in CUSTOMERS
        if used.get(one.id, 0) > INCLUDED.get(one.plan, 10**9)
    ]
