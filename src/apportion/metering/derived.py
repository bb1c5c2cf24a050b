"""Prices that come from a cluster's cost, where every process finds them: in the state database."""

import json
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import delete, func, inspect, select

from apportion.core.money import plain
from apportion.database import State, derived_rates
from apportion.metering.store import microseconds
from apportion.pricing import DerivedPrice, OwnRate, RateCard
from apportion.pricing.derived import Derived

AGAIN = 10.0
"""Seconds after which a server asks whether prices were derived elsewhere."""


def keep_derived(state: State, prices: Iterable[DerivedPrice], now: datetime) -> None:
    """Keep prices in place of those of the same rate and month; others stay."""
    with state.write() as con:
        stamp = max(microseconds(now), (con.scalar(select(func.max(derived_rates.c.derived))) or 0) + 1)
        for price in prices:
            month = price.start.isoformat()[:7]
            same = (derived_rates.c.rate == price.rate) & (func.substr(derived_rates.c.start, 1, 7) == month)
            con.execute(delete(derived_rates).where(same))
            con.execute(
                derived_rates.insert().values(
                    rate=price.rate,
                    start=price.start.isoformat(),
                    until=price.end.isoformat(),
                    final=price.final,
                    prices=json.dumps({kind: plain(amount) for kind, amount in price.prices.items()}),
                    currency=price.currency,
                    run=price.run,
                    derived=stamp,
                )
            )


def kept_derived(state: State) -> Derived:
    """All that is kept, by the version of the rate, earlier months first."""
    with state.read() as con:
        if not inspect(con).has_table(derived_rates.name):
            return {}
        rows = con.execute(select(derived_rates).order_by(derived_rates.c.start)).all()
    found: dict[str, list[DerivedPrice]] = {}
    for row in rows:
        price = DerivedPrice(
            rate=row.rate,
            start=date.fromisoformat(row.start),
            end=date.fromisoformat(row.until),
            final=row.final,
            prices={kind: Decimal(amount) for kind, amount in json.loads(row.prices).items()},
            currency=row.currency,
            run=row.run,
        )
        found.setdefault(row.rate, []).append(price)
    return found


class Current:
    """The rate card that holds: list prices, one's own over them, and those that were derived.

    `read` reads the derived ones. They are asked for again after some seconds, as another process may have
    derived others; where no rate of one's own comes from a cluster's cost, never.
    """

    def __init__(
        self,
        rates: Sequence[OwnRate],
        read: Callable[[], Derived],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._rates, self._read, self._clock = rates, read, clock
        self._derives = any(rate.cluster_cost for rate in rates)
        self._derived: Derived = {}
        self._card: RateCard | None = None
        self._asked = 0.0

    def card(self, *, anew: bool = False) -> RateCard:
        """The card; with `anew`, what is derived is read at once."""
        if self._derives and (anew or self._card is None or self._clock() - self._asked >= AGAIN):
            self._asked, derived = self._clock(), self._read()
            if derived != self._derived:
                self._derived, self._card = derived, None
        if self._card is None:
            self._card = RateCard.seeded(self._rates, self._derived)
        return self._card
