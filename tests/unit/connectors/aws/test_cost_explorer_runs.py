"""Run after run against Cost Explorer: only what is new is asked for, and an interrupted run is completed."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from apportion.connectors import Place, bill_connector
from apportion.engine import connect
from apportion.ingestion import Bringing, Brought, Limits
from apportion.ledger import Ledger
from servers.costs import Costs, group, page, span
from servers.faults import Fault, Proxy

NOW = datetime(2026, 10, 20, 8, tzinfo=UTC)
ASK = "GetCostAndUsage"
CORE = "111111111111"


@pytest.fixture
def proxy(costs: Costs, proxied: Callable[[str], Proxy]) -> Proxy:
    return proxied(costs.endpoint)


def answers(
    costs: Costs, september: str, october: str, *, september_open: bool = False, only: str = ""
) -> None:
    """Totals of two months with one kind of line each, then their days; `only` the days of one of them."""
    costs.forget()
    costs.answer(
        page(
            span("2026-09-01", group(["Usage"], september), estimated=september_open),
            span("2026-10-01", group(["Usage"], october), estimated=True),
        )
    )
    for month, cost, still_open in (("2026-09", september, september_open), ("2026-10", october, True)):
        if only in ("", month):
            costs.answer(page(span(f"{month}-03", group(["AWS Lambda", CORE], cost), estimated=still_open)))


def bring(proxy: Proxy, folder: Path) -> Brought:
    place = Place("", {"endpoint": proxy.endpoint}, now=lambda: NOW)
    connector, ledger = bill_connector("aws-cost-explorer"), Ledger(folder / "ledger")
    return Bringing(ledger, "aws", connector, place, folder / "fetched", Limits(), lambda _: None).run()


def asked(proxy: Proxy) -> list[str]:
    """What each request wanted: MONTHLY totals, or the days from a date."""
    bodies = [json.loads(r.body) for r in proxy.seen if ASK in r.headers.get("x-amz-target", "")]
    return ["totals" if b["Granularity"] == "MONTHLY" else b["TimePeriod"]["Start"] for b in bodies]


def billed(folder: Path) -> list[tuple[str, Decimal]]:
    con = connect()
    Ledger(folder / "ledger").snapshot().register(con)
    found: list[tuple[str, Decimal]] = con.execute(
        "SELECT x_BillingPeriod, sum(BilledCost) FROM charges GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    return found


def test_the_first_run_brings_every_month_and_the_next_only_looks(
    costs: Costs, proxy: Proxy, tmp_path: Path
) -> None:
    answers(costs, "100", "60")
    first = bring(proxy, tmp_path)
    assert first.problems == []
    assert [(r.billing_period, r.status, r.state) for r in first.records] == [
        ("2026-09", "loaded", "final"),
        ("2026-10", "loaded", "estimated"),
    ]
    assert billed(tmp_path) == [("2026-09", 100), ("2026-10", 60)]
    assert asked(proxy) == ["totals", "2026-09-01", "2026-10-01"]
    proxy.seen.clear()
    second = bring(proxy, tmp_path)
    assert [r.status for r in second.records] == ["unchanged", "unchanged"]
    assert asked(proxy) == ["totals"]


def test_only_a_month_whose_totals_are_new_is_asked_for_again(
    costs: Costs, proxy: Proxy, tmp_path: Path
) -> None:
    answers(costs, "100", "60")
    bring(proxy, tmp_path)
    answers(costs, "100", "66", only="2026-10")
    proxy.seen.clear()
    assert [r.status for r in bring(proxy, tmp_path).records] == ["unchanged", "restated"]
    assert asked(proxy) == ["totals", "2026-10-01"]
    assert billed(tmp_path) == [("2026-09", 100), ("2026-10", 66)]


def test_a_month_that_became_final_is_loaded_once_more(costs: Costs, proxy: Proxy, tmp_path: Path) -> None:
    answers(costs, "100", "60", september_open=True)
    assert [r.state for r in bring(proxy, tmp_path).records] == ["estimated", "estimated"]
    answers(costs, "100", "60", only="2026-09")
    assert [r.state for r in bring(proxy, tmp_path).records] == ["final", "estimated"]
    proxy.seen.clear()
    bring(proxy, tmp_path)
    assert asked(proxy) == ["totals"]


KILLED = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from apportion.connectors import Place, bill_connector
from apportion.ingestion import Bringing, Limits
from apportion.ledger import Ledger
endpoint, folder = sys.argv[1], Path(sys.argv[2])
place = Place("", {"endpoint": endpoint}, now=lambda: datetime(2026, 10, 20, 8, tzinfo=UTC))
said = lambda text: print(text, flush=True)
Bringing(Ledger(folder / "ledger"), "aws", bill_connector("aws-cost-explorer"), place, folder / "fetched",
         Limits(), said).run()
"""


def test_killed_in_the_middle_the_next_run_completes(costs: Costs, proxy: Proxy, tmp_path: Path) -> None:
    answers(costs, "100", "60")
    waiting = Fault(ASK, cut=10, hold=True)
    proxy.plan(Fault(ASK), Fault(ASK), waiting)  # the totals, September, and October for ever
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, proxy.endpoint, str(tmp_path)],
        stdout=subprocess.PIPE, text=True, env=dict(os.environ),
    )  # fmt: skip
    assert process.stdout is not None
    assert any("Usage in 2026-10" in line for line in process.stdout)
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    assert billed(tmp_path) == [("2026-09", 100)]
    proxy.faults.clear()
    assert bring(proxy, tmp_path).problems == []
    assert billed(tmp_path) == [("2026-09", 100), ("2026-10", 60)]
