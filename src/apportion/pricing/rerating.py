"""Prices operations again, and says what changed."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from apportion.pricing.card import RateCard
from apportion.pricing.prices import Priced


class Repriced(NamedTuple):
    """An operation whose state, cost or currency is another at the new card's rates."""

    id: str
    before: Priced
    after: Priced


def utc_day(when: datetime) -> date:
    """The day whose rates hold for an operation; a time without a zone is UTC."""
    return (when if when.tzinfo is None else when.astimezone(UTC)).date()


def rerate(operations: Iterable[Mapping[str, Any]], card: RateCard) -> Iterator[Repriced]:
    """Price stored operations again, each at the rates of the UTC day on which it began.

    Each has `id`, `time`, its counts, and what it was priced with: `price_state`, `cost`, `currency`, `rate`.
    Those that come out the same are left out, also where only the version of the card is another.
    """
    for operation in operations:
        before = Priced(operation["price_state"], operation["cost"], operation["currency"], operation["rate"])
        after = card.price(operation, utc_day(operation["time"]))
        if after[:3] != before[:3]:
            yield Repriced(operation["id"], before, after)
