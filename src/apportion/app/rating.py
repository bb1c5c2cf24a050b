"""The rate card that holds, and every card that ever priced something."""

import threading
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from apportion.app.base import Base
from apportion.core.errors import NotFound

if TYPE_CHECKING:  # a database and two thousand prices, which most commands do without
    from collections.abc import Iterator, Mapping

    from apportion.database import State
    from apportion.metering.derived import Current
    from apportion.pricing import RateCard
    from apportion.pricing.derived import Derived


MOST = 8
"""Cards of before that stay in memory, where operations one by one are asked about."""


class Rating(Base):
    """What operations cost, and by which card."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory)
        self._rating = threading.Lock()
        self._before: Mapping[str, RateCard] = {}

    @property
    def rate_card(self) -> "RateCard":
        """List prices, with those of apportion.yaml over them."""
        with self._rating:
            return self._card_held.card()

    def rates_changed(self) -> None:
        """Prices were derived just now: the next one who asks gets a card with them."""
        with self._rating:
            self._card_held.card(anew=True)

    @cached_property
    def _card_held(self) -> "Current":
        from apportion.metering.derived import Current  # noqa: PLC0415

        return Current(self.workspace.rates, self._kept_derived)

    def _kept_derived(self) -> "Derived":
        from apportion.metering.derived import kept_derived  # noqa: PLC0415

        with self._state_there() as state:
            return kept_derived(state) if state else {}

    def card_of(self, version: str) -> "RateCard | None":
        """The card of that version: the one that holds, or one that priced something; None for others."""
        from apportion.metering.cards import kept_card  # noqa: PLC0415

        if version == (now := self.rate_card).version:
            return now
        if found := self._before.get(version):
            return found
        with self._state_there() as state:
            found = kept_card(state, version) if state else None
        if found:
            self._before = {version: found} | dict(list(self._before.items())[: MOST - 1])
        return found

    def named_card(self, version: str = "") -> "RateCard":
        """The card of that version, '' for the one that holds. Raises NotFound for others."""
        found = self.card_of(version) if version else self.rate_card
        if found is None:
            raise NotFound(
                f"No rate card '{version}' ever priced anything here.",
                hint="'apportion rates cards' lists them.",
            )
        return found

    def kept_rate_card(self, state: "State") -> "RateCard":
        """The card that holds, about to price something: kept whole in `state`."""
        from apportion.metering.cards import keep_card  # noqa: PLC0415

        card = self.rate_card
        keep_card(state, card, datetime.now(UTC))
        return card

    @cached_property
    def _state(self) -> "State":
        """One for all that is asked and kept; nothing is opened before it is needed."""
        from apportion.database import State  # noqa: PLC0415

        return State(self.workspace.database.located(self.directory))

    @contextmanager
    def _state_there(self) -> "Iterator[State | None]":
        """The state database for one question; None where nothing was ever kept, so that none is made."""
        if not self.workspace.database.there(self.directory):
            yield None
            return
        yield self._opened()

    def _opened(self) -> "State":
        """The state database in its newest shape, also where only a question is asked."""
        self._state.migrate()
        return self._state

    def stop(self) -> None:
        """Close what is open."""
        if "_state" in self.__dict__:
            self._state.close()
