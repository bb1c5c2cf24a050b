"""What processes of their own do that count operations, until they are ended.

`spend` counts without the store, so that nothing but the customer's row keeps two such processes apart.
`keep` keeps batches of operations, and says after each that it is kept.
"""

import itertools
from datetime import UTC, datetime
from decimal import Decimal
from multiprocessing.connection import Connection
from zoneinfo import ZoneInfo

from apportion.credits.counting import Counting
from apportion.credits.customers import Terms
from apportion.credits.settings import Plans
from apportion.database import State
from apportion.metering.store import Store, microseconds, row
from apportion.pricing import Priced
from operations import operation

NOW = datetime(2026, 10, 5, 12, tzinfo=UTC)
PLANS = {
    "default": "pro",
    "usage": [{"by": "call", "credits": 1}],
    "offered": {"pro": {"included": 40, "starts": "calendar"}},
}
EACH, BATCH = 15, 40


def counting() -> Counting:
    terms = Terms(Plans.model_validate(PLANS), ZoneInfo("UTC"), "USD")
    return Counting(lambda: terms, lambda: NOW)


def spend(url: str, name: str) -> None:
    """So many calls of two customers, in two orders, each in a transaction."""
    state, follower = State(url), counting()
    told = dict.fromkeys(("units", "unit", "feature"))
    for n in range(EACH):
        customers = ["acme", "globex"] if n % 2 else ["globex", "acme"]
        records = [
            {**told, "operation_id": f"{name}-{n}-{customer}", "customer": customer, "time": NOW}
            | {"price_state": "priced", "cost": Decimal(1), "currency": "USD", "requests": 1}
            for customer in customers
        ]
        with state.write() as con:
            follower(con, records)


def keep(url: str, name: str, kept: Connection) -> None:
    """Batches of calls by several customers, on and on."""
    store = Store(State(url), followers=[counting()])
    for number in itertools.count():
        told = [operation(f"{name}-{number}-{n}", customer=f"c{n % 5}") for n in range(BATCH)]
        priced = Priced("priced", 10**10, "USD", "list")
        store.insert([[row(one, "api", microseconds(NOW), priced) for one in told]])
        kept.send(number)
