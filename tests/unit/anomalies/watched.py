"""A small company whose cost is watched: a workspace with bills of some weeks, told day by day."""

from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml

from apportion.anomalies.incidents import Incident
from apportion.app import App
from books import Books, charge

FIRST = date(2026, 7, 1)
SETTINGS: dict[str, Any] = {
    "dimensions": {
        "team": [{"tag": "team"}],
        "service": [{"tag": "service"}],
        "customer": [{"tag": "customer"}],
    },
    "perspectives": {
        "customer": {
            "to": "customer",
            "rules": [{"name": "own", "match": {"customer": "*"}, "method": "direct"}],
        }
    },
    "anomalies": {"hourly": False},
}
WEEK = (1.0, 1.02, 0.99, 1.01, 1.0, 0.5, 0.4)
"""How busy each weekday is."""


def line(day: date, cost: float, resource: str = "", **more: Any) -> dict[str, Any]:
    """What one resource cost on a day."""
    known = {"ResourceId": f"arn:{resource}", "ResourceName": resource} if resource else {}
    given = {"ServiceName": "Compute", "SubAccountId": "1234", "SkuId": "SKU-A", **known, **more}
    until = str(day + timedelta(days=1))
    return charge(f"{cost:.4f}", str(day), until, ChargeFrequency="Usage-Based", **given)


def usual(day: date) -> list[dict[str, Any]]:
    """What an ordinary day costs: two services of two teams, by the week's rhythm, with a little noise."""
    noise = 1 + 0.01 * ((day.toordinal() * 7919) % 7 - 3)
    busy = WEEK[day.weekday()] * noise
    api = {"service": "api", "team": "core", "customer": "acme", "SkuId": "SKU-API"}
    exports = {"service": "exports", "team": "insights", "customer": "globex", "ServiceName": "Functions"}
    return [
        line(day, 400 * busy, "api-1", **api),
        line(day, 30 * busy, "exports-render", **exports, SkuId="SKU-FN", SubAccountId="5678"),
    ]


class Company:
    """Bills that grow by days, allocated and looked at as a job would."""

    def __init__(self, directory: Path, **settings: Any) -> None:
        self.directory, self.rows = directory, []
        self.rows: list[dict[str, Any]] = []
        self.settings = {**SETTINGS, **settings}
        (directory / "apportion.yaml").write_text(yaml.safe_dump(self.settings, sort_keys=False))
        self.books = Books(directory)

    def days(self, count: int) -> list[date]:
        return [FIRST + timedelta(days=i) for i in range(count)]

    def billed(self, rows: Iterable[dict[str, Any]]) -> "Company":
        """The bill as it is delivered now: all rows so far, these too."""
        self.rows += rows
        self.books.bill(self.rows)
        rules = {key: self.settings[key] for key in ("dimensions", "perspectives")}
        self.books.allocate(rules)
        return self

    def app(self) -> App:
        return App(self.directory)

    def look(self) -> list[Incident]:
        """What looking now finds that is new or goes on."""
        return [incident for looked in self.app().look_for_anomalies() for incident in looked.found]


def some_weeks(company: Company, count: int = 60) -> Company:
    """Ordinary weeks."""
    return company.billed(row for day in company.days(count) for row in usual(day))
