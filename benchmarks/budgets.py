"""Reserve and settle, by 16 callers at once, against a bare conditional UPDATE of one row in the same database.

In one process and without HTTP: what is timed is what a budget adds to a call, from the question to the answer
that is on the disk. Each call concerns two enforced budgets, of the company and of its team, and is written as a
reservation, two entries and two counters. The bare UPDATE is one statement of one row and its commit.

All 16 begin each call at the same moment, so that each of them competes with 15. Where each begins as soon as it
can, SQLite serves one client many times in a row and lets the others wait for a second or more; as that happens
to each of them only once or twice, its 99th percentile is that of a client alone. It is printed beside it.
"""

import shutil
import sqlite3
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy.engine import make_url

from apportion.app.budgeting import Budgeting
from apportion.budgets.bodies import ReserveBody, SettleBody
from apportion.database.state import BUSY_SECONDS, PRAGMAS
from benchmarks.measure import Ratio

CLIENTS, TEAMS = 16, 8
SETTINGS = """\
company: Fernway
budgets:
  company: {amount: 1000000, enforced: true}
  team_ai: {for: {team: "*"}, amount: 1000000, enforced: true}
"""
BARE = "UPDATE bare SET reserved = reserved + 1 WHERE id = 1 AND spent + reserved + 1 <= 1000000000"
SHAPE = "CREATE TABLE IF NOT EXISTS bare (id INTEGER PRIMARY KEY, spent BIGINT, reserved BIGINT)"


Client = Callable[[], object]


def timed(clients: Sequence[Client], each: int, *, together: bool) -> list[float]:
    """The seconds of every call of clients at once, sorted; `together` they begin each of them at the same moment.

    Without that, each begins its next call as soon as its last one ended.
    """
    all_of_them = threading.Barrier(len(clients))
    times: list[list[float]] = [[] for _ in clients]

    def work(do: Client, mine: list[float]) -> None:
        all_of_them.wait()
        for _ in range(each):
            if together:
                all_of_them.wait()
            begun = time.perf_counter()
            do()
            mine.append(time.perf_counter() - begun)

    with ThreadPoolExecutor(len(clients)) as threads:
        list(threads.map(work, clients, times))
    return sorted(one for mine in times for one in mine)


def p99(times: Sequence[float]) -> float:
    """What 99 of 100 take at most."""
    return times[len(times) * 99 // 100]


def ours(app: Budgeting) -> list[Client]:
    def client(team: str) -> Client:
        def pair() -> None:
            name = uuid.uuid4().hex
            app.reserve_budget(ReserveBody(id=name, team=team, estimate=Decimal("0.02")))
            app.settle_budget(SettleBody(id=name, cost=Decimal("0.01")))

        return pair

    return [client(f"team-{n % TEAMS}") for n in range(CLIENTS)]


@contextmanager
def bare_sqlite(path: Path) -> Iterator[list[Client]]:
    made: list[Any] = []

    def client() -> Client:
        con = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=BUSY_SECONDS)
        made.append(con)
        for pragma in PRAGMAS:
            con.execute(f"PRAGMA {pragma}")
        return lambda: con.execute(BARE)

    clients = [client() for _ in range(CLIENTS)]
    made[0].execute(SHAPE)
    made[0].execute("INSERT OR REPLACE INTO bare VALUES (1, 0, 0)")
    yield clients
    for con in made:
        con.close()


@contextmanager
def bare_postgres(url: str) -> Iterator[list[Client]]:
    import psycopg  # noqa: PLC0415

    made = [psycopg.connect(url, autocommit=True) for _ in range(CLIENTS)]
    made[0].execute(SHAPE)
    made[0].execute("INSERT INTO bare VALUES (1, 0, 0) ON CONFLICT (id) DO UPDATE SET reserved = 0")
    yield [lambda con=con: con.execute(BARE) for con in made]
    for con in made:
        con.close()


def measured(root: Path, settings: str, bare: Any, each: int, rounds: int) -> tuple[list[float], list[float]]:
    """p99 of ours and of the bare UPDATE, in turns; what is not judged is printed."""
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    (root / "apportion.yaml").write_text(SETTINGS + settings)
    found: tuple[list[float], list[float]] = ([], [])
    with bare as baseline:
        app = Budgeting(root)
        timed(ours(app), 5, together=True)
        for _ in range(rounds):
            for made, clients in zip(found, (ours(app), baseline), strict=True):
                made.append(p99(timed(clients, each, together=True)))
        for name, clients in (("reserve and settle", ours(app)), ("bare UPDATE", baseline)):
            free = [1000 * one for one in timed(clients, each, together=False)]
            half, most = free[len(free) // 2], free[-1]
            print(
                f"each as fast as it can, {name}: median {half:.1f} ms, p99 {p99(free):.1f}, longest {most:.0f}"
            )
        app.stop()
    return found


def run(box: Path, rows: int = 10_000_000, rounds: int = 3) -> list[Ratio]:
    """Measure in folders below `box`; every client makes a call for each fifty thousand `rows`."""
    sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
    from servers import databases  # noqa: PLC0415

    each = max(20, rows // 50_000)
    name = f"reserve and settle, {CLIENTS} callers, p99, against a bare conditional UPDATE"
    root = box / "budgets"
    times = measured(root, "", bare_sqlite(root / "bare.db"), each, rounds)
    made = [Ratio(f"{name} (SQLite)", 5.0, *times)]
    if why := databases.missing("postgres"):
        print(f"left out on PostgreSQL: {why}")
        return made
    with databases.postgres(fsync=True) as server:
        url = server.url()
        times = measured(root, f"database: {{url: '{url_without(url)}', password: {{file: secret}}}}\n",
                         secret(root, url, bare_postgres(url)), each, rounds)  # fmt: skip
    return [*made, Ratio(f"{name} (PostgreSQL)", 5.0, *times)]


def url_without(url: str) -> str:
    return make_url(url)._replace(password=None).render_as_string()


@contextmanager
def secret(root: Path, url: str, bare: Any) -> Iterator[Any]:
    """With the password where the settings say that it is."""
    (root / "secret").write_text(make_url(url).password or "")
    with bare as clients:
        yield clients
