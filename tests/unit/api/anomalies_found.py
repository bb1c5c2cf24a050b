"""What was found in a small company: one anomaly that goes on, one that was expected, and a job that ran."""

import weakref
from datetime import UTC, datetime
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from apportion.anomalies.book import put
from apportion.anomalies.chart import Point
from apportion.anomalies.incidents import Driver, Incident, Level
from apportion.anomalies.report import AnomalyReport
from apportion.app.watching import Watching
from apportion.app.working import Working

DAY = datetime(2026, 9, 30, tzinfo=UTC)


def incident(name: str, **more: Any) -> Incident:
    """A function that cost $4,000 in a day."""
    amounts: dict[str, Any] = {
        "current": Decimal("4025.458350574600"),
        "expected": Decimal("24.89"),
        "lower": Decimal("22.87"),
        "upper": Decimal("27.09"),
        "excess": Decimal("4000.57"),
    }
    level = Level(
        grouping="service", fields={"service": "exports"}, step=DAY, score=149.6, channel="point", **amounts
    )
    made = {
        "incident_id": name, "grain": "D", "kind": "rise", "state": "open", "severity": "critical",
        "currency": "USD", "metric": "EffectiveCost", "first_step": DAY, "last_step": DAY, "worst_step": DAY,
        "found": DAY, "title": "exports (exports-render) costs more than usual",
        "where": {"service": "exports"}, "deviation_pct": Decimal("16072.99"), "levels": [level],
        "drivers": [
            Driver(
                field="ResourceName", value="exports-render", current=Decimal("4011.63"),
                usual=Decimal("11.12"), excess=Decimal("4000.51"), share_pct=Decimal("100.00"),
            )
        ],
    }  # fmt: skip
    return Incident(**{**made, **amounts, **more})


class AnomaliesFound:
    """Answers for what was found in a workspace of its own, made when it is first asked."""

    @cached_property
    def _found(self) -> Watching:
        folder = TemporaryDirectory()
        weakref.finalize(self, folder.cleanup)
        (Path(folder.name) / "apportion.yaml").write_text("company: Small\n")
        made = Watching(Path(folder.name))
        weakref.finalize(self, made.stop)
        later = {"state": "expected", "reason": "load test", "severity": "warning"}
        put(made._opened(), [incident("2844c6efdd52"), incident("99daab090125", **later)], DAY)
        return made

    def anomalies(self, *asked: Any) -> Any:
        return self._found.anomalies(*asked)

    def anomaly(self, name: str) -> AnomalyReport:
        one = self._found._incident(name)
        point = Point(step=DAY, amount=one.current, expected=None, lower=None, upper=None, anomalous=True)
        more = {"filter": {}, "chart": [point], "said": []}
        return AnomalyReport.model_validate({**one.model_dump(), **more})

    def mark_anomaly(self, *said: Any) -> Any:
        return self._found.mark_anomaly(*said)

    def last_jobs(self) -> list[dict[str, Any]]:
        working = Working(self._found.directory)
        working.keep_job("anomalies", "ok", "1 new or going on", DAY, 2.5)
        return working.last_jobs()
