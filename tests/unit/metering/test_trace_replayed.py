"""A real day of conversations with a language model, told in three ways, and counted by hand."""

import csv
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import apportion_sdk
from apportion.app import App
from served import Server

TRACE = Path(__file__).parents[3].parent / "shared/data/llm_traces/AzureLLMInferenceTrace_conv.csv"
LATER = datetime(2026, 10, 1, tzinfo=UTC) - datetime(2023, 11, 16, tzinfo=UTC)
MILLION = Decimal(1_000_000)
PRICES = {  # input, read from the cache, output; dollars a million tokens
    ("openai", "gpt-4o"): ("2.50", "1.25", "10.00"),
    ("openai", "gpt-4o-mini"): ("0.15", "0.075", "0.60"),
    ("anthropic", "claude-sonnet-4-5"): ("3.00", "0.30", "15.00"),
}
Totals = dict[tuple[str, str, str], Decimal]

pytestmark = [
    pytest.mark.data,
    pytest.mark.slow,
    pytest.mark.skipif(not TRACE.exists(), reason="the trace is not here"),
]


@pytest.fixture(scope="module")
def calls() -> list[dict[str, Any]]:
    """19,366 calls with the times and tokens of the trace; customers, models and cache hits drawn by a seed."""
    chance, found = random.Random(20231116), []
    with TRACE.open() as file:
        for i, line in enumerate(csv.DictReader(file)):
            time = datetime.fromisoformat(line["TIMESTAMP"][:26]).replace(tzinfo=UTC) + LATER
            provider, model = chance.choice(list(PRICES))
            found.append(
                {
                    "id": f"call-{i}",
                    "time": time.isoformat(),
                    "customer": f"customer-{chance.randint(0, 24)}",
                    "provider": provider,
                    "model": model,
                    "input_tokens": int(line["ContextTokens"]),
                    "cache_read_tokens": chance.randint(0, int(line["ContextTokens"])),
                    "output_tokens": int(line["GeneratedTokens"]),
                }
            )
    assert len(found) == 19_366
    return found


def by_hand(calls: Sequence[dict[str, Any]]) -> Totals:
    totals: Totals = defaultdict(Decimal)
    for call in calls:
        read, cached, written = map(Decimal, PRICES[call["provider"], call["model"]])
        hit = call["cache_read_tokens"]
        cost = (
            (call["input_tokens"] - hit) * read + hit * cached + call["output_tokens"] * written
        ) / MILLION
        totals[call["customer"], call["time"][:13].replace("T", " "), call["model"]] += cost
    return dict(totals)


def counted(workspace: Path) -> tuple[int, Totals]:
    app = App(workspace)
    rows = app.sql(
        "SELECT customer, strftime(date_trunc('hour', time), '%Y-%m-%d %H') AS hour, model, count(*) AS n, "
        "sum(cost) AS cost FROM operations GROUP BY ALL",
        [],
    )
    return sum(r["n"] for r in rows), {(r["customer"], r["hour"], r["model"]): r["cost"] for r in rows}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    (tmp_path / "apportion.yaml").write_text("company: Fernway\n")
    made = Server(tmp_path)
    yield made
    made.stop()


def by_http(server: Server, calls: Sequence[dict[str, Any]]) -> None:
    for start in range(0, len(calls), 100):
        status, answer = server.post("/api/v1/operations", {"operations": calls[start : start + 100]})
        assert status == 200, answer


def by_sdk(server: Server, calls: Sequence[dict[str, Any]]) -> None:
    client = apportion_sdk.Client(server.url, queue_size=len(calls))
    for call in calls:
        client.track(**{**call, "time": datetime.fromisoformat(call["time"])})
    assert client.flush(timeout=120)
    client.close()


def by_otlp(server: Server, calls: Sequence[dict[str, Any]]) -> None:
    for start in range(0, len(calls), 500):
        spans = [as_span(call) for call in calls[start : start + 500]]
        status, answer = server.post("/v1/traces", {"resourceSpans": [{"scopeSpans": [{"spans": spans}]}]})
        assert status == 200, answer


def as_span(call: dict[str, Any]) -> dict[str, Any]:
    begun = (datetime.fromisoformat(call["time"]) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(
        microseconds=1
    )
    number = int(call["id"].removeprefix("call-")) + 1
    told = {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": call["provider"],
        "gen_ai.response.model": call["model"],
        "gen_ai.response.id": call["id"],
        "customer.id": call["customer"],
        "gen_ai.usage.input_tokens": call["input_tokens"],
        "gen_ai.usage.cache_read.input_tokens": call["cache_read_tokens"],
        "gen_ai.usage.output_tokens": call["output_tokens"],
    }
    return {
        "traceId": f"{number:032x}",
        "spanId": f"{number:016x}",
        "name": "chat",
        "startTimeUnixNano": str(begun * 1000),
        "endTimeUnixNano": str(begun * 1000 + 10**9),
        "attributes": [
            {"key": k, "value": {"intValue": str(v)} if isinstance(v, int) else {"stringValue": v}}
            for k, v in told.items()
        ],
    }


@pytest.mark.parametrize("tell", [by_http, by_sdk, by_otlp])
def test_totals_by_customer_hour_and_model_are_those_by_hand(
    server: Server, calls: list[dict[str, Any]], tell: Any, tmp_path: Path
) -> None:
    tell(server, calls)
    number, totals = counted(tmp_path)
    assert number == len(calls)
    assert totals == by_hand(calls)
