"""The demo's planted anomaly is found, and nothing that was planted to look like one is."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from fernway import Company

from apportion.anomalies.incidents import Incident
from apportion.app import App

NEAR = timedelta(days=4)


@pytest.fixture(scope="module")
def found(allocated: Path) -> list[Incident]:
    """What would have been found over the demo's days, judged one by one."""
    [looked] = App(allocated).backtest_anomalies("day")
    return looked.found


def notified(found: list[Incident]) -> list[Incident]:
    """What people are told of: a launch is on the page, and in no channel."""
    return [incident for incident in found if incident.kind != "launch"]


def test_the_spike_is_the_top_anomaly_on_the_day_after(found: list[Incident], quarter: Company) -> None:
    planted = quarter.truth["planted"]["incident"]
    top = max(found, key=lambda incident: abs(incident.excess))
    assert str(top.first_step.date()) == str(top.worst_step.date()) == planted["day"]
    assert (top.severity, top.where["service"]) == ("critical", planted["service"])
    named = [(d.field, d.value) for d in top.drivers if d.share_pct is not None and d.share_pct > 90]
    assert ("ResourceName", planted["ResourceName"]) in named
    assert ("ServiceName", planted["ServiceName"]) in named
    assert abs(float(top.excess) - float(planted["extra"])) < 50


def test_deployments_and_month_starts_raise_nothing(found: list[Incident], quarter: Company) -> None:
    planted = quarter.truth["planted"]
    days = [fact["day"] for fact in [*planted["deployments"], *planted["month_starts"]]]
    for day in map(date.fromisoformat, days):
        near = [i.title for i in notified(found) if abs(i.first_step.date() - day) < NEAR]
        assert near == []


def test_at_most_one_false_notification_a_week(found: list[Incident], quarter: Company) -> None:
    spike = quarter.truth["planted"]["incident"]["day"]
    false = [i for i in notified(found) if str(i.first_step.date()) != spike]
    assert len(false) <= 90 / 7
