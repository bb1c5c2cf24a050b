"""Months and lines asked of BigQuery, with answers in the shape of its REST API."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from bigquery_server import TABLE, BigQuery, served

from apportion.connectors import Place
from apportion.connectors.gcp.bigquery import BigQueryConnector
from apportion.connectors.stores import Patience
from apportion.core.errors import BadInput, NotFound, Terminal, Transient
from apportion.engine import connect
from apportion.ingestion import Limits
from apportion.ingestion.bringing import Bringing, Brought
from apportion.ledger import Ledger
from google_bills import line

AT_ONCE = Patience(attempts=3, sleep=lambda _: None)


@pytest.fixture
def bigquery() -> Iterator[BigQuery]:
    months = {
        "202608": [line(invoice__month="202608", cost=i) for i in range(3)],
        "202609": [line(cost=i) for i in range(5)],
    }
    with served(BigQuery(months)) as found:
        yield found


@pytest.fixture
def connector(monkeypatch: pytest.MonkeyPatch) -> BigQueryConnector:
    monkeypatch.setattr(BigQueryConnector, "patience", AT_ONCE)
    return BigQueryConnector()


def place(bigquery: BigQuery, location: str = f"bigquery://{TABLE}") -> Place:
    return Place(location, {"endpoint": bigquery.address, "anonymous": "true"})


@pytest.fixture
def bring(bigquery: BigQuery, connector: BigQueryConnector, tmp_path: Path) -> Callable[[], Brought]:
    ledger = Ledger(tmp_path / "ledger")
    found = Bringing(
        ledger, "gcp", connector, place(bigquery), tmp_path / "fetched", Limits(), lambda _: None
    )
    return found.run


def fault(request: str, code: int, reason: str) -> Callable[[str], tuple[int, str] | None]:
    return lambda asked: (code, reason) if request in asked else None


def test_each_month_is_a_bill(bring: Callable[[], Brought], tmp_path: Path) -> None:
    brought = bring()
    assert [(r.billing_period, r.rows, r.status) for r in brought.records] == [
        ("2026-08", 3, "loaded"),
        ("2026-09", 5, "loaded"),
    ]
    con = connect()
    Ledger(tmp_path / "ledger").snapshot().register(con)
    assert con.execute("SELECT sum(BilledCost) FROM charges").fetchone() == (Decimal(13),)


def test_only_months_that_grew_are_fetched_again(bring: Callable[[], Brought], bigquery: BigQuery) -> None:
    bring()
    bigquery.months["202609"].append(line(cost=7, export_time="2026-10-02T00:00:00Z"))
    brought = bring()
    assert bigquery.months_asked() == ["202608", "202609", "202609"]
    assert [(r.billing_period, r.status) for r in brought.records] == [
        ("2026-08", "unchanged"),
        ("2026-09", "restated"),
    ]


def test_a_query_reads_the_partitions_of_its_month_and_no_more_than_it_may(
    bring: Callable[[], Brought], bigquery: BigQuery
) -> None:
    bring()
    query = next(j["configuration"]["query"] for j in bigquery.jobs.values() if "@month" in str(j))
    assert (
        "_PARTITIONTIME >= TIMESTAMP('2026-09-02') AND _PARTITIONTIME < TIMESTAMP('2026-09-05')"
        in query["query"]
    )
    assert query["maximumBytesBilled"] == str(100 << 30)
    assert f"FROM `{TABLE}`" in query["query"]


def test_since_leaves_older_months_out(bigquery: BigQuery, connector: BigQueryConnector) -> None:
    connector.since = "2026-09"
    assert [o.period for o in connector.offers(place(bigquery))] == ["2026-09"]


def test_fetching_goes_on_where_it_was_interrupted(
    bigquery: BigQuery, connector: BigQueryConnector, tmp_path: Path
) -> None:
    (_, september) = connector.offers(place(bigquery))

    def interrupt(said: str) -> None:
        if "4 of 5" in said:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        connector.fetch(place(bigquery), september, tmp_path, interrupt)
    with (tmp_path / "bigquery-2026-09.json.part").open("ab") as part:
        part.write(b'{"half a li')
    jobs = len(bigquery.jobs)
    (file,) = connector.fetch(place(bigquery), september, tmp_path, lambda _: None)
    assert len(bigquery.jobs) == jobs
    lines = file.path.read_text().splitlines()
    assert len(lines) == 5
    assert [
        lines[0][lines[0].index('"cost"') :][:9],
        lines[4][lines[4].index('"cost"') :][:9],
    ] == ['"cost": 0', '"cost": 4']
    assert [p.name for p in tmp_path.iterdir()] == ["bigquery-2026-09.json"]


def test_a_query_whose_answer_is_gone_is_asked_again(
    bigquery: BigQuery, connector: BigQueryConnector, tmp_path: Path
) -> None:
    (_, september) = connector.offers(place(bigquery))

    def interrupt(_: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        connector.fetch(place(bigquery), september, tmp_path, interrupt)
    bigquery.jobs.clear()
    (file,) = connector.fetch(place(bigquery), september, tmp_path, lambda _: None)
    assert len(file.path.read_text().splitlines()) == 5


def test_what_passes_is_tried_again(bring: Callable[[], Brought], bigquery: BigQuery) -> None:
    bigquery.faults += [
        fault("GET /bigquery/v2/projects/billing-host/queries/", 503, "backendError"),
        fault("POST", 403, "rateLimitExceeded"),
    ]
    assert [r.rows for r in bring().records] == [3, 5]


def test_a_month_that_grows_meanwhile_is_listed_anew(
    bring: Callable[[], Brought], bigquery: BigQuery
) -> None:
    def grow(asked: str) -> None:
        if asked.startswith("POST") and len(bigquery.jobs) == 1:
            bigquery.months["202608"].append(line(invoice__month="202608", cost=9))

    bigquery.faults.append(grow)
    assert [(r.billing_period, r.rows) for r in bring().records] == [("2026-08", 4), ("2026-09", 5)]


@pytest.mark.parametrize(
    ("code", "reason", "error", "words"),
    [
        (403, "accessDenied", Terminal, "roles/bigquery.dataViewer .* roles/bigquery.jobUser"),
        (404, "notFound", NotFound, "Check project, data set and table"),
        (400, "bytesBilledLimitExceeded", Terminal, "Raise maximum_bytes_billed"),
        (401, "authError", Terminal, "gcloud auth application-default login"),
    ],
)
def test_an_error_says_what_to_do(
    bigquery: BigQuery,
    connector: BigQueryConnector,
    code: int,
    reason: str,
    error: type[Exception],
    words: str,
) -> None:
    bigquery.faults.append(fault("bigquery/v2", code, reason))
    with pytest.raises(error, match=words):
        connector.offers(place(bigquery))


def test_one_that_stays_down_is_transient(bigquery: BigQuery, connector: BigQueryConnector) -> None:
    bigquery.faults += [fault("bigquery/v2", 503, "backendError")] * 3
    with pytest.raises(Transient, match="answered 503"):
        connector.offers(place(bigquery))


def test_a_table_of_something_else_is_refused(bigquery: BigQuery, connector: BigQueryConnector) -> None:
    bigquery.fields = [{"name": "a", "type": "STRING"}]
    with pytest.raises(BadInput, match="no usage cost export"):
        connector.offers(place(bigquery))


@pytest.mark.parametrize("location", ["bigquery://a", "gs://a/b", "bigquery://a.b.c; DROP"])
def test_a_location_that_is_no_table_is_refused(
    bigquery: BigQuery, connector: BigQueryConnector, location: str
) -> None:
    with pytest.raises(BadInput, match="bigquery://PROJECT.DATASET.TABLE"):
        connector.offers(place(bigquery, location))


@pytest.mark.parametrize(
    "settings", [{"maximum_bytes_billed": "10 GB"}, {"maximum_bytes_billed": 5}, {"since": "May"}]
)
def test_settings_are_checked(settings: dict[str, object]) -> None:
    with pytest.raises(BadInput):
        BigQueryConnector(**settings)  # type: ignore[arg-type]
