"""Looking for anomalies, and what people say of them."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from apportion.app.base import Said, silent
from apportion.app.reading import Reading

if TYPE_CHECKING:  # arrays and their library, which most commands do without
    from collections.abc import Iterator

    import duckdb

    from apportion.analytics.models import Facts
    from apportion.anomalies.ground import Ground
    from apportion.anomalies.incidents import Incident, State
    from apportion.anomalies.report import AnomaliesReport, AnomalyReport, Asked
    from apportion.anomalies.service import Looked

    Judging = tuple[duckdb.DuckDBPyConnection, Facts | None, Ground | None]

Span = Literal["day", "hour", "live"]


class Watching(Reading):
    """Anomalies of the workspace's cost."""

    def look_for_anomalies(self, said: Said = silent) -> list[Looked]:
        """Judge the days and hours that came in since the last time, and keep what was found."""
        from apportion.anomalies.service import look  # noqa: PLC0415

        table, state, now = self.ledger.table("judgements"), self._opened(), datetime.now(UTC)
        grains: tuple[Span, ...] = ("day", "hour", "live") if self.workspace.anomalies.hourly else ("day",)
        found = []
        for grain in grains:
            with self._ground(grain, now) as (con, facts, ground):
                if ground:
                    found.append(look(con, facts, ground, table, state, now, said))
        return found

    def backtest_anomalies(self, grain: Span, said: Said = silent) -> Looked | None:
        """What would have been found over the steps there are, judged one by one; keeps nothing."""
        from apportion.anomalies.service import replay  # noqa: PLC0415

        now = datetime.now(UTC)
        with self._ground(grain, now) as (con, facts, ground):
            table = self.ledger.table("judgements")
            return replay(con, facts, ground, table, now, said) if ground else None

    @contextmanager
    def _ground(self, grain: Span, now: datetime) -> Iterator[Judging]:
        """What is judged: the days or hours of charges, or AI operations as they happen."""
        from apportion.anomalies.ground import charged, operated  # noqa: PLC0415

        asked = self.workspace.anomalies
        if grain == "live":
            with self.operations_reader() as con:
                yield con, None, operated(con, asked, now)
        elif self.ledger.run() is None:
            with self.facts_alone() as con:
                yield con, None, None
        else:
            with self.reader() as (con, facts):
                yield con, facts, charged(con, facts, asked, "D" if grain == "day" else "H")

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
        grain: Span = "day" if incident.grain == "D" else "live" if incident.live else "hour"
        with self._ground(grain, datetime.now(UTC)) as (con, _, ground):
            points = chart(con, ground, files, incident) if ground else []
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
