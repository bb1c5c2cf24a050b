"""Usage from a Prometheus server: counters and gauges, the ends of days, gaps, and what refusals say."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from apportion.connectors.prometheus.samples import POINTS, moments, ranges
from apportion.connectors.prometheus.usage import PrometheusUsage
from apportion.connectors.stores import Patience
from apportion.connectors.usage import PrometheusMeasure
from apportion.core.errors import ApportionError, BadInput, NotFound, Terminal, Transient
from apportion.core.periods import Window
from apportion.engine import connect
from apportion.ingestion import Limits, LoadRecord, ingest_measure
from apportion.ledger import Ledger
from servers.faults import Fault, Proxy

FIRST = datetime(2026, 9, 1, tzinfo=UTC)
NOW = datetime(2026, 9, 3, 10, tzinfo=UTC)
RESET = 1000
"""The minute in which the counting process starts again."""


def _requests(minute: int) -> int:
    """How many there are in a minute."""
    return 1 + minute % 7


def _samples() -> str:
    """Two days, minute by minute, and an hour before and after them."""
    counter, level, spotty = [], [], []
    total = 0
    for minute in range(-60, 2 * 1440 + 60):
        at = int((FIRST + timedelta(minutes=minute)).timestamp())
        total = total + _requests(minute - 1) if minute != RESET else _requests(minute - 1)
        counter.append(f'requests_total{{customer="acme"}} {total} {at}')
        level.append(f'stored_gigabytes{{customer="acme"}} {100 if minute <= 1440 else 200} {at}')
        if not 600 < minute <= 720:
            spotty.append(f'spotty{{customer="acme"}} 1 {at}')
    return "\n".join(
        ["# TYPE requests counter", *counter, "# TYPE stored_gigabytes gauge", *level, "# TYPE spotty gauge", *spotty,
         "# EOF", ""]
    )  # fmt: skip


SAMPLES = _samples()
COUNTED = {"query": "sum by (customer) (increase(requests_total[$step]))", "sum": "increase"}
STORED = {"query": "sum by (customer) (stored_gigabytes)", "sum": "average"}


class Prometheus:
    """A server, a proxy before it, and a ledger to bring usage into."""

    def __init__(self, proxy: Proxy, folder: Path) -> None:
        self.proxy, self.folder = proxy, folder
        self.ledger = Ledger(folder / "ledger")

    def connector(self, **more: Any) -> PrometheusUsage:
        given = {
            "connector": "prometheus",
            "url": self.proxy.endpoint,
            "dimensions": {"customer": "customer"},
            "days": 2,
        }
        return PrometheusUsage(
            PrometheusMeasure.model_validate({**given, **COUNTED, **more}),
            self.folder,
            Patience(attempts=3, sleep=lambda _: None),
        )

    def load(self, now: datetime = NOW, limits: Limits | None = None, **more: Any) -> list[LoadRecord]:
        return ingest_measure(self.ledger, "m", self.connector(**more), now=lambda: now, limits=limits)

    def rows(self, columns: str, group: str = "") -> list[Any]:
        con = connect()
        self.ledger.snapshot().register(con)
        return con.execute(f"SELECT {columns} FROM usage {group} ORDER BY ALL").fetchall()

    def by_day(self) -> list[tuple[str, Decimal]]:
        return self.rows("CAST(day AS VARCHAR), sum(quantity)", "GROUP BY day")


@pytest.fixture
def prometheus(metrics: Callable[[str], str], proxied: Callable[[str], Proxy], tmp_path: Path) -> Prometheus:
    return Prometheus(proxied(metrics(SAMPLES)), tmp_path)


def test_each_increase_of_a_counter_counts_once_through_a_restart(prometheus: Prometheus) -> None:
    prometheus.load()
    truth = [sum(map(_requests, range(hour * 60, hour * 60 + 60))) for hour in range(48)]
    assert [int(quantity) for _, quantity in prometheus.rows("time, quantity")] == truth
    assert prometheus.rows("min(time), max(time)") == [(FIRST, FIRST + timedelta(hours=47))]


@pytest.mark.parametrize("step", ["15m", "1h", "6h", "1d"])
def test_any_step_gives_the_same_days(prometheus: Prometheus, step: str) -> None:
    prometheus.load(step=step)
    assert prometheus.by_day() == [
        ("2026-09-01", sum(map(_requests, range(1440)))),
        ("2026-09-02", sum(map(_requests, range(1440, 2880)))),
    ]


@pytest.mark.parametrize("step", ["1m", "20m", "1h"])
def test_a_level_counts_for_the_hours_it_lasted(prometheus: Prometheus, step: str) -> None:
    prometheus.load(**STORED, step=step)
    (_, first), (_, second) = prometheus.by_day()
    assert abs(first - 2400) < Decimal("0.000001")
    assert abs(second - 4800) < Decimal("0.000001")


def test_more_values_than_a_server_answers_are_asked_for_in_parts(prometheus: Prometheus) -> None:
    prometheus.load(**STORED, step="5s")
    assert len(prometheus.proxy.seen) == 4
    assert prometheus.rows("count(*), count(DISTINCT time)") == [(2 * 86400 // 5, 2 * 86400 // 5)]


@pytest.mark.parametrize("seconds", [1, 5, 60, 900, 3600, 86400])
def test_the_parts_of_a_span_have_each_moment_once(seconds: int) -> None:
    step, span = timedelta(seconds=seconds), Window(FIRST.date(), NOW.date())
    parts = [moments(first, last, step) for first, last in ranges(span, step)]
    assert max(map(len, parts)) <= POINTS
    start, end = int(FIRST.timestamp()), int(FIRST.timestamp()) + 2 * 86400
    assert set().union(*parts) == set(range(start + seconds, end + 1, seconds))
    assert sum(map(len, parts)) == 2 * 86400 // seconds


def test_later_only_new_days_and_the_last_two_are_asked_for(prometheus: Prometheus) -> None:
    prometheus.load(now=NOW - timedelta(days=1), days=1)
    prometheus.proxy.seen.clear()
    (record,) = prometheus.load()
    assert len(prometheus.proxy.seen) == 2
    assert (record.status, record.rows) == ("restated", 48)


def test_days_that_the_server_forgot_stay(prometheus: Prometheus) -> None:
    prometheus.load()
    before = prometheus.rows("time, dimensions, quantity")
    answer = {"status": "success", "data": {"resultType": "matrix", "result": []}}
    prometheus.proxy.plan(Fault("POST", status=200, body=json.dumps(answer), times=2))
    with pytest.raises(NotFound, match="no usage from 2026-09-01 to 2026-09-02"):
        prometheus.load()
    assert prometheus.rows("time, dimensions, quantity") == before


def test_hours_without_a_sample_are_told_of(prometheus: Prometheus) -> None:
    (record,) = prometheus.load(query="sum by (customer) (count_over_time(spotty[59m]))", sum="average")
    assert record.rows == 46
    assert record.notes == (
        "2 of the 48 hours from 2026-09-01 to 2026-09-02 have no sample, the first at 2026-09-01 10:00 UTC.",
    )


def test_a_label_that_no_series_has_is_told_of(prometheus: Prometheus) -> None:
    (record,) = prometheus.load(dimensions={"customer": "customer", "service": "app"})
    assert record.notes == ("No series has the label app.",)
    assert prometheus.rows("DISTINCT dimensions['service']") == [("(none)",)]


def test_what_the_server_warns_of_is_told(prometheus: Prometheus) -> None:
    series = {"metric": {"customer": "acme"}, "values": [[FIRST.timestamp() + 3600, "1"]]}
    answer = {"data": {"resultType": "matrix", "result": [series]}, "warnings": ["a store is away"]}
    prometheus.proxy.plan(Fault("POST", status=200, body=json.dumps(answer)))
    (record,) = prometheus.load()
    assert "Prometheus warns: a store is away" in record.notes


@pytest.mark.parametrize(
    ("query", "value"), [("/ 0", "+Inf"), ("* NaN", "NaN"), ("* 0 - 1", "-1.000000000000")]
)
def test_samples_that_are_no_quantity_are_rejected_as_data(
    prometheus: Prometheus, query: str, value: str
) -> None:
    wrong = f"(stored_gigabytes and on() (hour() == 5)) {query}"
    (record,) = prometheus.load(
        query=f"{wrong} or stored_gigabytes", sum="average", limits=Limits(broken_rows=Decimal("0.1"))
    )
    assert {(r.column, r.value, r.reason) for r in record.rejects} == {
        ("quantity", value, "not a quantity of 0 or more")
    }
    assert (record.rows, record.rejected_rows) == (46, 2)


def test_what_passes_is_tried_again(prometheus: Prometheus) -> None:
    prometheus.proxy.plan(Fault("POST", status=503), Fault("POST", status=429))
    assert prometheus.load()[0].rows == 48


def test_a_query_that_the_server_refuses_comes_with_its_words(prometheus: Prometheus) -> None:
    with pytest.raises(BadInput, match="answered 400: .*unclosed left parenthesis"):
        prometheus.load(query="sum(requests_total")
    assert len(prometheus.proxy.seen) == 1, "what is wrong stays wrong"


@pytest.mark.parametrize(
    ("fault", "error", "words"),
    [
        (Fault("POST", status=503, body='{"error": "query timed out"}', times=3), Transient, "503: query timed out"),
        (Fault("POST", status=401, body="who are you"), Terminal, "401: who are you.*`token`"),
        (Fault("POST", status=404), NotFound, "query_range is asked below it"),
        (Fault("POST", status=302), Terminal, "answered 302"),
        (Fault("POST", status=200, body="<html>"), Terminal, "no answer of Prometheus"),
    ],
)  # fmt: skip
def test_an_error_says_what_to_do(
    prometheus: Prometheus, fault: Fault, error: type[ApportionError], words: str
) -> None:
    prometheus.proxy.plan(fault)
    with pytest.raises(error, match=words):
        prometheus.load()


def test_a_token_is_sent(prometheus: Prometheus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROMETHEUS_TOKEN", "open sesame")
    prometheus.load(token={"env": "PROMETHEUS_TOKEN"})
    assert {r.headers["authorization"] for r in prometheus.proxy.seen} == {"Bearer open sesame"}


def test_a_check_asks_for_one_moment(prometheus: Prometheus) -> None:
    assert "answers 1 series at 2026-09-03 00:00 UTC" in prometheus.connector().check(NOW.date())
    assert "no series has the label app" in prometheus.connector(dimensions={"service": "app"}).check(
        NOW.date()
    )
