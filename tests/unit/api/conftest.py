"""The API over the small company."""

import asyncio
import weakref
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import httpx
import pytest
from fastapi import FastAPI

from apportion.alerts import report as alert_report
from apportion.alerts import watching
from apportion.alerts.settings import Alerts
from apportion.alerts.signals import Signal
from apportion.analytics.changes import Asked, Changes
from apportion.analytics.doubts import DoubtsReport
from apportion.analytics.scope import read_window
from apportion.analytics.sources import Declared, SourceReport, sources_report
from apportion.api import create_app
from apportion.app.exporting import Export, ExportOrder
from apportion.conformance.metered import Charging
from apportion.conformance.metered_rows import FocusRows
from apportion.core.errors import NotFound
from apportion.database import State
from apportion.economics import BehindReport, BehindRequest, BridgeReport, BridgeRequest
from apportion.economics.operations import Asked as OperationsAsked
from apportion.economics.operations import (
    facts_of,
    operations_margin,
    operations_true_up,
    single_operation,
)
from apportion.forecasting import Given
from apportion.ingestion.push import BadRows, Expected, Receipt
from apportion.ingestion.push.batch import check, read_batch
from apportion.ledger import RunRecord
from apportion.metering.cards import card_uses
from apportion.metering.export import encoder
from apportion.metering.service import Meter
from apportion.metering.settings import Tree, TrueUp
from apportion.metering.store import Store
from apportion.metering.unpriced import unpriced
from apportion.pricing import RateCard
from apportion.suggestions import Coverage, Found, MissingMeasure, Proposal, Suggestions
from unit.analytics.small_company import FACTS, small_company
from unit.api.access_kept import AccessKept
from unit.api.alerts_sent import AlertsSent
from unit.api.anomalies_found import AnomaliesFound
from unit.api.budgets_spent import BudgetsSpent
from unit.api.credits_kept import CreditsKept
from unit.economics.operations_told import Told

LOAD = {
    "load_id": "l1",
    "kind": "bill",
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
    "rejects": [
        {
            "file": "aws-2026-09.csv",
            "line": 7,
            "column": "BilledCost",
            "value": "=1+1",
            "reason": "not a number",
        }
    ],
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
    "standing": True,
    "pinned": False,
    "digest": "",
    "as_of": "",
    "reproducible": True,
    "missing": "",
}
CHANGES = Changes.model_validate(
    {
        "kind": "diff",
        "headline": "1 rule changed. Cost that moves: customer $2.50.",
        "changed": True,
        "moved": True,
        "meta": {
            "metric": "EffectiveCost",
            "currencies": ["USD"],
            "start": "2026-07-01",
            "to": "2026-10-01",
            "label": "all days",
        },
        "before": RUN,
        "after": RUN,
        "targets": [
            {
                "perspective": "customer",
                "currency": "USD",
                "target_kind": "allocated",
                "target": "acme",
                "state": "changed",
                "before": "10.00",
                "after": "12.50",
                "change": "2.50",
                "change_pct": "25.00",
            }
        ],
        **{name: [] for name in ("rules", "settings", "data", "perspectives", "notes")},
    }
)
_BILL = {"source": "aws", "billing_period": "2026-09", "currency": "USD"}
_STEP = {"amount": "10090", "rows": 360, "sentence": "As the bill gives it."}
_STEPPED = {
    "step": "console",
    "label": "Bill as given",
    "amount": "0",
    "rows": 0,
    "charges": [],
    "next_cursor": None,
}
BRIDGE = BridgeReport.model_validate(
    {
        "headline": "aws in September 2026: console and invoice both say $10,090.",
        "without": [],
        "bridges": [],
        "steps": [
            {**_BILL, **_STEP, "step": "console", "kind": "start", "label": "Bill as given"},
            {**_BILL, **_STEP, "step": "billed", "kind": "total", "label": "BilledCost"},
        ],
        "parts": [],
        "invoices": [],
        "accounts": [],
        "lines": [],
    }
)
DECLARED = [Declared("aws", "focus", "bills/*.csv")]
SOURCES = sources_report(DECLARED, [], {"aws": date(2026, 9, 30)}, date(2026, 10, 2))


SUGGESTIONS = Suggestions(
    currency="USD",
    charged="100",
    before=[],
    after=[Coverage(perspective="team", attributed="90", charged="100", percent="90.00")],
    proposals=[
        Proposal(
            number=1,
            title="team: the tag team",
            certainty="stated",
            evidence=["team names 2 values for $90"],
            needs=[],
            moves="90",
            moves_by={"team": "90"},
            before=[],
            after=[],
            diff="company",
        )
    ],
    missing_measures=[MissingMeasure(service="ci", cost="5", wanted="requests")],
    offenders=[],
    notes=[],
)


class SmallApp(AccessKept, AlertsSent, AnomaliesFound, BudgetsSpent, CreditsKept):
    """The workspace of the small company."""

    version = "0.0.1"

    def __init__(self, con: duckdb.DuckDBPyConnection = None) -> None:
        self._con = con or small_company()
        self.key = "run-1"
        self.reads = 0
        self.failure = None
        self.pushes: dict[str, bytes] = {}
        self.tidied = 0
        self.told = Told()
        for n, feature in enumerate(("chat", "search", "chat")):
            known = {"feature": feature, "customer": "acme", "input_tokens": 1000, "success": n > 0}
            self.told.tell("0.01", f"2026-10-0{n + 1}T09:30:00+00:00", output_tokens=10 * n, **known)

        self.told.con.execute(
            "CREATE TABLE daily_costs AS SELECT DATE '2026-10-01' AS day, 'USD' AS currency, 'openai' AS source, "
            "CAST(1 AS DECIMAL(28, 12)) AS EffectiveCost, CAST(1 AS DECIMAL(28, 12)) AS BilledCost"
        )
        self.told.con.execute(
            "CREATE TABLE daily_revenue AS SELECT DATE '2026-10-02' AS day, 'USD' AS currency, "
            "'acme' AS customer_id, CAST(9 AS DECIMAL(28, 12)) AS amount"
        )

    def run_key(self) -> Any:
        return self.key

    @contextmanager
    def reader(self) -> Any:
        self.reads += 1
        if self.failure:
            raise self.failure
        cursor = self._con.cursor()
        try:
            yield cursor, FACTS
        finally:
            cursor.close()

    def loads(self, kind: str = "") -> Any:
        return [LOAD] if kind in ("", "bill") else []

    def load(self, load_id: str) -> Any:
        if load_id != "l1":
            raise NotFound(f"There is no load '{load_id}'.")
        return LOAD

    def push_usage(self, key: str, body: bytes) -> Any:
        batch = read_batch(body)
        if batch.measure != "requests":
            raise NotFound(f"apportion.yaml has no measure '{batch.measure}'.")
        expected = Expected("requests", {"service": "service", "customer": "customer"})
        parts, errors = check(batch, expected, datetime(2026, 10, 2, tzinfo=UTC))
        if not parts:
            raise BadRows("None of the rows can be used.", errors[:100])
        known, self.pushes[key] = key in self.pushes, body
        periods = {period: len(part.lines) for period, part in parts.items()}
        numbers = [e.index for e in errors]
        at, kept = "2026-10-02T06:00:00Z", sum(periods.values())
        return Receipt("p1", "requests", at, kept, len(errors), periods, numbers, errors[:100]), known

    @contextmanager
    def operations_asked(self) -> Any:
        now = datetime(2026, 10, 5, 12, tzinfo=UTC)
        yield self.told.con.cursor(), facts_of(self.told.con.cursor(), now)

    def true_up(self, con: Any, asked: Any, metric: str | None = None) -> Any:
        entry = TrueUp(provider="openai", where={"source": "openai"})
        return operations_true_up(con, asked, [entry], self.rate_card, "r1", metric or "EffectiveCost")

    def operations_margin(self, con: Any, asked: Any, by: Any = "customer", most: int = 100) -> Any:
        return operations_margin(con, asked, by, {}, most)

    def operation(self, name: str) -> Any:
        return single_operation(self.told.con.cursor(), name, Tree(), self.rate_card, lambda _: None)

    def export_operations(self, order: ExportOrder) -> Any:
        con = self.told.con.cursor()
        asked = OperationsAsked.of(
            facts_of(con, datetime(2026, 10, 5, tzinfo=UTC)), order.window, None, order.filters
        )
        charging = Charging(self.rate_card, self.rate_card, lambda _: None)
        focus = order.form == "focus"
        return Export(con, asked, FocusRows(charging) if focus else encoder(order.form), order.form)

    @cached_property
    def rate_card(self) -> RateCard:
        return RateCard.seeded([])

    def named_card(self, version: str = "") -> RateCard:
        if version not in ("", self.rate_card.version):
            raise NotFound(f"No rate card '{version}' ever priced anything here.")
        return self.rate_card

    def rate_cards(self) -> Any:
        now = datetime(2026, 10, 5, 12, tzinfo=UTC)
        return card_uses(self.told.con.cursor(), {self.rate_card.version: now}, self.rate_card.version)

    def unpriced(self) -> Any:
        return unpriced(self.told.con.cursor(), self.rate_card)

    @cached_property
    def meter(self) -> Meter:
        folder = TemporaryDirectory()
        weakref.finalize(self, folder.cleanup)
        return Meter(Store(State.file(Path(folder.name) / "state.db")), RateCard.seeded([]))

    def post_operations(self, body: bytes, source: str, encoding: Any) -> Any:
        return self.meter.post(body, source, encoding)

    def tidy_operations(self) -> None:
        pass

    def complete_operations(self, body: bytes) -> Any:
        return self.meter.complete(body)

    def take_traces(self, body: bytes, content_type: str, encoding: Any) -> Any:
        return self.meter.trace(body, content_type, encoding)

    def usage_doubts(self, window: str = "30d", measure: str | None = None) -> Any:
        if measure not in (None, "requests"):
            raise NotFound(f"There is no usage of '{measure}'.")
        read_window(window, FACTS.last_day)
        doubt = {"measure": "requests", "kind": "missing_days", "day": "2026-09-14", "until": "2026-09-14"}
        nothing = dict.fromkeys(("dimension", "target", "quantity", "usual", "share_pct"))
        found = [{**doubt, **nothing, "sentence": "requests has no rows on 2026-09-14."}]
        days = {"start": "2026-09-01", "to": "2026-10-01"}
        words = {"headline": "1 thing to look at", "measures": ["requests"], "more": 0}
        return DoubtsReport.model_validate({**days, **words, "doubts": found})

    def tidy_usage(self) -> int:
        self.tidied += 1
        return 0

    def sources(self) -> Any:
        return SOURCES

    def source(self, name: str) -> Any:
        if name != "aws":
            raise NotFound(f"There is no source '{name}'.")
        return SourceReport(
            headline="", source=SOURCES.sources[0], periods=[], controls=[], invoices=[], loads=[], changes=[]
        )

    def bridge(self, request: BridgeRequest) -> Any:
        if request.source not in (None, "aws"):
            raise NotFound(f"No bill of '{request.source}' is loaded.")
        return BRIDGE

    def bridge_charges(self, request: BridgeRequest, asked: BehindRequest) -> Any:
        if asked.step != "console":
            raise NotFound(f"The bridge has no step '{asked.step}'.")
        return BehindReport(**_BILL, **_STEPPED)

    def given_forecasts(self, facts: Any, query: Any) -> Any:
        day, total = date(2026, 9, 10), Decimal(9000)
        return [Given("USD", "2026-09", day, total, total - 100, total + 100)]

    def runs(self) -> Any:
        return [RUN]

    def run(self, run_id: str) -> Any:
        if run_id != "run-1":
            raise NotFound(f"There is no run '{run_id}'.")
        return RUN

    def plan(self, window: str = "", metric: str = "") -> Any:
        return self.run_diff("run-1", "", window, metric)

    def run_diff(self, before: str, after: str = "", window: str = "", metric: str = "") -> Any:
        if before != "run-1" or after not in ("", "run-1"):
            raise NotFound("There is no such run.")
        Asked(window, metric).days(
            RunRecord.from_dict({**RUN, "versions": {}, "answers": "", "perspectives": {}})
        )
        return CHANGES

    def suggest(self) -> Any:
        return Found(SUGGESTIONS, "", {}, {})

    @cached_property
    def state(self) -> State:
        """A state database in which one rule has found one thing."""
        folder = TemporaryDirectory()
        weakref.finalize(self, folder.cleanup)
        made = State.file(Path(folder.name) / "watched.db")
        made.migrate()
        told = {"title": "Globex: margin 12.5 %", "text": "$700 to serve on $800 of revenue."}
        more = {"dimensions": {"customer": "globex"}, "value": Decimal("12.50"), "unit": "percent"}
        at = datetime(2026, 10, 2, 6, tzinfo=UTC)
        found = Signal("margin", "customer=globex", "warning", at=at, **told, **more)
        watching.watch(made, Alerts(), {"margin": [found]}, at)
        return made

    def alerts(self, **asked: Any) -> Any:
        with self.state.read() as con:
            return alert_report.listed(con, **asked)

    def alert(self, alert_id: str) -> Any:
        with self.state.read() as con:
            return alert_report.single(con, alert_id)

    def alert_rules(self) -> Any:
        with self.state.read() as con:
            return alert_report.rules(con, Alerts())

    def acknowledge_alert(self, alert_id: str, who: str, reason: str = "") -> Any:
        now = datetime(2026, 10, 2, 7, tzinfo=UTC)
        return alert_report.row_of(watching.acknowledge(self.state, alert_id, who, now, reason))

    def mute_alert(self, alert_id: str, until: datetime, reason: str, who: str) -> Any:
        now = datetime(2026, 10, 2, 8, tzinfo=UTC)
        return alert_report.row_of(watching.mute(self.state, alert_id, until, reason, who, now))

    def unmute_alert(self, alert_id: str, who: str) -> Any:
        now = datetime(2026, 10, 2, 9, tzinfo=UTC)
        return alert_report.row_of(watching.unmute(self.state, alert_id, who, now))

    def health(self) -> Any:
        run = {"run_id": "run-1", "finished_at": RUN["finished_at"]}
        return {
            "status": "ok",
            "version": "0.0.1",
            "workspace": "small",
            "run": run,
            "tables": {"charges": 3},
        }


class Client:
    """Asks the application without a network."""

    def __init__(self, app: FastAPI, host: str = "127.0.0.1") -> None:
        self._app, self._base = app, f"http://{host}"

    def get(self, path: str, **kwargs: Any) -> Any:
        return self.request("GET", path, **kwargs)

    def request(self, method: str, path: str, **kwargs: Any) -> Any:
        async def ask() -> Any:
            transport = httpx.ASGITransport(self._app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url=self._base) as client:
                return await client.request(method, path, **kwargs)

        return asyncio.run(ask())


@pytest.fixture
def company() -> Any:
    return SmallApp()


@pytest.fixture
def asking() -> Any:
    return Client


@pytest.fixture
def client(company: SmallApp) -> Any:
    return Client(create_app(company))
