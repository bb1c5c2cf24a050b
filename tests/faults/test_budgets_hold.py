"""Budgets hold over four server processes on one database, and when some of them are killed."""

import http.client
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pydantic_core import from_json
from sqlalchemy import select
from sqlalchemy.engine import make_url

from apportion.app.budgeting import Budgeting
from apportion.budgets.bodies import ReserveBody
from apportion.budgets.errors import OverBudget
from apportion.budgets.service import Budgets
from apportion.database import budget_entries, budget_periods
from served import Server

CALLERS, SERVERS, DOLLAR = 200, 4, 10**9
ROOM, CALLS_AT_ONCE = 5, 10
SETTINGS = f"""\
company: Fernway
budgets:
  exact: {{for: {{team: exact}}, amount: {ROOM}, enforced: true}}
  triple: {{for: {{team: triple}}, amount: {CALLS_AT_ONCE}, enforced: true}}
  company: {{amount: 1000}}
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def workspace(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace with budgets whose state is in a file, or in a PostgreSQL of its own."""
    settings = SETTINGS
    if request.param == "postgresql":
        url = make_url(request.getfixturevalue("postgres"))
        monkeypatch.setenv("STATE_PASSWORD", url.password or "")
        address = url._replace(drivername="postgresql", password=None).render_as_string()
        settings += f"database: {{url: '{address}', password: {{env: STATE_PASSWORD}}}}\n"
    (tmp_path / "apportion.yaml").write_text(settings)
    return tmp_path


@pytest.fixture
def servers(workspace: Path) -> Iterator[list[Server]]:
    first = Budgeting(workspace)
    first.list_budgets()  # makes the database
    first.stop()
    with ThreadPoolExecutor(SERVERS) as starting:
        made = list(starting.map(Server, [workspace] * SERVERS))
    yield made
    for server in made:
        server.kill()


@pytest.fixture
def books(workspace: Path) -> Iterator["Books"]:
    made = Books(workspace)
    yield made
    made.app.stop()


class Books:
    """The database as it is, whatever servers say."""

    def __init__(self, workspace: Path) -> None:
        self.app = Budgeting(workspace)

    def period(self, budget: str) -> Any:
        with self.app._opened().read() as con:
            return con.execute(select(budget_periods).where(budget_periods.c.budget == budget)).one()

    def entries(self, budget: str) -> list[Any]:
        mine = budget_entries.c.period_id == self.period(budget).period_id
        with self.app._opened().read() as con:
            return list(con.execute(select(budget_entries).where(mine)).all())

    def add_up(self, budget: str) -> None:
        """Spent and reserved are the sums of their rows."""
        period, entries = self.period(budget), self.entries(budget)
        assert period.spent == sum(e.amount for e in entries if e.state != "held")
        assert period.reserved == sum(e.amount for e in entries if e.state == "held")

    def reserves_later(self, team: str, count: int) -> int:
        """How many of so many calls of a dollar are let in an hour from now."""
        own = self.app.budgets
        self.app._budgets = Budgets(own.declared, own.tree, lambda: datetime.now(UTC) + timedelta(hours=1))
        admitted = 0
        for n in range(count):
            with suppress(OverBudget):
                body = ReserveBody(id=f"later-{n}", team=team, estimate=Decimal(1))
                admitted += self.app.reserve_budget(body).state == "held"
        return admitted


def at_once(work: Callable[[int], Any]) -> list[Any]:
    """What 200 callers get who begin at the same moment; None for those whose server is gone."""
    together = threading.Barrier(CALLERS)

    def caller(n: int) -> Any:
        together.wait()
        with suppress(OSError, http.client.HTTPException):
            return work(n)
        return None

    with ThreadPoolExecutor(CALLERS) as callers:
        return list(callers.map(caller, range(CALLERS)))


def reserve(server: Server, name: str, team: str) -> int:
    status, body = server.post("/api/v1/budgets/reserve", {"id": name, "team": team, "estimate": "1"})
    assert status in (200, 402), body
    return status


def calls_that_cost_three_times_what_was_held(books: Books, servers: list[Server]) -> None:
    """They overshoot by what was in flight at most; it is told in dollars, and the next is refused."""

    def call(n: int) -> bool:
        server = servers[n % SERVERS]
        if reserve(server, f"triple-{n}", "triple") == 402:
            return False
        status, body = server.post("/api/v1/budgets/settle", {"id": f"triple-{n}", "cost": "3"})
        assert (status, from_json(body)["above_estimate"]) == (200, "2.00")
        return True

    admitted = at_once(call).count(True)
    period = books.period("triple")
    assert 1 <= admitted <= CALLS_AT_ONCE
    assert (period.spent, period.reserved) == (3 * DOLLAR * admitted, 0)
    over = max(period.spent - period.amount, 0)
    assert over <= 3 * DOLLAR * CALLS_AT_ONCE - period.amount
    books.add_up("triple")
    row = books.app.budget("triple", "triple")
    assert (row.over, len(row.overshoots)) == (Decimal(over) / DOLLAR, admitted)
    assert reserve(servers[0], "next", "triple") == 402


def no_more_is_let_in_than_there_is_room_for(books: Books, servers: list[Server]) -> None:
    """Whoever is killed in the middle; what nobody settles comes back."""
    answers = threading.Semaphore(0)

    def kill_one() -> None:
        for _ in range(20):
            answers.acquire()
        servers[0].kill()

    def call(n: int) -> int:
        try:
            return reserve(servers[n % SERVERS], f"call-{n}", "exact")
        finally:
            answers.release()

    killer = threading.Thread(target=kill_one)
    killer.start()
    found = at_once(call)
    killer.join()
    told = {f"call-{n}" for n, status in enumerate(found) if status == 200}
    held = {entry.operation_id for entry in books.entries("exact")}
    assert told <= held
    assert len(held) == ROOM
    assert found.count(402) >= CALLERS * (SERVERS - 1) // SERVERS - ROOM
    books.add_up("exact")

    servers[1].kill()  # between reserve and settle
    name = min(held)
    for _ in range(2):  # the second time changes nothing
        assert servers[2].post("/api/v1/budgets/settle", {"id": name, "cost": "0.5"})[0] == 200
    assert (books.period("exact").spent, books.period("exact").reserved) == (DOLLAR // 2, 4 * DOLLAR)
    books.add_up("exact")
    books.add_up("company")
    assert books.reserves_later("exact", 10) == 4  # what nobody settled came back
    books.add_up("exact")
    books.add_up("company")


@pytest.mark.slow
def test_budgets_hold_over_four_processes(books: Books, servers: list[Server]) -> None:
    calls_that_cost_three_times_what_was_held(books, servers)
    no_more_is_let_in_than_there_is_room_for(books, servers)
