"""Broken reports of AI providers become rows or operations that were told, or an error: never a crash."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from apportion.connectors import bill_connector, find_files
from apportion.core.buckets import read_report
from apportion.core.errors import ApportionError
from apportion.engine import connect
from apportion.metering.batch import check
from apportion.metering.reports import told

NOW = datetime(2026, 10, 5, tzinfo=UTC)
ODD = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=6), st.just(10**400)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=6), inner, max_size=3)),
    max_leaves=4,
)  # fmt: skip
FIELDS = [
    "object", "amount", "line_item", "project_id", "quantity", "currency", "model", "token_type", "service_tier",
    "context_window", "inference_geo", "input_tokens", "input_cached_tokens", "output_tokens", "batch",
    "num_model_requests", "uncached_input_tokens", "cache_creation", "cache_read_input_tokens", "workspace_id",
]  # fmt: skip
SOUND: list[dict[str, Any]] = [
    {
        "object": "organization.usage.completions.result",
        "input_tokens": 5,
        "output_tokens": 1,
        "num_model_requests": 1,
    },
    {
        "uncached_input_tokens": 5,
        "cache_read_input_tokens": 1,
        "cache_creation": {"ephemeral_5m_input_tokens": 1},
    },
    {
        "object": "organization.costs.result",
        "amount": {"value": 1.5, "currency": "usd"},
        "line_item": "gpt-4o, input",
    },
    {"amount": "150", "currency": "USD", "token_type": "output_tokens"},
]
RESULTS = st.builds(
    lambda sound, odd: {**sound, **odd},
    st.sampled_from(SOUND),
    st.dictionaries(st.sampled_from(FIELDS), ODD, max_size=3),
)
BUCKETS = st.builds(
    lambda start, wide, results, odd: {"start_time": start, "end_time": start + wide, "results": results, **odd},
    st.integers(485_000, 496_000).map(lambda hour: hour * 3600), st.sampled_from([60, 3600, 86_400, 7]),
    st.lists(RESULTS, max_size=4), st.dictionaries(st.sampled_from(["start_time", "end_time", "results"]), ODD, max_size=1),
)  # fmt: skip
PAGES = st.builds(
    lambda data, more: {"data": data, "has_more": more}, st.lists(BUCKETS, max_size=3), st.booleans()
)
OFTEN = settings(max_examples=150, deadline=None, database=None, suppress_health_check=list(HealthCheck))


def outcome(work: Callable[[], object]) -> str:
    try:
        work()
    except ApportionError as why:
        return type(why).__name__
    return "read"


def test_operations_of_any_report() -> None:
    found: set[str] = set()

    def read(page: Any) -> None:
        check(told(read_report(json.dumps(page), "usage.json").buckets, NOW, "usage.json").operations, NOW)

    @seed(1)
    @OFTEN
    @given(PAGES)
    def try_out(page: Any) -> None:
        found.add(outcome(lambda: read(page)))

    try_out()
    assert found == {"read", "BadInput"}


def test_bills_of_any_report(tmp_path: Path) -> None:
    found: set[str] = set()
    path, con = tmp_path / "costs.json", connect(threads=1)

    def read(name: str) -> None:
        for reading in bill_connector(name).read(find_files([path]), con):
            with reading.rows.streams(1, nulls=False)[0] as stream:
                con.execute(f"FROM {stream.relation}").fetchall()

    @seed(1)
    @OFTEN
    @given(PAGES, st.sampled_from(["openai", "anthropic"]))
    def try_out(page: Any, name: str) -> None:
        path.write_text(json.dumps(page))
        found.add(outcome(lambda: read(name)))

    try_out()
    assert found == {"read", "BadInput"}
