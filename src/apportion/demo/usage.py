"""What customers do: requests of each service, routes planned and data kept, day by day."""

import random
from dataclasses import dataclass, field
from datetime import date

from apportion.demo.customers import CUSTOMERS, appetite
from apportion.demo.rhythm import WEEKDAY, growth


@dataclass
class Usage:
    """Quantities by day: requests by service and customer, the others by customer."""

    requests: dict[tuple[date, str], dict[str, int]] = field(default_factory=dict)
    routes: dict[tuple[date, str], int] = field(default_factory=dict)
    storage: dict[tuple[date, str], int] = field(default_factory=dict)  # hundredths of a GB
    active: dict[date, tuple[str, ...]] = field(default_factory=dict)


def make_usage(days: tuple[date, ...], seed: int) -> Usage:
    """The usage of every customer on the days they are one; each has a rhythm of their own."""
    usage = Usage()
    for day in days:
        usage.active[day] = tuple(c.id for c in CUSTOMERS if c.active(day))
    for customer in CUSTOMERS:
        dice = random.Random(f"{seed}/usage/{customer.id}")
        wants = appetite(customer, dice)
        weekends = 0.6 + 0.8 * dice.random()  # shops deliver on Saturdays, builders do not
        kept = customer.monthly / 40 * customer.intensity * (0.7 + 0.6 * dice.random())
        for day in days:
            if not customer.active(day):
                continue
            weekday = WEEKDAY[day.weekday()] * (weekends if day.weekday() > 4 else 1)
            level = growth(day) * weekday * (0.9 + 0.2 * dice.random())
            for service, usual in wants.items():
                count = max(1, round(usual * level * (0.95 + 0.1 * dice.random())))
                usage.requests.setdefault((day, service), {})[customer.id] = count
            usage.routes[day, customer.id] = max(1, usage.requests[day, "route-optimizer"][customer.id] // 6)
            usage.storage[day, customer.id] = round(100 * kept * growth(day))
    return usage
