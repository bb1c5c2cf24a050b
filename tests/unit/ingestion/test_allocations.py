"""Usage of Kubernetes clusters from OpenCost's API, its saved answers and its CSV exports."""

import gzip
import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from apportion.connectors.opencost import Wanted
from apportion.connectors.opencost.usage import OpenCostUsage
from apportion.connectors.stores import Patience
from apportion.connectors.usage import OpenCostMeasure
from apportion.core.errors import BadInput, NotFound, Refused, Terminal, Transient
from apportion.engine import connect
from apportion.ingestion import ingest_measure
from apportion.ingestion.records import LoadRecord
from apportion.ledger import Ledger

AT_ONCE = Patience(attempts=3, sleep=lambda _: None)
BY_NAMESPACE = Wanted("totalCost", {"namespace": "namespace"})


def allocation(name: str, cost: object, day: str = "2026-09-03", **more: Any) -> dict[str, Any]:
    """One allocation of a day, shaped like OpenCost's; the adjustment is in the total already."""
    made = {
        "name": name,
        "properties": {"cluster": "main", "namespace": name},
        "window": {"start": f"{day}T00:00:00Z", "end": f"{day}T24:00:00Z"},
        "start": f"{day}T00:00:00Z",
        "end": f"{day}T23:59:00Z",
        "cpuCoreHours": 12,
        "cpuCost": 0.5,
        "cpuCostAdjustment": 0.25,
        "totalCost": cost,
    }
    return {**made, **more}


def answer(*allocations: dict[str, Any]) -> str:
    return json.dumps({"code": 200, "status": "success", "data": [{a["name"]: a for a in allocations}]})


@dataclass
class OpenCost:
    """A cluster: allocations by day; `faults` are status codes to answer first."""

    days: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    faults: list[int] = field(default_factory=list)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    paths: tuple[str, ...] = ("/allocation/compute",)
    headers: list[str | None] = field(default_factory=list)
    address: str = ""

    def days_asked(self) -> list[str]:
        return [query["window"][:10] for path, query in self.asked if path in self.paths]


@contextmanager
def served(cluster: OpenCost) -> Iterator[OpenCost]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = {key: values[0] for key, values in parse_qs(parts.query).items()}
            cluster.asked.append((parts.path, query))
            cluster.headers.append(self.headers.get("Authorization"))
            code = cluster.faults.pop(0) if cluster.faults else 200 if parts.path in cluster.paths else 404
            text = answer(*cluster.days.get(query["window"][:10], [])) if code == 200 else "no"
            self.send_response(code)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    cluster.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield cluster
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def opencost() -> Iterator[OpenCost]:
    with served(OpenCost()) as found:
        yield found


def measure(location: str, wanted: Wanted, **more: Any) -> OpenCostMeasure:
    return OpenCostMeasure(
        connector="opencost",
        location=location,
        quantity=wanted.quantity,
        dimensions=dict(wanted.dimensions),
        **more,
    )


class Usage:
    """A ledger that usage is loaded into."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.ledger = folder, Ledger(folder / "ledger")

    def files(self, location: str, wanted: Wanted = BY_NAMESPACE) -> list[LoadRecord]:
        return ingest_measure(
            self.ledger, "kubernetes", OpenCostUsage(measure(location, wanted), self.folder)
        )

    def api(
        self, opencost: OpenCost, today: str, wanted: Wanted = BY_NAMESPACE, **more: Any
    ) -> list[LoadRecord]:
        options = {"location": opencost.address, "days": 3, **more}
        cluster = OpenCostUsage(measure(options.pop("location"), wanted, **options), self.folder, AT_ONCE)
        now = datetime.fromisoformat(f"{today}T10:00:00+00:00").astimezone(UTC)
        return ingest_measure(self.ledger, "kubernetes", cluster, now=lambda: now)

    def rows(
        self, columns: str = "CAST(day AS VARCHAR), dimensions['namespace'], quantity"
    ) -> list[tuple[Any, ...]]:
        con = connect()
        self.ledger.snapshot().register(con)
        return con.execute(f"SELECT {columns} FROM usage ORDER BY ALL").fetchall()


@pytest.fixture
def usage(tmp_path: Path) -> Usage:
    return Usage(tmp_path)


def test_a_saved_answer_becomes_usage(usage: Usage, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(answer(allocation("shop", 1.5), allocation("search", 2.25)))
    (record,) = usage.files("a.json")
    assert (record.connector, record.billing_period, record.rows) == ("opencost", "2026-09", 2)
    assert usage.rows() == [
        ("2026-09-03", "search", Decimal("2.25")),
        ("2026-09-03", "shop", Decimal("1.5")),
    ]


def test_the_total_is_taken_as_it_is_for_adjustments_are_in_it(usage: Usage, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(answer(allocation("shop", 1.5, cpuCost=1.0, cpuCostAdjustment=0.5)))
    usage.files("a.json")
    assert usage.rows("sum(quantity)") == [(Decimal("1.5"),)]


def test_any_field_may_be_the_quantity(usage: Usage, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(answer(allocation("shop", 1.5)))
    usage.files("a.json", Wanted("cpuCoreHours", {"namespace": "namespace"}))
    assert usage.rows("quantity") == [(Decimal(12),)]


def test_a_field_that_is_not_there_is_named(usage: Usage, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(answer(allocation("shop", 1.5)))
    with pytest.raises(BadInput, match=r"no 'gpuHours' \(it has .*cpuCoreHours.*totalCost"):
        usage.files("a.json", Wanted("gpuHours", {"namespace": "namespace"}))


def test_numbers_keep_their_digits(usage: Usage, tmp_path: Path) -> None:
    text = answer(allocation("shop", "COST")).replace('"COST"', "123456789.123456789012")
    (tmp_path / "a.json").write_text(text)
    usage.files("a.json")
    assert usage.rows("quantity") == [(Decimal("123456789.123456789012"),)]


def test_idle_and_unmounted_stay_visible(usage: Usage, tmp_path: Path) -> None:
    idle = allocation("main/__idle__", 3, properties={"cluster": "main"})
    disk = allocation("main/__unmounted__", 1, properties={"cluster": "main", "namespace": "__unmounted__"})
    (tmp_path / "a.json").write_text(answer(idle, disk))
    usage.files("a.json", Wanted("totalCost", {"cluster": "cluster", "namespace": "namespace"}))
    assert usage.rows("dimensions['cluster'], dimensions['namespace'], quantity") == [
        ("main", "__idle__", Decimal(3)),
        ("main", "__unmounted__", Decimal(1)),
    ]


def test_labels_are_dimensions(usage: Usage, tmp_path: Path) -> None:
    own = {
        "namespace": "shop",
        "labels": {"app_kubernetes_io_name": "web"},
        "namespaceLabels": {"team": "core"},
    }
    nobody = {"namespace": "test", "labels": {}}
    (tmp_path / "a.json").write_text(
        answer(
            allocation("shop/web", 1, properties=own),
            allocation("__unallocated__/__unallocated__", 2, properties=nobody),
        )
    )
    wanted = Wanted("totalCost", {"app": "label:app.kubernetes.io/name", "team": "label:team"})
    usage.files("a.json", wanted)
    assert usage.rows("dimensions['app'], dimensions['team'], quantity") == [
        ("(none)", "(none)", Decimal(2)),
        ("web", "core", Decimal(1)),
    ]


def test_an_allocation_of_several_days_is_spread_over_them_to_the_last_digit(
    usage: Usage, tmp_path: Path
) -> None:
    week = allocation("shop", 1, start="2026-08-31T12:00:00Z", end="2026-09-02T00:00:00Z")
    (tmp_path / "a.json").write_text(answer(week))
    assert [r.billing_period for r in usage.files("a.json")] == ["2026-08", "2026-09"]
    assert usage.rows() == [
        ("2026-08-31", "shop", Decimal("0.333333333333")),
        ("2026-09-01", "shop", Decimal("0.666666666667")),
    ]


@pytest.mark.parametrize(("cost", "words"), [("NaN", "NaN"), (-1, "-1.000000000000"), (None, "")])
def test_what_is_no_quantity_is_rejected_as_data(
    usage: Usage, tmp_path: Path, cost: object, words: str
) -> None:
    many = [allocation(f"n{i}", 1) for i in range(200)]
    text = answer(*many, allocation("bad", "COST")).replace(
        '"COST"', "NaN" if cost == "NaN" else json.dumps(cost)
    )
    (tmp_path / "a.json").write_text(text)
    (record,) = usage.files("a.json")
    assert (record.rows, record.rejected_rows) == (200, 1)
    (reject,) = record.rejects
    assert (reject.file, reject.line, reject.value) == ("a.json", 202, words)


def test_too_many_of_them_refuse_the_load(usage: Usage, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(answer(allocation("shop", -1)))
    with pytest.raises(Refused, match="not a quantity of 0 or more"):
        usage.files("a.json")


CSV = (
    "Date,Namespace,ControllerKind,ControllerName,Pod,CPUCost,TotalCost,Labels,Label_app\n"
    '2026-09-03,shop,deployment,web,web-1,0.5,1.25,"{""app"":""web"",""tier"":""front""}",web\n'
    "2026-09-04,shop,deployment,web,web-1,0.5,0.75,,\n"
)


def test_a_csv_export_becomes_the_same_usage(usage: Usage, tmp_path: Path) -> None:
    (tmp_path / "export.csv").write_text(CSV)
    wanted = Wanted(
        "totalCost",
        {"namespace": "namespace", "controller": "controller", "app": "label:app", "tier": "label:tier"},
    )
    usage.files("export.csv", wanted)
    columns = ", ".join(f"dimensions['{d}']" for d in wanted.dimensions)
    assert usage.rows(f"CAST(day AS VARCHAR), {columns}, quantity") == [
        ("2026-09-03", "shop", "web", "web", "front", Decimal("1.25")),
        ("2026-09-04", "shop", "web", "(none)", "(none)", Decimal("0.75")),
    ]


def test_a_row_of_an_export_is_rejected_by_its_own_line(usage: Usage, tmp_path: Path) -> None:
    rows = "".join(f"2026-09-03,n{i},1\n" for i in range(150))
    (tmp_path / "export.csv.gz").write_bytes(
        gzip.compress(f"Day,Namespace,Total Cost\n{rows}2026-09-03,shop,NaN\n".encode())
    )
    (record,) = usage.files("export.csv.gz")
    assert [(r.line, r.value) for r in record.rejects] == [(152, "NaN")]


def test_an_export_without_a_column_says_what_it_has(usage: Usage, tmp_path: Path) -> None:
    (tmp_path / "export.csv").write_text(CSV)
    with pytest.raises(BadInput, match=r"no 'node' \(it has Date, Namespace"):
        usage.files("export.csv", Wanted("totalCost", {"node": "node"}))


@pytest.mark.parametrize("text", ['{"code": 200}', "[1, 2]", '{"data": "no"}', '{"half'])
def test_json_that_is_no_answer_is_refused(usage: Usage, tmp_path: Path, text: str) -> None:
    (tmp_path / "a.json").write_text(text)
    with pytest.raises(BadInput, match="a.json|no usage|There is no"):
        usage.files("a.json")


def test_the_api_is_asked_for_whole_days(usage: Usage, opencost: OpenCost) -> None:
    for day in ("2026-09-02", "2026-09-03", "2026-09-04"):
        opencost.days[day] = [allocation("shop", 1, day)]
    usage.api(opencost, "2026-09-05", Wanted("totalCost", {"namespace": "namespace", "app": "label:app"}))
    path, query = opencost.asked[0]
    assert path == "/allocation/compute"
    assert query == {
        "window": "2026-09-02T00:00:00Z,2026-09-03T00:00:00Z", "step": "1d", "aggregate": "namespace,label:app",
        "includeIdle": "true", "idle": "true", "accumulate": "false",
    }  # fmt: skip
    assert opencost.days_asked() == ["2026-09-02", "2026-09-03", "2026-09-04"]
    assert [row[0] for row in usage.rows()] == ["2026-09-02", "2026-09-03", "2026-09-04"]


def test_later_runs_ask_for_new_days_and_the_last_two_anew(usage: Usage, opencost: OpenCost) -> None:
    for i in range(1, 8):
        opencost.days[f"2026-09-0{i}"] = [allocation("shop", i, f"2026-09-0{i}")]
    usage.api(opencost, "2026-09-05")
    opencost.asked.clear()
    opencost.days["2026-09-04"] = [allocation("shop", 4.5, "2026-09-04")]
    (record,) = usage.api(opencost, "2026-09-07")
    assert opencost.days_asked() == ["2026-09-03", "2026-09-04", "2026-09-05", "2026-09-06"]
    assert record.status == "restated"
    assert [float(quantity) for *_, quantity in usage.rows()] == [2, 3, 4.5, 5, 6]


def test_the_same_answers_change_nothing(usage: Usage, opencost: OpenCost) -> None:
    for day in ("2026-08-30", "2026-08-31", "2026-09-01", "2026-09-02"):
        opencost.days[day] = [allocation("shop", 0.0104937467360115, day)]
    usage.api(opencost, "2026-09-03", days=4)
    version = usage.ledger.table("usage").version()
    assert [r.status for r in usage.api(opencost, "2026-09-03", days=4)] == ["unchanged"]
    assert usage.ledger.table("usage").version() == version


def test_other_settings_begin_anew_and_keep_days_that_the_api_forgot(
    usage: Usage, opencost: OpenCost
) -> None:
    opencost.days = {f"2026-09-0{i}": [allocation("shop", i, f"2026-09-0{i}")] for i in (1, 2, 3)}
    usage.api(opencost, "2026-09-04")
    opencost.asked.clear()
    usage.api(opencost, "2026-09-04", Wanted("cpuCoreHours", {"namespace": "namespace"}), days=2)
    assert opencost.days_asked() == ["2026-09-02", "2026-09-03"]
    assert [int(q) for *_, q in usage.rows()] == [1, 12, 12]


def test_an_older_or_other_path_is_found(usage: Usage, opencost: OpenCost) -> None:
    opencost.days["2026-09-03"] = [allocation("shop", 1)]
    opencost.paths = ("/allocation",)
    usage.api(opencost, "2026-09-04", days=1)
    opencost.paths = ("/model/allocation",)
    usage.api(opencost, "2026-09-04", days=1, location=f"{opencost.address}/model/allocation")
    assert [path for path, _ in opencost.asked] == ["/allocation/compute", "/allocation", "/model/allocation"]


def test_what_passes_is_tried_again(usage: Usage, opencost: OpenCost) -> None:
    opencost.days["2026-09-03"] = [allocation("shop", 1)]
    opencost.faults = [503, 429]
    assert usage.api(opencost, "2026-09-04", days=1)[0].rows == 1


@pytest.mark.parametrize(
    ("codes", "error", "words"),
    [
        ([500] * 3, Transient, "answered 500"),
        ([401], Terminal, "OPENCOST_TOKEN"),
        ([400], Terminal, "answered 400"),
    ],
)
def test_an_error_says_what_to_do(
    usage: Usage, opencost: OpenCost, codes: list[int], error: type[Exception], words: str
) -> None:
    opencost.faults = codes
    with pytest.raises(error, match=words):
        usage.api(opencost, "2026-09-04")


def test_a_server_that_is_not_there_is_transient(usage: Usage, opencost: OpenCost) -> None:
    with pytest.raises(Transient, match="does not answer"):
        usage.api(opencost, "2026-09-04", location="http://127.0.0.1:9")


def test_nothing_at_all_is_said(usage: Usage, opencost: OpenCost) -> None:
    with pytest.raises(NotFound, match="no usage from 2026-09-01 to 2026-09-03"):
        usage.api(opencost, "2026-09-04")


def test_a_token_comes_from_the_environment(
    usage: Usage, opencost: OpenCost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(os.environ, "OPENCOST_TOKEN", "abc")
    opencost.days["2026-09-03"] = [allocation("shop", 1)]
    usage.api(opencost, "2026-09-04", days=1)
    assert opencost.headers == ["Bearer abc"]


SAMPLES = Path(__file__).parents[4] / "shared/data/opencost"


@pytest.mark.data
@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the public samples are not here")
def test_the_projects_own_examples_load(usage: Usage) -> None:
    usage.files(str(SAMPLES / "allocation-example-output.json"))
    # 1.52743 + 0.10937 + 0.14136 of a week, from noon of the 12th to noon of the 19th of July 2023
    assert usage.rows("sum(quantity), count(DISTINCT day)") == [(Decimal("1.77816"), 8)]
    (record,) = usage.files(str(SAMPLES / "export-sample.csv"), Wanted("TotalCost", {"app": "label:app"}))
    assert (record.billing_period, record.rows) == ("2023-01", 2)
