"""Looking for anomalies, and what people say of them."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from apportion.app.base import Said, silent
from apportion.app.reading import Reading
from apportion.core.errors import ApportionError

if TYPE_CHECKING:  # arrays and their library, which most commands do without
    from collections.abc import Iterator

    import duckdb

    from apportion.analytics.models import Facts
    from apportion.anomalies.ground import Ground
    from apportion.anomalies.incidents import Incident, State
    from apportion.anomalies.report import AnomaliesReport, AnomalyReport, Asked
    from apportion.anomalies.service import Looked

    Judging = tuple[duckdb.DuckDBPyConnection, Facts | None, Ground]

Span = Literal["day", "hour", "live"]


class Watching(Reading):
    """Anomalies of the workspace's cost."""

    def look_for_anomalies(self, said: Said = silent) -> list[Looked]:
        """Judge what came in since the last time, and keep what was found."""
        from apportion.anomalies.service import look  # noqa: PLC0415

        table, state, now = self.ledger.table("judgements"), self._opened(), datetime.now(UTC)
        spans: tuple[Span, ...] = ("day", "hour", "live") if self.workspace.anomalies.hourly else ("day",)
        found, failed = [], []
        for span in spans:
            try:
                with self._grounds(span, now) as judging:
                    for con, facts, ground in judging:
                        found.append(look(con, facts, ground, table, state, now, said))
            except ApportionError as why:  # days that cannot be judged are no reason not to judge hours
                failed.append(why)
        if failed:
            raise failed[0]
        return found

    def backtest_anomalies(self, grain: Span, said: Said = silent) -> list[Looked]:
        """What would have been found over the steps there are, judged one by one; keeps nothing."""
        from apportion.anomalies.service import replay  # noqa: PLC0415

        now, table = datetime.now(UTC), self.ledger.table("judgements")
        with self._grounds(grain, now) as judging:
            return [replay(con, facts, ground, table, now, said) for con, facts, ground in judging]

    @contextmanager
    def _grounds(self, grain: Span, now: datetime) -> Iterator[Iterator[Judging]]:
        """What is judged: days of charges and usage; hours of charges; what is known as it happens."""
        if grain == "live":
            with ExitStack() as held:
                yield self._live(held, now)
        elif self.ledger.run() is None:
            yield iter(())
        else:
            with self.reader() as (con, facts):
                yield self._billed(con, facts, grain)

    def _billed(self, con: duckdb.DuckDBPyConnection, facts: Facts, grain: Span) -> Iterator[Judging]:
        from apportion.anomalies.ground import charged, used  # noqa: PLC0415

        given = self.workspace
        yield con, facts, charged(con, facts, given.anomalies, "D" if grain == "day" else "H")
        for watched in given.anomalies.usage if grain == "day" else ():
            measure = given.measures[watched.measure]
            yield con, facts, used(facts, given.anomalies, watched, [*measure.dimensions], measure.unit)

    def _live(self, held: ExitStack, now: datetime) -> Iterator[Judging]:
        """AI operations, then usage at its own price, the newest of which no run has seen yet."""
        from apportion.anomalies.ground import estimated, operated  # noqa: PLC0415
        from apportion.anomalies.live import live_cost, put_live  # noqa: PLC0415

        asked = self.workspace.anomalies
        if self._any_operations():
            con = held.enter_context(self.operations_reader())
            if ground := operated(con, asked, now):
                yield con, None, ground
        if not asked.live or self.ledger.run() is None:
            return
        con, facts = held.enter_context(self.reader())
        uses = held.enter_context(self.facts_alone())
        self.ledger.snapshot().register(uses)
        for live in asked.live:
            put_live(con, live_cost(con, uses, facts, live, now))
            if ground := estimated(con, facts, asked, live):
                yield con, facts, ground

    def _any_operations(self) -> bool:
        there = self.workspace.database.there(self.directory)
        return there or self.ledger.table("operations").version() >= 0

    def incidents(self) -> list[Incident]:
        """Every anomaly that is known, the one seen last first."""
        from apportion.anomalies.book import known  # noqa: PLC0415

        with self._state_there() as state:
            return known(state) if state else []

    def anomalies(self, asked: Asked, limit: int = 100, skip: int = 0) -> AnomaliesReport:
        """The anomalies asked for, a page of them, with a sentence."""
        from apportion.anomalies.kept import judged_through  # noqa: PLC0415
        from apportion.anomalies.report import AnomaliesReport, rows, sentence  # noqa: PLC0415

        run = self.ledger.run()
        everything = self.incidents()
        found = [incident for incident in everything if asked.means(incident)]
        with self.facts_alone() as con:
            through = judged_through(con, self.ledger.table("judgements"), "D")
        return AnomaliesReport(
            sentence=sentence(everything, through),
            metric=self.workspace.reporting.metric,
            data_through=run.last_day if run else None,  # type: ignore[arg-type]
            judged_through=through,
            total=len(found),
            anomalies=rows(found[skip : skip + limit]),
        )

    def anomaly(self, name: str) -> AnomalyReport:
        """One anomaly with its chart. Raises NotFound."""
        from apportion.anomalies.book import said_of  # noqa: PLC0415
        from apportion.anomalies.chart import chart  # noqa: PLC0415
        from apportion.anomalies.kept import files_of  # noqa: PLC0415
        from apportion.anomalies.report import AnomalyReport  # noqa: PLC0415

        incident = self._incident(name)
        files = files_of(self.ledger.table("judgements"), incident.grain)
        points = []
        span: Span = "day" if incident.grain == "D" else "hour" if incident.of == "charges" else "live"
        with self._grounds(span, datetime.now(UTC)) as judging:
            for con, _, ground in judging:
                if (ground.kind, ground.measure) == (incident.of, incident.measure):
                    points = chart(con, ground, files, incident)
                    break
        said = said_of(self._opened(), incident.incident_id)
        more = {"filter": self.workspace.anomalies.where, "chart": points, "said": said}
        return AnomalyReport.model_validate({**incident.model_dump(), **more})

    def mark_anomaly(self, name: str, state: State, reason: str = "", who: str = "") -> Incident:
        """Say of an anomaly that it is acknowledged, expected, resolved, or open after all."""
        from apportion.anomalies.book import say  # noqa: PLC0415

        return say(self._opened(), self._incident(name), state, reason, who, datetime.now(UTC))

    def _incident(self, name: str) -> Incident:
        from apportion.anomalies.book import no_such, one  # noqa: PLC0415

        with self._state_there() as state:
            if state is None:
                raise no_such(name)
            return one(state, name)
