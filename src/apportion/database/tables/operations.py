"""Operations, what is told of them, and the prices that they have."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Table, Text, text

from apportion.database.tables.columns import metadata, texts, whole

TRACED = text("source = 'otlp'")

operations = Table(
    "operations",
    metadata,
    Column("operation_id", Text, primary_key=True),
    Column("time", BigInteger, nullable=False),
    Column("received", BigInteger, nullable=False),
    Column("source", Text, nullable=False),
    *texts("customer", "plan", "feature", "organization", "cost_center", "team", "project", "user"),
    *texts("workflow", "conversation", "environment", "region", "operation", "provider", "model"),
    *texts("requested_model", "service_tier"),
    Column("batch", Boolean),
    Column("requests", BigInteger),
    *whole("input_tokens", "cache_read_tokens", "cache_write_tokens", "cache_write_1h_tokens"),
    *whole("input_audio_tokens", "cache_audio_read_tokens", "input_image_tokens"),
    *whole("output_tokens", "reasoning_tokens", "output_audio_tokens", "output_image_tokens", "max_tokens"),
    *texts("gpu_seconds", "prompt", "variant", "prompt_hash", "prefix_hash", "units", "unit"),
    Column("success", Boolean),
    *texts("value"),
    *whole("latency_ms"),
    *texts("reported_cost", "trace_id", "span_id", "response_id", "dimensions"),
    Column("price_state", Text, nullable=False),
    Column("cost", BigInteger),
    Column("currency", Text, nullable=False),
    Column("rate", Text, nullable=False),
    Column("changed", BigInteger, nullable=False),
    Index("operations_changed", "changed"),
    Index("operations_traced", "trace_id", sqlite_where=TRACED, postgresql_where=TRACED),
)
"""Recent operations. Decimals without a column of their own scale are text; `dimensions` is a JSON object.
`changed` grows with every insert and update: who has seen the table up to a number needs what follows only.
"""

outcomes = Table(
    "outcomes",
    metadata,
    Column("operation_id", Text, primary_key=True),
    Column("received", BigInteger, nullable=False),
    Column("body", Text, nullable=False),
)
"""Outcomes of operations that are not in `operations`: not yet, or no more."""

spans = Table(
    "spans",
    metadata,
    Column("trace_id", Text, primary_key=True),
    Column("span_id", Text, primary_key=True),
    Column("received", BigInteger, nullable=False),
    Column("body", Text, nullable=False),
    Index("spans_received", "received"),
)
"""What spans said of operations, until their trace is complete."""

rate_cards = Table(
    "rate_cards",
    metadata,
    Column("version", Text, primary_key=True),
    Column("created", BigInteger, nullable=False),
    Column("body", Text, nullable=False),
)
"""Every rate card that an operation was priced by, whole."""

derived_rates = Table(
    "derived_rates",
    metadata,
    Column("rate", Text, primary_key=True),
    Column("start", Text, primary_key=True),
    Column("until", Text, nullable=False),
    Column("final", Boolean, nullable=False),
    Column("prices", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("run", Text, nullable=False),
    Column("derived", BigInteger, nullable=False),
)
"""Prices that come from a cluster's cost, one for each rate and month. Days are ISO text, `until` is
excluded; `prices` is a JSON object of decimals as text, for a million tokens of each kind.
"""
