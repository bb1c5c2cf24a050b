"""Traces become operations: each call once, in whatever pieces it is told, and told anew when more is known."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from apportion.metering.service import Meter
from apportion.pricing import RateCard
from operations import Kept

CAPTURES = Path(__file__).parents[3].parent / "shared" / "data" / "otel"
OPENAI, ANTHROPIC = Decimal("0.00375"), Decimal("0.004545")
AFTER = datetime(2026, 12, 1, tzinfo=UTC)
TRACE = "0af7651916cd43dd8448eb211c80319c"


def span(name: str, span_id: str, parent: str = "", **attributes: Any) -> dict[str, Any]:
    start = int(datetime(2026, 10, 2, 9, 30, tzinfo=UTC).timestamp()) * 10**9
    kinds = {int: "intValue", str: "stringValue"}
    return {
        "traceId": TRACE,
        "spanId": span_id,
        "parentSpanId": parent,
        "name": name,
        "startTimeUnixNano": str(start),
        "endTimeUnixNano": str(start + 10**9),
        "attributes": [
            {"key": k.replace("__", "."), "value": {kinds[type(v)]: str(v) if isinstance(v, int) else v}}
            for k, v in attributes.items()
        ],
    }


def export(*spans: dict[str, Any]) -> bytes:
    return json.dumps(
        {"resourceSpans": [{"scopeSpans": [{"scope": {"name": "app"}, "spans": list(spans)}]}]}
    ).encode()


CALL = span(
    "chat gpt-4o",
    "b7ad6b7169203331",
    "00f067aa0ba902b7",
    gen_ai__operation__name="chat",
    gen_ai__provider__name="openai",
    gen_ai__request__model="gpt-4o",
    gen_ai__response__id="chatcmpl-1",
    gen_ai__usage__input_tokens=1000,
    gen_ai__usage__cache_read__input_tokens=600,
    gen_ai__usage__output_tokens=200,
)
REQUEST = span("handle", "00f067aa0ba902b7", customer__id="acme", feature="summaries")


@pytest.fixture
def meter(kept: Kept) -> Meter:
    return Meter(kept.store, RateCard.seeded([]), now=lambda: AFTER)


def test_who_it_was_for_may_be_told_after_the_call(kept: Kept, meter: Meter) -> None:
    meter.trace(export(CALL), "application/json", None)
    assert kept.shown("customer", "cost", "operation_id")[0][:2] == (None, OPENAI)
    meter.trace(export(REQUEST), "application/json", None)
    assert kept.shown("customer", "feature", "cost", "operation_id")[0][:3] == ("acme", "summaries", OPENAI)


def test_sent_twice_it_counts_once(kept: Kept, meter: Meter) -> None:
    first = meter.trace(export(CALL, REQUEST), "application/json", None)
    again = meter.trace(export(REQUEST, CALL), "application/json", None)
    assert (first.accepted, again.accepted, again.repeated) == (1, 0, 1)
    assert len(kept.shown()) == 1


def test_a_call_that_cannot_be_kept_is_told(kept: Kept, meter: Meter) -> None:
    ahead = {**CALL, "startTimeUnixNano": str(4 * 10**18), "endTimeUnixNano": str(4 * 10**18 + 10)}
    done = meter.trace(export(ahead), "application/json", None)
    assert (done.accepted, [r.field for r in done.rejected]) == (0, ["time"])
    assert kept.shown() == []


def test_what_turns_out_to_be_a_sum_is_withdrawn_also_from_the_archive(kept: Kept, meter: Meter) -> None:
    usage = {"gen_ai__usage__input_tokens": 1000, "gen_ai__usage__output_tokens": 200}
    said = {"gen_ai__request__model": "gpt-4o", "gen_ai__provider__name": "openai", **usage}
    whole = span("ask", "00f067aa0ba902b7", gen_ai__operation__name="chat", **said)
    meter.trace(export(whole), "application/json", None)
    kept.tidy()
    assert kept.shown("input_tokens", "operation_id")[0][0] == 1000
    half = {"gen_ai__usage__input_tokens": 500, "gen_ai__usage__output_tokens": 100}
    parts = [
        span("chat", f"b7ad6b716920333{n}", "00f067aa0ba902b7", gen_ai__operation__name="chat",
             gen_ai__response__id=f"chatcmpl-{n}", **said | half)
        for n in (1, 2)
    ]  # fmt: skip
    meter.trace(export(*parts), "application/json", None)
    kept.tidy()
    assert sorted(r[0] for r in kept.shown("input_tokens", "operation_id")) == [500, 500]


@pytest.mark.data
@pytest.mark.skipif(not CAPTURES.exists(), reason="the captures are not here")
@pytest.mark.parametrize("capture", sorted(p.name for p in CAPTURES.glob("*.otlp.*")))
def test_every_capture_is_one_operation_at_its_true_cost(kept: Kept, meter: Meter, capture: str) -> None:
    kind = "application/json" if capture.endswith("json") else "application/x-protobuf"
    meter.trace((CAPTURES / capture).read_bytes(), kind, None)
    cost, state, cached = kept.shown("cost", "price_state", "cache_read_tokens", "operation_id")[0][:3]
    assert len(kept.shown()) == 1
    if "nousage" in capture:
        assert (cost, state) == (None, "unknown")
    elif cached is None:  # this instrumentation drops what was read from the cache: at most so much
        assert (cost, state) == (Decimal("0.0045"), "estimated")
    else:
        assert (cost, state) == (ANTHROPIC if "anthropic" in capture else OPENAI, "priced")
