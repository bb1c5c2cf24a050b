"""What customers do, and what services take of each other, day by day."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from apportion.demo.company import PRODUCTION
from apportion.demo.customers import CUSTOMERS, appetite
from apportion.demo.rhythm import PEAK, WEEKDAY, busy, growth, hours_on
from apportion.demo.tables import rows

UNUSED = "__idle__"  # the name that cluster tools give to what nobody used
CLUSTER, DATABASES, MONITORING = "shared-cluster", "database-platform", "monitoring"
TAKEN = {CLUSTER: "cpu_hours", DATABASES: "db_hours", MONITORING: "log_gigabytes"}
_VCPUS = 16  # of each machine of the cluster


@dataclass
class Usage:
    """Quantities by day: requests by service and customer, the others by customer or by service.

    `storage` and `taken` are in hundredths (of a gigabyte or an hour); `taken` holds by day and platform
    service what each service, and of the cluster nobody, took of it.
    """

    requests: dict[tuple[date, str], dict[str, int]] = field(default_factory=dict)
    routes: dict[tuple[date, str], int] = field(default_factory=dict)
    storage: dict[tuple[date, str], int] = field(default_factory=dict)
    taken: dict[tuple[date, str], dict[str, int]] = field(default_factory=dict)
    active: dict[date, tuple[str, ...]] = field(default_factory=dict)


def make_usage(days: tuple[date, ...], seed: int) -> Usage:
    """The usage of every customer on the days they are one, and of the platform by every service."""
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
    for key, consumer, quantity in _taken(days, seed):
        usage.taken.setdefault(key, {})[consumer] = quantity
    for day in days:
        cluster = usage.taken[day, CLUSTER]
        cluster[UNUSED] = 100 * _capacity(day) - sum(cluster.values())
    return usage


def _taken(days: tuple[date, ...], seed: int) -> Iterator[tuple[tuple[date, str], str, int]]:
    """Day and platform service, who took of it, and how much in hundredths."""
    for row in rows("platform"):
        dice = random.Random(f"{seed}/platform/{row['consumer']}")
        for day in days:
            for service, column in TAKEN.items():
                if usual := float(row[column]):
                    yield (day, service), row["consumer"], round(100 * usual * busy(row["rhythm"], day, dice))


def _capacity(day: date) -> int:
    """The hours of processors that the cluster's machines offered on `day`."""
    machines: list[Mapping[str, str]] = [
        row
        for row in rows("machines")
        if (row["environment"], row["service"]) == (PRODUCTION, CLUSTER) and row["sku"].endswith(".4xlarge")
    ]
    always, peak = (sum(int(row[column]) for row in machines) for column in ("always", "peak"))
    return _VCPUS * (24 * always + len(hours_on(PEAK, day)) * peak)
