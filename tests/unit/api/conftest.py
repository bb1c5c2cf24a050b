import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
from starlette.testclient import TestClient

sys.path.insert(0, str(Path(__file__).parents[1] / "analytics"))

from small_company import FACTS, small_company

from apportion.api import create_app
from apportion.core.errors import NotFound

LOAD = {
    "load_id": "l1",
    "source": "aws",
    "connector": "focus",
    "billing_period": "2026-09",
    "loaded_at": "2026-10-01T05:00:00+00:00",
    "status": "loaded",
    "files": ["aws-2026-09.csv"],
    "rows": 360,
    "rejected_rows": 1,
    "rejected_cost": {"BilledCost": "0.000000000000"},
    "totals": [{"currency": "USD", "BilledCost": "10090.00", "EffectiveCost": "10090.00"}],
    "repairs": [{"repair": "null_text", "column": "Tags", "rows": 3, "example": "NULL"}],
    "rounding": {"values": 0, "total": "0"},
    "restatement": None,
    "rejects": [{"file": "aws-2026-09.csv", "line": 7, "column": "BilledCost", "value": "=1+1", "reason": "not a number"}],
    "tag_keys": [{"key": "team", "rows": 330}],
}
RUN = {
    "run_id": "run-1",
    "started_at": "2026-10-01T05:59:00+00:00",
    "finished_at": "2026-10-01T06:00:00+00:00",
    "rules_hash": "abc",
    "rules": "company: small",
    "dimensions": list(FACTS.dimensions),
    "measures": ["requests"],
    "currencies": ["USD"],
    "metric": "EffectiveCost",
    "time_zone": "UTC",
    "first_day": "2026-07-01",
    "last_day": "2026-09-30",
    "charges": 1104,
    "results": 2000,
}


class SmallApp:
    """The workspace of the small company."""

    version = "0.0.1"

    def __init__(self) -> None:
        self._con = small_company()
        self.key = "run-1"
        self.reads = 0

    def run_key(self):
        return self.key

    @contextmanager
    def reader(self):
        self.reads += 1
        cursor = self._con.cursor()
        try:
            yield cursor, FACTS
        finally:
            cursor.close()

    def loads(self):
        return [LOAD]

    def load(self, load_id):
        if load_id != "l1":
            raise NotFound(f"There is no load '{load_id}'.")
        return LOAD

    def runs(self):
        return [RUN]

    def run(self, run_id):
        if run_id != "run-1":
            raise NotFound(f"There is no run '{run_id}'.")
        return RUN

    def health(self):
        run = {"run_id": "run-1", "finished_at": RUN["finished_at"]}
        return {"status": "ok", "version": "0.0.1", "workspace": "small", "run": run, "tables": {"charges": 3}}


@pytest.fixture(scope="session")
def company():
    return SmallApp()


@pytest.fixture(scope="session")
def client(company):
    return TestClient(create_app(company), base_url="http://127.0.0.1", raise_server_exceptions=False)
