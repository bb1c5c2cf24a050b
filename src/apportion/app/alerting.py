"""What is watched, and who is told: rules over the results that stand."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from apportion.app.acting import Acting
from apportion.app.billing import Billing
from apportion.app.limiting import Limiting
from apportion.app.valuing import Valuing
from apportion.app.watching import Watching
from apportion.app.working import Working
from apportion.core.errors import NotFound

if TYPE_CHECKING:  # reports and databases, which most commands do without
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import duckdb

    from apportion.alerts.evaluate import Evaluation
    from apportion.alerts.forgetting import Forgotten
    from apportion.alerts.report import AlertList, AlertRow, OneAlert, RuleList
    from apportion.alerts.rules.results import Failing, Failure, Incident, Loaded, Results
    from apportion.alerts.state import Decision, Outcome
    from apportion.analytics.models import Facts
    from apportion.economics.operations import OperationsMargin

WATCHED_JOBS: Mapping[str, Failing] = {
    "ingest": "load",
    "allocate": "run",
    "anomalies": "anomalies",
    "forecasts": "forecasts",
    "budgets": "budgets",
}
"""Jobs that somebody is told of when they fail, and as what."""


class Alerting(Acting, Watching, Limiting, Billing, Valuing, Working):
    """Alerts of a workspace."""

    def evaluate_alerts(self, as_of: date | None = None) -> Evaluation:
        """What the rules find now, or would have found the morning after a day; nobody is told."""
        from apportion.alerts.evaluate import evaluate  # noqa: PLC0415

        with self._results(datetime.now(UTC)) as results:
            return evaluate(results.as_of(as_of) if as_of else results, self.alert_settings)

    def preview_alerts(self) -> tuple[Evaluation, Decision]:
        """What the rules find now, and what it would lead to; nothing is kept, nobody is told."""
        from apportion.alerts.evaluate import evaluate  # noqa: PLC0415
        from apportion.alerts.watching import preview  # noqa: PLC0415

        now, settings = datetime.now(UTC), self.alert_settings
        with self._results(now) as results:
            found = evaluate(results, settings)
        with self._state_there() as state:
            return found, preview(state, settings, found.signals, now)

    def watch_alerts(self) -> Outcome:
        """Evaluate the rules and keep what follows, with the messages about it in the outbox."""
        from apportion.alerts.evaluate import evaluate  # noqa: PLC0415
        from apportion.alerts.watching import watch  # noqa: PLC0415

        now, settings = datetime.now(UTC), self.alert_settings
        with self._results(now) as results:
            found = evaluate(results, settings)
        outcome = watch(self._opened(), settings, found.signals, now)
        self.act_on_alerts()
        return outcome

    def alerts(self, **asked: Any) -> AlertList:
        """A page of alerts, the newest first: `state`, `severity`, `rule`, `cursor`, `limit`."""
        from apportion.alerts import report  # noqa: PLC0415

        with self._state_there() as state:
            if state is None:
                return report.NOTHING
            with state.read() as con:
                return report.listed(con, **asked)

    def alert(self, alert_id: str) -> OneAlert:
        """One alert with its history, by its id or the beginning of it. Raises NotFound."""
        from apportion.alerts import report  # noqa: PLC0415

        with self._opened().read() as con:
            return report.single(con, alert_id)

    def alert_rules(self) -> RuleList:
        """Every rule as it holds, and what it found last."""
        from apportion.alerts import report  # noqa: PLC0415

        with self._state_there() as state:
            if state is None:
                return report.rules(None, self.alert_settings)
            with state.read() as con:
                return report.rules(con, self.alert_settings)

    def acknowledge_alert(self, alert_id: str, who: str, reason: str = "") -> AlertRow:
        """Somebody has it. Raises NotFound, and Refused where it is over."""
        from apportion.alerts import report, watching  # noqa: PLC0415

        return report.row_of(watching.acknowledge(self._opened(), alert_id, who, datetime.now(UTC), reason))

    def mute_alert(self, alert_id: str, until: datetime, reason: str, who: str) -> AlertRow:
        """Nobody hears of it until then. Raises NotFound, and BadInput without a reason or time to come."""
        from apportion.alerts import report, watching  # noqa: PLC0415

        now = datetime.now(UTC)
        return report.row_of(watching.mute(self._opened(), alert_id, until, reason, who, now))

    def unmute_alert(self, alert_id: str, who: str) -> AlertRow:
        """It is heard of again. Raises NotFound."""
        from apportion.alerts import report, watching  # noqa: PLC0415

        return report.row_of(watching.unmute(self._opened(), alert_id, who, datetime.now(UTC)))

    def forget_alerts(self, before: datetime) -> Forgotten:
        """Delete finished messages and alerts that were over before a time, with all that belongs to them."""
        from apportion.alerts.forgetting import Forgotten, forget  # noqa: PLC0415

        with self._state_there() as state:
            return forget(state, before) if state else Forgotten()

    @contextmanager
    def _results(self, now: datetime) -> Iterator[Results]:
        """What rules look at; before the first run that is little."""
        try:
            with self.reader() as (con, facts):
                yield self._looked_at(now, con, facts)
        except NotFound:
            if self.ledger.run() is not None:
                raise
            yield self._looked_at(now, None, None)

    def _looked_at(
        self, now: datetime, con: duckdb.DuckDBPyConnection | None, facts: Facts | None
    ) -> Results:
        from apportion.alerts.rules.results import Results  # noqa: PLC0415

        return Results(
            now=now,
            con=con,
            facts=facts,
            sources=self.sources,
            loaded=self._loaded,
            incidents=self._incidents_once(),
            failures=self._failures,
            features=self._feature_margin,
            reached=lambda at: self.thresholds_reached(at, facts, then=at != now),
            expected=lambda then: self.periods_expected(con, facts, then),
            used=lambda _: self.credits_used(),
            owners=self.alert_settings.owners,
        )

    def _loaded(self) -> Sequence[Loaded]:
        """The days on which each source was loaded."""
        from apportion import ingestion  # noqa: PLC0415
        from apportion.alerts.rules.results import Loaded  # noqa: PLC0415

        days: dict[str, set[date]] = {}
        for load in ingestion.loads(self.ledger):
            days.setdefault(load.source, set()).add(datetime.fromisoformat(load.loaded_at).date())
        return [Loaded(source, tuple(sorted(on))) for source, on in days.items()]

    def _incidents_once(self) -> Callable[[], Sequence[Incident]]:
        """Anomalies as they are kept, read once however many rules ask."""
        return cache(self.incidents)

    def _failures(self) -> Sequence[Failure]:
        """What the schedule failed at when it last tried."""
        from apportion.alerts.rules.results import Failure  # noqa: PLC0415

        return [
            Failure(WATCHED_JOBS[row["job"]], row["said"], row["started"])
            for row in self.last_jobs()
            if row["job"] in WATCHED_JOBS and row["outcome"] == "failed"
        ]

    def _feature_margin(self, window: str) -> OperationsMargin:
        from apportion.economics.operations import Asked  # noqa: PLC0415

        with self.operations_asked() as (con, facts):
            return self.operations_margin(con, Asked.of(facts, window, None, {}), "feature", 1000)
