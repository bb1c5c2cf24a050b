"""What customers pay: plans, an add-on, one-off items and overage, and what of it falls on each day."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from apportion.core.money import split_running, to_units
from apportion.demo.charges import first_of_month, month_end
from apportion.demo.customers import CUSTOMERS
from apportion.demo.tables import rows


@dataclass(frozen=True)
class Item:
    """One line of the revenue file; a recurring amount is for a month, `end` is not included."""

    customer: str
    kind: str
    amount: Decimal
    start: date
    end: date | None
    description: str


ADD_ON = "Assistant add-on"
_RAISE = date(2026, 9, 15)
_RAISED = {"kestrel-couriers": Decimal("1.08"), "minster-bakery": Decimal("1.05")}


def items() -> tuple[Item, ...]:
    """The whole revenue file: each customer's plan with its price changes, then add-ons and single items."""
    recurring: list[Item] = []
    for c in CUSTOMERS:
        price, name = Decimal(c.monthly).quantize(Decimal("0.01")), f"{c.plan.capitalize()} plan"
        if c.id not in _RAISED:
            recurring.append(Item(c.id, "recurring", price, c.start, c.end, name))
            continue
        raised = (price * _RAISED[c.id]).quantize(Decimal("0.01"))
        recurring.append(Item(c.id, "recurring", price, c.start, _RAISE, name))
        recurring.append(Item(c.id, "recurring", raised, _RAISE, c.end, f"{name}, renewed"))
    add_ons = (
        Item(r["customer"], "recurring", Decimal(r["monthly"]), date.fromisoformat(r["start"]), None, ADD_ON)
        for r in rows("add_ons")
    )
    extras = (
        Item(
            r["customer"],
            r["kind"],
            Decimal(r["amount"]),
            date.fromisoformat(r["day"]),
            None,
            r["description"],
        )
        for r in rows("extras")
    )
    return (*recurring, *add_ons, *extras)


def earned(days: tuple[date, ...]) -> dict[tuple[str, date], int]:
    """Revenue by customer and day in 10⁻¹² dollars: a month's amount over the days of that month."""
    result: dict[tuple[str, date], int] = {}
    for item in items():
        amount = to_units(item.amount)
        for day in days:
            if item.kind != "recurring":
                part = amount if day == item.start else 0
            elif item.start <= day and (item.end is None or day < item.end):
                part = _days_part(amount, day)
            else:
                continue
            result[item.customer, day] = result.get((item.customer, day), 0) + part
    return result


def _days_part(amount: int, day: date) -> int:
    first, end = first_of_month(day), month_end(day)
    return split_running(amount, [1] * (end - first).days)[day.day - 1]


def sum_between(daily: dict[tuple[str, date], int], customer: str, first: date, end: date) -> int:
    """A customer's revenue from `first` up to but not including `end`, in 10⁻¹² dollars."""
    return sum(daily.get((customer, first + timedelta(days=i)), 0) for i in range((end - first).days))
