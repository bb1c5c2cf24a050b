"""Operations over HTTP: batches, one alone, compressed, with faults in them."""

import gzip
import json
from typing import Any

import pytest
from fastapi.testclient import TestClient

from apportion.api import create_app
from apportion.app import App, operating

GOOD = {
    "id": "a",
    "time": "2026-10-02T09:30:00Z",
    "provider": "openai",
    "model": "gpt-4o",
    "output_tokens": 200,
}
GOOD |= {"input_tokens": 1000, "cache_read_tokens": 600}


@pytest.fixture
def app(tmp_path: Any) -> Any:
    (tmp_path / "apportion.yaml").write_text("company: Fernway\n")
    made = App(tmp_path)
    yield made
    made.stop()


@pytest.fixture
def client(app: App) -> TestClient:
    return TestClient(create_app(app), base_url="http://127.0.0.1")


def post(client: TestClient, content: Any, **headers: str) -> Any:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    return client.post(
        "/api/v1/operations", content=body, headers={"Content-Type": "application/json", **headers}
    )


def test_a_batch_a_list_and_one_alone(client: TestClient, app: App) -> None:
    for content in ({"operations": [GOOD]}, [{**GOOD, "id": "b"}], {**GOOD, "id": "c"}):
        answer = post(client, content)
        assert answer.json() == {"accepted": 1, "repeated": 0, "rejected": [], "unpriced": []}
    assert app.sql("SELECT count(*) AS n, sum(cost)::VARCHAR AS cost FROM operations", []) == [
        {"n": 3, "cost": "0.011250000000"}
    ]


def test_a_compressed_body(client: TestClient) -> None:
    body = gzip.compress(json.dumps({"operations": [GOOD]}).encode())
    assert post(client, body, **{"Content-Encoding": "gzip"}).json()["accepted"] == 1
    assert post(client, body[:-9], **{"Content-Encoding": "gzip"}).status_code == 422


@pytest.mark.parametrize(
    ("fault", "field"),
    [
        ({"input_tokens": -1}, "input_tokens"),
        ({"input_tokens": 10}, "input_tokens"),
        ({"reasoning_tokens": 201}, "output_tokens"),
        ({"cache_write_1h_tokens": 1}, "cache_write_tokens"),
        ({"time": "2126-10-02T09:30:00Z"}, "time"),
        ({"time": "1999-12-31T23:59:59Z"}, "time"),
        ({"time": "yesterday"}, "time"),
        ({"tokens": 5}, "tokens"),
        ({"model": "x" * 201}, "model"),
        ({"value": "NaN"}, "value"),
        ({"dimensions": {"ring": 3}}, "dimensions.ring"),
    ],
)
def test_a_fault_is_told_and_the_others_are_kept(
    client: TestClient, fault: dict[str, Any], field: str
) -> None:
    answer = post(client, {"operations": [{**GOOD, "id": "x", **fault}, GOOD]}).json()
    assert answer["accepted"] == 1
    assert [(r["index"], r["id"], r["field"]) for r in answer["rejected"]] == [(0, "x", field)]


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b'"text"', b'{"operations": {}}', json.dumps([GOOD] * 1001).encode()]
)
def test_what_is_no_batch_is_refused(client: TestClient, body: bytes) -> None:
    answer = post(client, body)
    assert answer.status_code == 422
    assert answer.json()["hint"]


def test_many_operations_move_to_the_ledger_by_themselves(
    client: TestClient, app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operating, "MANY", 2)
    post(client, {"operations": [GOOD]})
    assert app.ledger.table("operations").version() == -1
    post(client, {"operations": [{**GOOD, "id": "b"}]})
    assert app.ledger.table("operations").version() >= 0
    assert app.sql("SELECT count(*) AS n FROM operations", []) == [{"n": 2}]


def test_traces_are_answered_as_exporters_expect(
    client: TestClient, app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    span = {
        "traceId": "0" * 31 + "1",
        "spanId": "0" * 15 + "1",
        "name": "chat",
        "startTimeUnixNano": str(4 * 10**18),
    }
    told = {
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "gpt-4o",
        "gen_ai.operation.name": "chat",
    }
    span["attributes"] = [{"key": k, "value": {"stringValue": v}} for k, v in told.items()]
    export = {"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]}
    ahead = client.post("/v1/traces", json=export)
    assert ahead.json()["partialSuccess"]["rejectedSpans"] == "1"
    assert "ahead of our clock" in ahead.json()["partialSuccess"]["errorMessage"]
    now = {**span, "startTimeUnixNano": str(1_760_000_000 * 10**9)}
    export["resourceSpans"][0]["scopeSpans"][0]["spans"] = [{**now, "spanId": "none"}, now]
    partly = client.post("/v1/traces", json=export).json()["partialSuccess"]
    assert partly["rejectedSpans"] == "1"
    assert partly["errorMessage"].startswith("resourceSpans[0].scopeSpans[0].spans[0]: a span has no valid")
    assert app.sql("SELECT count(*) AS n FROM operations", []) == [{"n": 1}]
    assert client.post("/v1/traces", json={"resourceSpans": []}).json() == {}
    monkeypatch.setattr(operating, "MANY", 1)
    client.post(
        "/v1/traces", json={"resourceSpans": [{"scopeSpans": [{"spans": [{**now, "spanId": "2" * 16}]}]}]}
    )
    assert app.ledger.table("operations").version() >= 0  # traces move to the ledger by themselves, too
    empty = client.post("/v1/traces", content=b"", headers={"Content-Type": "application/x-protobuf"})
    assert (empty.status_code, empty.content) == (200, b"")
    assert client.post("/v1/traces", content=b"x", headers={"Content-Type": "text/plain"}).status_code == 422
