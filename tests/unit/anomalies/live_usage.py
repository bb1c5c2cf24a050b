"""Usage by the hour and its bills, for tests of what is judged before the bill comes."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import numpy as np

from apportion.anomalies.settings import LiveMeasure
from apportion.ledger.schemas import USAGE
from books import Books, charge

FIRST = date(2026, 9, 7)  # a Monday
RULES = {
    "dimensions": {"service": [{"tag": "service"}]},
    "perspectives": {
        "service": {
            "to": "service",
            "rules": [{"name": "own", "match": {"service": "*"}, "method": "direct"}],
        }
    },
}
REQUESTS = LiveMeasure.model_validate({"measure": "requests", "by": "service", "cost": {"where": {}}})
Use = tuple[datetime, Decimal, str]


def moment(day: int, hour: int = 0) -> datetime:
    """So many days after FIRST."""
    return datetime.combine(FIRST, datetime.min.time(), UTC) + timedelta(days=day, hours=hour)


def requests(hours: int, *, service: str = "api", seed: int = 4) -> list[Use]:
    """Requests of a service in each hour: many by day, few by night, fewer at weekends."""
    drawn = np.random.default_rng(seed).normal(0, 0.06, hours)
    found = []
    for at in range(hours):
        step = moment(0, at)
        busy = 1000 * (1.3 + np.cos((step.hour - 14) / 24 * 2 * np.pi)) * (0.6 if step.weekday() > 4 else 1)
        found.append((step, Decimal(int(busy * np.exp(drawn[at]))), service))
    return found


def use(books: Books, rows: Iterable[Use], measure: str = "requests") -> None:
    """Load usage by the hour."""
    made = [
        {"measure": measure, "period": f"{t:%Y-%m}", "time": t, "day": t.date(), "quantity": q,
         "dimensions": {"service": s}}
        for t, q, s in rows
    ]  # fmt: skip
    for period in sorted({row["period"] for row in made}):
        part = [row for row in made if row["period"] == period]
        books._put("usage", {"measure": measure, "period": period}, part, USAGE)


def bill(books: Books, rows: Iterable[Use], days: int, *, price: Decimal, hourly: bool = True) -> None:
    """Bill the first days of usage at a price, by hour or by day."""
    costs: dict[tuple[datetime, datetime, str], Decimal] = {}
    for step, quantity, service in rows:
        if step < moment(days):
            begin = step if hourly else step.replace(hour=0)
            end = begin + (timedelta(hours=1) if hourly else timedelta(days=1))
            costs[begin, end, service] = costs.get((begin, end, service), Decimal(0)) + quantity * price
    books.bill(
        charge(cost, str(a.date()), service=s, ChargePeriodStart=str(a), ChargePeriodEnd=str(b))
        for (a, b, s), cost in costs.items()
    )
