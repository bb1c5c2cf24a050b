"""Operations as they happen: metered, kept, archived, and there for every question."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import duckdb

from apportion.app.base import Said, silent
from apportion.app.counting import Counting
from apportion.app.crediting import Crediting
from apportion.core.errors import NotFound
from apportion.engine import connect

if TYPE_CHECKING:  # a database and two thousand prices, which most commands do without
    from apportion.economics.operations import OperationFacts
    from apportion.metering.archive import Archived
    from apportion.metering.cards import CardUse
    from apportion.metering.deriving import Derivation
    from apportion.metering.repricing import Repriced
    from apportion.metering.service import Completed, Meter, Receipt
    from apportion.metering.sinks.marks import Marks
    from apportion.metering.unpriced import Unpriced

MANY = 100_000
"""Operations after which a server moves them to the ledger, where questions find them quickest."""


class Operating(Counting, Crediting):
    """The operations of a workspace."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory)
        self._metering = threading.Lock()
        self._meter: Meter | None = None
        self._came, self._archiving = 0, threading.Lock()
        self._reading_operations = threading.Lock()
        self._operations: tuple[duckdb.DuckDBPyConnection, Callable[[], int]] | None = None
        self._operations_key = ""
        self._seen, self._carried = 0, ("", -1)
        self._facts_known: tuple[tuple[int, date], OperationFacts] | None = None

    @property
    def meter(self) -> "Meter":
        """Opened when it is first needed; it prices by the card that holds."""
        from apportion.metering.recent import archived_through  # noqa: PLC0415
        from apportion.metering.service import Meter  # noqa: PLC0415
        from apportion.metering.store import Store  # noqa: PLC0415

        with self._metering:
            if self._meter is None:
                floor = archived_through(self.ledger.table("operations"))
                followers = [*self.budget_followers(), *self.credit_followers()]
                store = Store(self._state, floor, followers, self.workspace.tree)
                self.declare_budgets(store)
                self._meter = Meter(store, self.kept_rate_card(store.state))
            elif self._meter.card is not self.rate_card:
                self._meter.card = self.kept_rate_card(self._meter.store.state)
            return self._meter

    def post_operations(self, body: bytes, source: str = "api", encoding: str | None = None) -> "Receipt":
        """Keep a batch of operations for good."""
        receipt = self.meter.post(body, source, encoding)
        self._came += receipt.accepted
        return receipt

    def import_operations(self, path: Path) -> "Receipt":
        """Keep the operations of a file."""
        from apportion.metering.files import keep_file  # noqa: PLC0415

        receipt = keep_file(self.meter, path)
        self._came += receipt.accepted
        self.tidy_operations()
        return receipt

    def complete_operations(self, body: bytes) -> "Completed":
        """Add to operations what became known later."""
        return self.meter.complete(body)

    def take_traces(self, body: bytes, content_type: str, encoding: str | None) -> "Receipt":
        """Keep the operations that an OTLP export tells of."""
        receipt = self.meter.trace(body, content_type, encoding)
        self._came += receipt.accepted
        return receipt

    def tidy_operations(self) -> None:
        """Archive operations where many have come since; one does it at a time."""
        if self._came < MANY or not self._archiving.acquire(blocking=False):
            return
        try:
            self._came = 0
            self.archive_operations()
        finally:
            self._archiving.release()

    def archive_operations(self, said: Said = silent) -> "Archived":
        """Move operations into the ledger; the state database keeps the recent ones, too."""
        from apportion.metering.archive import archive  # noqa: PLC0415

        kept = timedelta(days=self.workspace.database.keep_days)
        table = self.ledger.table("operations")
        needed = self.marks.least([sink.label for sink in self.workspace.sinks])
        return archive(self.meter.store, table, datetime.now(UTC), self.spill, kept, said, needed=needed)

    @property
    def marks(self) -> "Marks":
        """How far live sinks have come."""
        from apportion.metering.sinks.marks import Marks  # noqa: PLC0415

        return Marks(self.directory / ".sinks")

    def reprice_operations(self, where: Mapping[str, str], *, put: bool, card: str = "") -> "list[Repriced]":
        """Operations that cost otherwise by the rates as they are now, or by a card of before that is named.

        With `put`, they do from now on. Raises NotFound for a card that never priced anything.
        """
        from apportion.metering import repricing  # noqa: PLC0415
        from apportion.metering.service import Meter  # noqa: PLC0415

        by = Meter(self.meter.store, self.named_card(card)) if card else self.meter
        with self.operations_reader() as con:
            found = list(repricing.reprice(con, by.price, where))
            if put:
                repricing.put(by.store, con, iter(found))
        return found

    def derive_rates(self, *, put: bool) -> "Derivation":
        """What tokens cost on clusters of one's own, by the last run; with `put`, that is their price."""
        from apportion.metering.derived import keep_derived, kept_derived  # noqa: PLC0415
        from apportion.metering.deriving import derive  # noqa: PLC0415

        if (run := self.ledger.run()) is None:
            raise NotFound("Nothing has been allocated yet.", hint="Run 'apportion allocate' first.")
        state = self.meter.store.state
        with self.operations_reader() as con:
            found = derive(con, run, self.rate_card, self.workspace.rates, kept_derived(state))
        if put:
            keep_derived(state, found.prices, datetime.now(UTC))
            self.rates_changed()
        return found

    def unpriced(self) -> "list[Unpriced]":
        """Models of operations that no rate is known for, and what is missing."""
        from apportion.metering.unpriced import unpriced  # noqa: PLC0415

        with self.operations_reader() as con:
            return unpriced(con, self.rate_card)

    def rate_cards(self) -> "list[CardUse]":
        """Every rate card that ever priced something, the newest first."""
        from apportion.metering.cards import card_uses, kept_since  # noqa: PLC0415

        with self._state_there() as state:
            since = kept_since(state) if state else {}
        with self.operations_reader() as con:
            return card_uses(con, since, self.rate_card.version)

    @contextmanager
    def operations_reader(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor over the view `operations` as it is now, beside the tables of the last run."""
        with self._reading_operations:
            if self._operations is None:
                con = connect(temp=self.spill)
                self.ledger.snapshot(as_of_run=True).register(con)
                self._operations = con, self.operations_in(con)
            con, follow = self._operations
            if (key := self.ledger.results_key()) != self._operations_key:
                self.ledger.snapshot(as_of_run=True).register(con)
                self._operations_key = key
            self._seen = follow()
            cursor = con.cursor()
        try:
            yield cursor
        finally:
            cursor.close()

    def _carry(self, con: duckdb.DuckDBPyConnection) -> None:
        """What calls carry changes with every run, and with every call that shares it."""
        from apportion.economics.operations import prepare_overhead  # noqa: PLC0415

        with self._reading_operations:
            given, now = self.workspace.overhead, (self._operations_key, self._seen)
            if given and self._carried != now:
                prepare_overhead(con, given, self.workspace.true_up)
                self._carried = now

    @contextmanager
    def operations_asked(self) -> Iterator[tuple[duckdb.DuckDBPyConnection, "OperationFacts"]]:
        """The operations at one moment, and facts of them. Raises NotFound where there are none."""
        from apportion.economics.operations import facts_of  # noqa: PLC0415

        given, reporting = self.workspace, self.workspace.reporting
        words = (reporting.currency, reporting.time_zone, given.tree, given.overhead)
        with self.operations_reader() as con:
            self._carry(con)
            con.begin()
            now, seen = datetime.now(UTC), self._seen
            key = seen, now.astimezone(ZoneInfo(reporting.time_zone)).date()
            if self._facts_known is None or self._facts_known[0] != key:
                self._facts_known = key, facts_of(con, now, *words)
            yield con, self._facts_known[1]

    def operations_in(self, con: duckdb.DuckDBPyConnection) -> Callable[[], int]:
        """Create the view `operations` and those over it in `con`; what is returned brings it up to date."""
        from apportion.analytics.metered import register_metrics  # noqa: PLC0415
        from apportion.metering.recent import Recent  # noqa: PLC0415

        recent = Recent(con, None, self.ledger.table("operations"))

        def follow() -> int:
            if recent.state is None and self.workspace.database.there(self.directory):
                recent.state = self._opened()  # made with the first operation, maybe after the first question
            return recent.follow()

        follow()
        register_metrics(con)
        return follow

    def stop(self) -> None:
        """Write what waits."""
        with self._metering:
            if self._meter:
                self._meter.close()
        super().stop()
