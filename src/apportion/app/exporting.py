"""Operations on their way out: one of them explained, many of them written."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from apportion.app.base import Said, silent
from apportion.app.operating import Operating
from apportion.core.errors import BadInput
from apportion.engine import connect

if TYPE_CHECKING:  # pydantic models and prices, which most commands do without
    import duckdb

    from apportion.economics.operations import Asked, Counted, SingleOperation
    from apportion.metering.export import Encoder
    from apportion.metering.sinks.following import Follower

FORMATS = ("focus", "csv", "influx", "json")


@dataclass(frozen=True)
class ExportOrder:
    """Which operations, and how they are written: one of FORMATS, FOCUS in a version.

    Either a `window`, or `since` and `until`, which is left out; `filters` are dimensions and their values.
    """

    form: str
    window: str = ""
    since: str = ""
    until: str = ""
    filters: Mapping[str, str] = field(default_factory=dict)
    focus_version: str = ""


class Export:
    """Operations about to be written: how many there are, and their text. To be closed after."""

    def __init__(
        self, con: "duckdb.DuckDBPyConnection", asked: "Asked", encoder: "Encoder", form: str
    ) -> None:
        from apportion.economics.operations import counted  # noqa: PLC0415

        self._con, self._asked, self.encoder = con, asked, encoder
        self.counted: Counted = counted(con, asked)
        days = f"{asked.window.start}-{asked.window.end}"
        self.name = f"operations-{form}-{days}.{encoder.ending}"

    def chunks(self, said: Said = silent) -> Iterator[str]:
        """The text, some thousand operations at a time."""
        from apportion.economics.operations import written  # noqa: PLC0415

        try:
            yield from written(self._con, self._asked, self.encoder, said)
        finally:
            self.close()

    def close(self) -> None:
        """Let go of the database."""
        self._con.close()


class Exporting(Operating):
    """What leaves a workspace of its operations."""

    def operation(self, name: str) -> "SingleOperation":
        """One operation with its price explained. Raises NotFound where there is none of that id."""
        from apportion.economics.operations import single_operation  # noqa: PLC0415

        given = self.workspace
        with self.operations_reader() as con:
            self._carry(con)
            return single_operation(con, name, given.tree, self.rate_card, self.card_of, given.overhead)

    def sinks(self, *, rest: bool = False) -> "list[Follower]":
        """A follower for each sink of apportion.yaml, not started; with `rest`, they leave others room."""
        from apportion.metering.sinks.following import REST, Follower  # noqa: PLC0415

        declared = self.workspace.sinks
        if not declared:
            return []
        state, tree = self.meter.store.state, self.workspace.tree
        return [
            Follower(one, state, self.marks, self.directory, tree, rest=REST if rest else 0)
            for one in declared
        ]

    def export_operations(self, order: ExportOrder) -> Export:
        """Operations about to be written, from a database of their own: a slow reader holds up nobody.

        Raises BadInput for what cannot be asked for, NotFound where there are no operations.
        """
        from apportion.economics.operations import Asked, facts_of, window_text  # noqa: PLC0415

        encoder = self._encoder(order)
        reporting = self.workspace.reporting
        con = connect(memory_limit="1GB", temp=self.spill)
        try:
            self.ledger.snapshot(as_of_run=True).register(con)
            self.operations_in(con)
            now = datetime.now(UTC)
            facts = facts_of(con, now, reporting.currency, reporting.time_zone, self.workspace.tree)
            window = window_text(facts, order.window, order.since, order.until)
            return Export(con, Asked.of(facts, window, None, order.filters), encoder, order.form)
        except BaseException:
            con.close()
            raise

    def _encoder(self, order: ExportOrder) -> "Encoder":
        from apportion.metering.export import encoder  # noqa: PLC0415

        if order.form not in FORMATS:
            raise BadInput(
                f"'{order.form}' is no way to write them.",
                where="format",
                hint=f"There are: {', '.join(FORMATS)}.",
            )
        if order.form != "focus":
            if order.focus_version:
                raise BadInput("Only FOCUS has a FOCUS version.", where="focus_version")
            return encoder(order.form)
        from apportion.conformance.metered import Charging  # noqa: PLC0415
        from apportion.conformance.metered_rows import DEFAULT_VERSION, FocusRows  # noqa: PLC0415
        from apportion.pricing import RateCard  # noqa: PLC0415

        charging = Charging(self.rate_card, RateCard.seeded(), self.card_of)
        return FocusRows(charging, order.focus_version or DEFAULT_VERSION)
