"""The guides that need a database or Prometheus, followed against real ones."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest
from docs_pages import DOCS, blocks

from apportion.app import App
from conftest import follow
from servers.databases import Postgres

SHARED = DOCS / "guides" / "shared-postgresql.md"
FIRST = datetime(2026, 9, 1, tzinfo=UTC)

pytestmark = [pytest.mark.slow]


def _metrics() -> str:
    """One day; acme makes twice the requests of birch, and both store as much."""
    counted, stored = [], []
    for tenant, rate in (("acme", 2), ("birch", 1)):
        for minute in range(24 * 60):
            at = int((FIRST + timedelta(minutes=minute)).timestamp())
            counted.append(f'http_requests_total{{tenant="{tenant}"}} {rate * minute} {at}')
            stored.append(f'stored_bytes{{tenant="{tenant}"}} 5e9 {at}')
    return "\n".join(
        ["# TYPE http_requests counter", *counted, "# TYPE stored_bytes gauge", *stored, "# EOF", ""]
    )


def test_the_guide_on_prometheus_works(
    metrics: Callable[[str], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (DOCS / "guides" / "usage-from-prometheus.md").read_text()
    page = tmp_path / "usage-from-prometheus.md"
    days = (datetime.now(UTC).date() - FIRST.date()).days
    page.write_text(
        text.replace("http://prometheus.example:9090", metrics(_metrics()))
        .replace("sum: increase\n    dimensions", f"sum: increase\n    days: {days}\n    dimensions")
        .replace("unit: gigabyte hours\n", f"unit: gigabyte hours\n    days: {days}\n")
        .replace("requests can be read: ", "requests can be read: … ")
        .replace("answers 2 series", "answers 0 series")  # long after the samples
    )
    follow(page, tmp_path, "runnable: prometheus")


@pytest.fixture
def shared(postgres: str, postgres_server: Postgres) -> str:
    """A database in which the recipe's SQL was run, and two tenants live; acme has more, and does more."""
    sql = {block.marker: block.text for block in blocks(SHARED) if block.language == "sql"}
    with psycopg.connect(postgres, autocommit=True) as con:
        con.execute("DROP ROLE IF EXISTS apportion")
        con.execute(sql["sql: setup"].replace("change me", "s3cret"))
        for tenant, rows in (("acme", 20_000), ("birch", 5_000)):
            con.execute(f"CREATE ROLE tenant_{tenant}")
            con.execute(f"CREATE SCHEMA tenant_{tenant} AUTHORIZATION tenant_{tenant}")
            con.execute(
                f"CREATE TABLE tenant_{tenant}.orders AS SELECT i, 'an order' FROM generate_series(1, {rows}) i"
            )
            con.execute(f"ALTER TABLE tenant_{tenant}.orders OWNER TO tenant_{tenant}")
        con.execute("CREATE TABLE orders (tenant_id text, what text)")
        for hour in range(3):
            for tenant, times in (("acme", 6), ("birch", 2)):
                con.execute(f"SET ROLE tenant_{tenant}")
                for _ in range(times):
                    con.execute(f"SELECT count(*), sum(i) FROM tenant_{tenant}.orders")
                con.execute("RESET ROLE")
            con.execute(sql["sql: snapshot"])
            con.execute(
                "UPDATE cost.snapshots SET taken_at = %s WHERE taken_at > '2026-09-02'",
                [FIRST + timedelta(hours=hour)],
            )
        con.execute(sql["sql: by tenant_id"])
    return postgres_server.url(postgres.rpartition("/")[2], "apportion", "s3cret")


def test_the_recipe_for_a_shared_postgresql_divides_it_by_what_its_statistics_say(
    shared: str, postgres: str, tmp_path: Path
) -> None:
    follow(SHARED, tmp_path, "runnable: postgresql", COST_DATABASE_URL=shared)
    with psycopg.connect(postgres) as con:
        snapshots = con.execute(
            "SELECT tenant, taken_at, busy_ms, bytes FROM cost.snapshots ORDER BY 1, 2"
        ).fetchall()
    busy, stored = _busy(snapshots), _stored(snapshots)
    assert busy["acme"] > 0
    assert stored["acme"] > stored["birch"] > 0
    costs = {
        row["target"]: Decimal(row["cost"])
        for row in App(tmp_path / "postgres").sql(
            "SELECT target, sum(EffectiveCost) AS cost FROM allocations GROUP BY target", []
        )
    }
    assert sum(costs.values()) == 100
    for tenant in ("acme", "birch"):
        share = Decimal("0.7") * busy[tenant] / sum(busy.values())
        share += Decimal("0.3") * stored[tenant] / sum(stored.values())
        assert abs(costs[tenant] - 100 * share) < Decimal("0.000001"), tenant


Snapshots = list[tuple[str, datetime, Decimal, Decimal]]


def _of(snapshots: Snapshots, tenant: str) -> Snapshots:
    return [s for s in snapshots if s[0] == f"tenant_{tenant}"]


def _busy(snapshots: Snapshots) -> dict[str, Decimal]:
    return {t: _of(snapshots, t)[-1][2] - _of(snapshots, t)[0][2] for t in ("acme", "birch")}


def _stored(snapshots: Snapshots) -> dict[str, Decimal]:
    """Bytes by the hour, but for the last snapshot, whose time is still open."""
    return {t: sum((s[3] for s in _of(snapshots, t)[:-1]), Decimal(0)) for t in ("acme", "birch")}
