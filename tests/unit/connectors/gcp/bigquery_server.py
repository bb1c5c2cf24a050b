"""A small server that answers as BigQuery's REST API does, from rows given to it."""

import json
import re
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

PROJECT, TABLE = "billing-host", "billing-host.exports.gcp_billing_export_resource_v1_01ABCD"
_FIELDS = [
    {"name": "invoice", "type": "RECORD", "fields": [{"name": "month", "type": "STRING"}]},
    {"name": "export_time", "type": "TIMESTAMP"},
    {"name": "cost", "type": "FLOAT"},
]


@dataclass
class BigQuery:
    """Lines by invoice month; `jobs` are the queries asked, `faults` answers to give instead, one request each."""

    months: dict[str, list[dict[str, Any]]]
    page: int = 2
    fields: Sequence[Mapping[str, Any]] = field(default_factory=lambda: _FIELDS)
    jobs: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    faults: list[Callable[[str], tuple[int, str] | None]] = field(default_factory=list)
    address: str = ""

    def months_asked(self) -> list[str]:
        """The months whose lines were queried."""
        return [
            p[0]["parameterValue"]["value"]
            for j in self.jobs.values()
            if (p := _query(j).get("queryParameters"))
        ]

    def answer(self, method: str, path: str, query: Mapping[str, list[str]], body: Any) -> tuple[int, Any]:
        for fault in self.faults:
            if found := fault(f"{method} {path}"):
                self.faults.remove(fault)
                return found[0], _error(*found)
        if re.search(r"/tables/[^/]+$", path):
            return 200, {
                "kind": "bigquery#table", "id": TABLE, "schema": {"fields": self.fields},
                "tableReference": dict(zip(("projectId", "datasetId", "tableId"), TABLE.split("."), strict=True)),
                "timePartitioning": {"type": "DAY"}, "type": "TABLE",
            }  # fmt: skip
        if method == "POST" and path.endswith("/jobs"):
            job = body["jobReference"]["jobId"]
            if job in self.jobs:
                return 409, _error(409, "duplicate")
            self.jobs[job] = body
            return 200, self._job(job)
        job = path.rsplit("/", 1)[1]
        if job not in self.jobs:
            return 404, _error(404, "notFound")
        return 200, self._rows(job, query) if "/queries/" in path else self._job(job)

    def _job(self, job: str) -> dict[str, Any]:
        return {
            "kind": "bigquery#job", "id": f"{PROJECT}:US.{job}", "status": {"state": "DONE"},
            "jobReference": {"projectId": PROJECT, "jobId": job, "location": "US"},
            "configuration": {**self.jobs[job]["configuration"], "jobType": "QUERY"},
            "statistics": {"query": {"statementType": "SELECT", "totalBytesProcessed": "1024"}},
        }  # fmt: skip

    def _rows(self, job: str, query: Mapping[str, list[str]]) -> dict[str, Any]:
        names, rows = self._result(_query(self.jobs[job]))
        start = int(query.get("pageToken", query.get("startIndex", ["0"]))[0])
        most = min(self.page, int(query.get("maxResults", ["1000"])[0]))
        end = start + most
        return {
            "kind": "bigquery#getQueryResultsResponse", "jobComplete": True, "totalRows": str(len(rows)),
            "jobReference": {"projectId": PROJECT, "jobId": job, "location": "US"},
            "schema": {"fields": [{"name": n, "type": "STRING", "mode": "NULLABLE"} for n in names]},
            "rows": [{"f": [{"v": v} for v in row]} for row in rows[start:end]],
            **({"pageToken": str(end)} if end < len(rows) else {}),
        }  # fmt: skip

    def _result(self, asked: Mapping[str, Any]) -> tuple[list[str], list[list[str]]]:
        if parameters := asked.get("queryParameters"):
            month = parameters[0]["parameterValue"]["value"]
            return ["line"], [[json.dumps(line)] for line in self.months[month]]
        times = {m: sorted(line["export_time"] for line in lines) for m, lines in self.months.items()}
        return ["month", "row_count", "oldest", "newest"], [
            [month, str(len(found)), found[0], found[-1]] for month, found in sorted(times.items())
        ]


def _query(job: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = job["configuration"]["query"]
    return found


def _error(code: int, reason: str) -> dict[str, Any]:
    message = f"{reason} said BigQuery"
    return {"error": {"code": code, "message": message, "errors": [{"reason": reason, "message": message}]}}


@contextmanager
def served(bigquery: BigQuery) -> Iterator[BigQuery]:
    """The same, answering at `address`."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer("GET")

        def do_POST(self) -> None:
            self._answer("POST")

        def _answer(self, method: str) -> None:
            parts = urlsplit(self.path)
            body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or "null")
            bigquery.asked.append(f"{method} {parts.path}")
            code, content = bigquery.answer(method, parts.path, parse_qs(parts.query), body)
            text = json.dumps(content).encode()
            self.send_response(code)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    bigquery.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield bigquery
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
