"""The worked example of credits comes out as the page says."""

import re
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest
from docs_pages import DOCS

from apportion.database import State
from unit.credits.counted import Ledger

PAGE = (DOCS / "concepts" / "credits.md").read_text(encoding="utf-8")
ROW = re.compile(r"\| (2026-\d\d-\d\d) \| (.+?) \| (\d*) ?\| (\d+) \| (\d+) \|")
STEPS = [m.groups() for m in ROW.finditer(PAGE.split("<!-- example -->")[1].split("\n\n")[0])]
PLANS = {
    "usage": [{"by": "cost", "credits": 1}],
    "offered": {
        "pro": {"title": "Pro", "included": 900, "rollover": 200, "overage": {"price": "0.02"}},
        "max": {"title": "Max", "included": 3000},
    },
}


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    made = Ledger(State.file(tmp_path / "state.db"), PLANS)
    yield made
    made.state.close()


def do(ledger: Ledger, what: str, amount: str) -> None:
    if plan := re.fullmatch(r"(?:subscribes|changes) to (\w+)", what):
        ledger.subscribe(plan[1])
    elif job := re.fullmatch(r"job (\w)", what):
        ledger.put(job[1], amount)
    elif job := re.fullmatch(r"the price of job (\w) is corrected", what):
        ledger.reprice(job[1], amount)
    elif job := re.fullmatch(r"of job (\w) is paid back", what):
        ledger.refund(job[1], amount, "once")
    elif what == "buys":
        ledger.grant("order", amount)
    else:
        assert what == "a new month"


def test_the_worked_example_comes_out_as_written(ledger: Ledger) -> None:
    assert len(STEPS) == 10
    for day, what, amount, left, overage in STEPS:
        ledger.now = datetime.fromisoformat(f"{day}T09:00:00+00:00")
        do(ledger, what, amount)
        assert (ledger.balance(), ledger.overage()) == (Decimal(left), Decimal(overage)), what
        if what == "job C":
            over = ledger.may().over
            assert over
            assert (over.cost, f"${over.cost:.2f}," in PAGE) == (3, True)
    ledger.check()
