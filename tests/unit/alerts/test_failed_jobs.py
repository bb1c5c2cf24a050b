"""Whoever watches is told that what feeds the figures, or looks at them, does not work."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from apportion.app import App

NOON = datetime(2026, 11, 16, 12, tzinfo=UTC)
TOLD = {
    "ingest": ("failed=load", "warning", "Bringing in data failed"),
    "allocate": ("failed=run", "critical", "The allocation failed"),
    "anomalies": ("failed=anomalies", "warning", "Looking for anomalies failed"),
    "forecasts": ("failed=forecasts", "warning", "Keeping forecasts failed"),
    "budgets": ("failed=budgets", "warning", "Keeping budgets failed"),
}


@pytest.fixture
def app(tmp_path: Path) -> App:
    """A workspace in which nothing was brought in yet."""
    (tmp_path / "apportion.yaml").write_text("reporting: {currency: USD}\n")
    return App(tmp_path)


@pytest.mark.parametrize("job", TOLD)
def test_a_job_that_failed_when_it_ran_last_is_told_until_it_works(app: App, job: str) -> None:
    app.keep_job(job, "failed", "The disk is full.", NOON, 1.0)
    found, _ = app.preview_alerts()
    [signal] = found.signals["reconciliation"]
    assert (signal.key, signal.severity, signal.title) == TOLD[job]
    assert signal.text.startswith("The disk is full. ")
    app.keep_job(job, "ok", "done", NOON, 1.0)
    assert app.preview_alerts()[0].signals["reconciliation"] == ()
