"""Every job, in the order in which one run of all of them makes sense."""

from datetime import UTC, datetime, timedelta

from apportion.app import App, Said
from apportion.core.errors import Terminal
from apportion.jobs.job import Job

LEAST_DAYS = 30
"""Alerts are kept so long at least: longer than anybody is reminded of one."""


def _ingest(app: App, said: Said) -> str:
    """Bring in what is new; sources that fail are named, the others are loaded."""
    if not app.names_anything():
        return "apportion.yaml names nothing to bring in"
    found = app.ingest_declared(said=said)
    loaded = sum(record.get("status") != "unchanged" for record in found.records)
    if found.problems:
        first = found.problems[0]
        raise Terminal(
            f"{loaded} loaded, {len(found.problems)} failed; the first: {first}",
            hint="'apportion ingest' says all of them.",
        )
    return f"{loaded} loaded" if loaded else "nothing new"


def _allocate(app: App, said: Said) -> str:
    if not app.needs_allocation():
        return "nothing new"
    return f"run {app.allocate(said).run_id}"


def _archive(app: App, said: Said) -> str:
    if not app.workspace.database.there(app.directory):
        return "no operations"
    return f"{app.archive_operations(said).archived:,} operations to the ledger"


def _holds(app: App, _: Said) -> str:
    return f"{app.sweep_budgets():,} let go"


def _anomalies(app: App, said: Said) -> str:
    if not app.workspace.anomalies.enabled:
        return "off"
    found = app.look_for_anomalies(said)
    return f"{sum(len(looked.found) for looked in found)} new or going on"


def _forecasts(app: App, _: Said) -> str:
    if app.ledger.run() is None:
        return "nothing allocated yet"
    return f"{app.keep_forecasts():,} kept"


def _budgets(app: App, _: Said) -> str:
    new = app.keep_budgets()
    return f"{new} thresholds reached" if new else "nothing new"


def _alerts(app: App, _: Said) -> str:
    outcome = app.watch_alerts()
    return f"{len(outcome.opened)} opened, {len(outcome.worse)} worse, {len(outcome.resolved)} resolved"


def _deliver(app: App, _: Said) -> str:
    done = app.deliver_alerts()
    return f"{done.sent} sent, {done.failed} failed"


def _tidy(app: App, _: Said) -> str:
    before = datetime.now(UTC) - timedelta(days=max(app.workspace.retention.days, LEAST_DAYS))
    forgotten = app.forget_alerts(before)
    return f"{forgotten.alerts:,} alerts and {forgotten.messages:,} messages let go"


JOBS = (
    Job("ingest", "bring in new and restated bills, usage and revenue", timedelta(hours=1), _ingest),
    Job("allocate", "run the allocation where something is new", timedelta(minutes=15), _allocate),
    Job("archive", "move operations to the ledger", timedelta(hours=1), _archive),
    Job("holds", "let go of what was reserved and never settled", timedelta(minutes=1), _holds),
    Job("anomalies", "look for anomalies in what came in", timedelta(minutes=15), _anomalies),
    Job(
        "forecasts",
        "keep today's forecasts, to judge them later",
        timedelta(hours=6),
        _forecasts,
    ),
    Job("budgets", "keep what budgets of allocated cost have spent", timedelta(minutes=15), _budgets),
    Job("alerts", "evaluate the rules", timedelta(minutes=5), _alerts),
    Job("deliver", "send what alerts have to tell", timedelta(minutes=1), _deliver),
    Job("tidy", "let go of alerts that were over before the time of 'retention'", timedelta(days=1), _tidy),
)
