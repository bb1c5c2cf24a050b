"""Looking for anomalies, and what people say of them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from apportion.app.base import Said, silent
from apportion.app.reading import Reading

if TYPE_CHECKING:  # arrays and their library, which most commands do without
    from apportion.anomalies.detector import Frequency
    from apportion.anomalies.incidents import Incident, State
    from apportion.anomalies.report import AnomaliesReport, AnomalyReport, Asked
    from apportion.anomalies.service import Looked


class Watching(Reading):
    """Anomalies of the workspace's cost."""

    def look_for_anomalies(self, said: Said = silent) -> list[Looked]:
        """Judge the days and hours that came in since the last time, and keep what was found."""
        from apportion.anomalies.service import look  # noqa: PLC0415

        asked, table, now = self.workspace.anomalies, self.ledger.table("judgements"), datetime.now(UTC)
        grains: tuple[Frequency, ...] = ("D", "H") if asked.hourly else ("D",)
        with self.reader() as (con, facts):
            return [look(con, facts, asked, freq, table, self._opened(), now, said) for freq in grains]

    def backtest_anomalies(self, freq: Frequency, said: Said = silent) -> Looked:
        """What would have been found over the days there are, judged step by step; keeps nothing."""
        from apportion.anomalies.service import replay  # noqa: PLC0415

        with self.reader() as (con, facts):
            return replay(con, facts, self.workspace.anomalies, freq, datetime.now(UTC), said)

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
        with self.reader() as (con, facts):
            points = chart(con, facts, self.workspace.anomalies, files, incident)
        said = said_of(self._opened(), incident.incident_id)
        return AnomalyReport.model_validate({**incident.model_dump(), "chart": points, "said": said})

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
