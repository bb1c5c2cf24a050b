"""The columns of every ledger table but `charges`, whose columns FOCUS decides."""

from collections.abc import Mapping, Sequence
from typing import Any

from deltalake import Schema
from deltalake.schema import Field, MapType, PrimitiveType

MONEY = "DECIMAL(28,12)"
QUANTITY = "DECIMAL(38,12)"
MAP = "MAP(VARCHAR, VARCHAR)"

Columns = Mapping[str, str]

PARTITIONS: dict[str, Sequence[str]] = {
    "charges": ("x_Source", "x_BillingPeriod"),
    "usage": ("measure", "period"),
    "customers": (),
    "revenue": (),
    "identities": (),
    "operations": ("period",),
    "daily_revenue": (),
    "daily_costs": ("billing_period",),
    "reconciliation": (),
    "steps": ("perspective", "period"),
    "allocations": ("perspective", "billing_period"),
    "judgements": ("grain", "period"),
}

_ORIGIN = {"x_LoadId": "VARCHAR", "x_SourceFile": "VARCHAR", "x_SourceLine": "BIGINT"}

USAGE: Columns = {
    "measure": "VARCHAR",
    "period": "VARCHAR",
    "time": "TIMESTAMPTZ",
    "day": "DATE",
    "quantity": QUANTITY,
    "dimensions": MAP,
    **_ORIGIN,
}
CUSTOMERS: Columns = {
    "customer_id": "VARCHAR",
    "customer_name": "VARCHAR",
    "plan": "VARCHAR",
    "status": "VARCHAR",
    "start_date": "DATE",
    "end_date": "DATE",
    "attributes": MAP,
    **_ORIGIN,
}
REVENUE: Columns = {
    "customer_id": "VARCHAR",
    "kind": "VARCHAR",
    "amount": MONEY,
    "currency": "VARCHAR",
    "start_date": "DATE",
    "end_date": "DATE",
    "description": "VARCHAR",
    **_ORIGIN,
}
IDENTITIES: Columns = {
    "customer_id": "VARCHAR",
    "kind": "VARCHAR",
    "value": "VARCHAR",
    "alias": "VARCHAR",
    "dimension": "VARCHAR",
    **_ORIGIN,
}
OPERATIONS: Columns = {
    "operation_id": "VARCHAR",
    **dict.fromkeys(("time", "received"), "TIMESTAMPTZ"),
    **dict.fromkeys(
        (
            "source", "customer", "plan", "feature", "organization", "cost_center", "team", "project", "user",
            "workflow", "conversation", "environment", "region", "operation", "provider", "model",
            "requested_model", "service_tier",
        ),
        "VARCHAR",
    ),
    "batch": "BOOLEAN",
    "requests": "BIGINT",
    **dict.fromkeys(
        (
            "input_tokens", "cache_read_tokens", "cache_write_tokens", "cache_write_1h_tokens",
            "input_audio_tokens", "cache_audio_read_tokens", "input_image_tokens", "output_tokens",
            "reasoning_tokens", "output_audio_tokens", "output_image_tokens", "max_tokens", "latency_ms",
        ),
        "BIGINT",
    ),
    **dict.fromkeys(("prompt", "variant", "prompt_hash", "prefix_hash", "unit"), "VARCHAR"),
    **dict.fromkeys(("units", "value", "gpu_seconds"), QUANTITY),
    "success": "BOOLEAN",
    **dict.fromkeys(("cost", "reported_cost"), MONEY),
    **dict.fromkeys(("currency", "price_state", "rate", "trace_id", "span_id", "response_id"), "VARCHAR"),
    "dimensions": MAP,
    "changed": "BIGINT",
    "period": "VARCHAR",
}  # fmt: skip
"""Operations, archived or not. `period` is the month of `time`, in UTC."""

DAILY_REVENUE: Columns = {
    "customer_id": "VARCHAR",
    "day": "DATE",
    "currency": "VARCHAR",
    "kind": "VARCHAR",
    "amount": MONEY,
}
JUDGEMENTS: Columns = {
    **dict.fromkeys(("grain", "period", "grouping", "key", "currency", "metric", "run_id"), "VARCHAR"),
    **dict.fromkeys(("step", "judged_at"), "TIMESTAMPTZ"),
    "backfilled": "BOOLEAN",
    **dict.fromkeys(("seen", "seen_before", "seen_before_that"), "DECIMAL(38,12)"),
    **dict.fromkeys(("score", "expected", "lower", "upper"), "DOUBLE"),
    **dict.fromkeys(("lag", "since", "channel"), "BIGINT"),
}
"""What was said of each series at each step when it was the newest, and of which amounts: those of the step
and of the two before it, as they were known then. `grain` is D or H, `key` a JSON list.
"""
RECONCILIATION: Columns = {
    "perspective": "VARCHAR",
    "source": "VARCHAR",
    "billing_period": "VARCHAR",
    "currency": "VARCHAR",
    "metric": "VARCHAR",
    "charged": "DECIMAL(38,12)",
    "allocated": "DECIMAL(38,12)",
    "idle": "DECIMAL(38,12)",
    "unallocated": "DECIMAL(38,12)",
    "difference": "DECIMAL(38,12)",
    "rejected": "DECIMAL(38,12)",
    "rejected_rows": "BIGINT",
}
STEPS: Columns = {
    "perspective": "VARCHAR",
    "period": "VARCHAR",
    "day": "DATE",
    **dict.fromkeys(
        ("node", "rule", "method", "to", "target_kind", "target", "evidence", "measure"), "VARCHAR"
    ),
    "keys": MAP,
    "quantity": QUANTITY,
    "total": QUANTITY,
    "basis_from": "DATE",
    "basis_to": "DATE",
    "weight": "BIGINT",
    "whole": "BIGINT",
}
_POOL = {"day": "DATE", "source": "VARCHAR", "billing_period": "VARCHAR", "currency": "VARCHAR"}
FOCUS_KEPT = (
    "ServiceProviderName",
    "ServiceCategory",
    "ServiceName",
    "SubAccountId",
    "SubAccountName",
    "RegionId",
    "ChargeCategory",
)


def daily_costs(dimensions: Sequence[str]) -> Columns:
    """Columns of `daily_costs` with one column for each dimension."""
    return {
        **_POOL,
        **dict.fromkeys(dimensions, "VARCHAR"),
        "cost_class": "VARCHAR",
        "idle": "BOOLEAN",
        **dict.fromkeys(FOCUS_KEPT, "VARCHAR"),
        "tests": "VARCHAR",
        "line_items": "BIGINT",
        **dict.fromkeys(("BilledCost", "EffectiveCost", "ContractedCost", "ListCost"), MONEY),
    }


def allocations(dimensions: Sequence[str]) -> Columns:
    """Columns of `allocations`; the dimensions are those of the pool the cost came from."""
    words = ("target_kind", "target", "rule", "method", "node", "evidence")
    return {
        "perspective": "VARCHAR",
        **_POOL,
        **dict.fromkeys(dimensions, "VARCHAR"),
        "cost_class": "VARCHAR",
        **dict.fromkeys(words, "VARCHAR"),
        "BilledCost": MONEY,
        "EffectiveCost": MONEY,
    }


def delta_schema(columns: Columns) -> Schema:
    """The Delta schema of columns given by their SQL types."""
    return Schema([Field(name, _delta_type(sql), nullable=True) for name, sql in columns.items()])


def _delta_type(sql: str) -> Any:
    simple = {
        "VARCHAR": "string",
        "BIGINT": "long",
        "BOOLEAN": "boolean",
        "DATE": "date",
        "TIMESTAMPTZ": "timestamp",
        "DOUBLE": "double",
    }
    if sql.startswith("MAP"):
        return MapType(PrimitiveType("string"), PrimitiveType("string"), value_contains_null=True)
    return PrimitiveType(simple.get(sql, sql.lower()))
