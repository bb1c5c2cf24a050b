"""Several processes count at once, and one is killed while it does: nothing is spent twice, nothing is half done."""

import multiprocessing
import random
from collections.abc import Callable
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any

import pytest
from sqlalchemy import func, select

from apportion.database import State, credit_entries, credit_uses, operations
from unit.credits.counted import Ledger
from unit.credits.counting_worker import BATCH, EACH, PLANS, keep, spend

PROCESSES = 3
_forked = multiprocessing.get_context("forkserver")
# Each is a process of its own, forked from one that has loaded what takes a second to load.
_forked.set_forkserver_preload(
    ["apportion.credits.counting", "apportion.metering.archive", "apportion.metering.recent", "psycopg"]
)

pytestmark = pytest.mark.slow


def start(state: State, work: Callable[..., None], *given: Any) -> BaseProcess:
    url = state.url.render_as_string(hide_password=False)
    process = _forked.Process(target=work, args=(url, *given), daemon=True)
    process.start()
    return process


def rest(said: Connection) -> int:
    """How many more were said before the end."""
    found = 0
    try:
        while True:
            said.recv()
            found += 1
    except (EOFError, OSError):  # killed between two, or in the middle of one
        return found


def test_no_credit_is_spent_twice_by_processes_that_count_at_once(state: State) -> None:
    ledger = Ledger(state, PLANS)
    ledger.now = datetime(2026, 10, 5, 12, tzinfo=UTC)
    running = [start(state, spend, f"p{n}") for n in range(PROCESSES)]
    try:
        for n in range(20):
            ledger.grant(f"order-{n % 10}", 1, "promotion")
        for one in running:
            one.join(60)
        assert [one.exitcode for one in running] == [0] * PROCESSES
    finally:
        for one in running:
            one.kill()
            one.join()
    spent = PROCESSES * EACH
    assert (ledger.used(), ledger.used("globex")) == (spent, spent)
    assert ledger.overage("globex") == spent - 40
    granted = sum(granted for granted, _, _ in ledger.grants().values())
    used = sum(used for _, used, _ in ledger.grants().values())
    assert granted == 40 + 10
    assert (ledger.overage(), ledger.balance()) == (spent - used, granted - used)
    ledger.check()


def test_what_is_killed_while_counting_has_counted_what_it_has_kept(state: State) -> None:
    ledger = Ledger(state, PLANS)
    chance, said = random.Random(7), 0
    for turn in range(2):
        here, there = _forked.Pipe(duplex=False)
        worker = start(state, keep, f"turn{turn}", there)
        there.close()
        for _ in range(chance.randint(1, 4)):
            here.recv()
            said += 1
        worker.kill()  # SIGKILL, wherever it is
        worker.join()
        said += rest(here)
        here.close()
        with state.read() as con:
            kept = set(con.execute(select(operations.c.operation_id)).scalars())
            counted = con.execute(select(credit_uses.c.operation_id)).scalars().all()
            taken = con.scalar(
                select(func.sum(credit_entries.c.amount)).where(credit_entries.c.kind == "use")
            )
        assert (len(counted), set(counted)) == (len(kept), kept)
        assert (len(kept) % BATCH, -int(taken or 0)) == (0, len(kept) * 10**9)
        assert len(kept) >= said * BATCH
        ledger.check()
