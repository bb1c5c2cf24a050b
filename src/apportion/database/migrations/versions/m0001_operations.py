"""Operations, their outcomes, the spans they are read from, and the rate cards that price them."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

TEXTS = (
    "customer", "plan", "feature", "organization", "cost_center", "team", "project", "user", "workflow",
    "conversation", "environment", "region", "operation", "provider", "model", "requested_model",
    "service_tier", "gpu_seconds", "prompt", "variant", "prompt_hash", "prefix_hash", "units", "unit",
    "value", "reported_cost", "trace_id", "span_id", "response_id", "dimensions",
)  # fmt: skip
WHOLE = (
    "input_tokens", "cache_read_tokens", "cache_write_tokens", "cache_write_1h_tokens", "input_audio_tokens",
    "cache_audio_read_tokens", "input_image_tokens", "output_tokens", "reasoning_tokens",
    "output_audio_tokens", "output_image_tokens", "max_tokens", "latency_ms", "cost",
)  # fmt: skip


def upgrade() -> None:
    text, whole = sa.Text, sa.BigInteger
    op.create_table(
        "operations",
        sa.Column("operation_id", text, primary_key=True),
        sa.Column("time", whole, nullable=False),
        sa.Column("received", whole, nullable=False),
        sa.Column("source", text, nullable=False),
        *(sa.Column(name, text) for name in TEXTS),
        *(sa.Column(name, whole) for name in WHOLE),
        sa.Column("batch", sa.Boolean),
        sa.Column("success", sa.Boolean),
        sa.Column("price_state", text, nullable=False),
        sa.Column("currency", text, nullable=False),
        sa.Column("rate", text, nullable=False),
        sa.Column("changed", whole, nullable=False),
    )
    op.create_index("operations_changed", "operations", ["changed"])
    traced = sa.text("source = 'otlp'")
    op.create_index(
        "operations_traced", "operations", ["trace_id"], sqlite_where=traced, postgresql_where=traced
    )
    op.create_table(
        "outcomes",
        sa.Column("operation_id", text, primary_key=True),
        sa.Column("received", whole, nullable=False),
        sa.Column("body", text, nullable=False),
    )
    op.create_table(
        "spans",
        sa.Column("trace_id", text, primary_key=True),
        sa.Column("span_id", text, primary_key=True),
        sa.Column("received", whole, nullable=False),
        sa.Column("body", text, nullable=False),
    )
    op.create_index("spans_received", "spans", ["received"])
    op.create_table(
        "rate_cards",
        sa.Column("version", text, primary_key=True),
        sa.Column("created", whole, nullable=False),
        sa.Column("body", text, nullable=False),
    )


def downgrade() -> None:
    for name in ("rate_cards", "spans", "outcomes", "operations"):
        op.drop_table(name)
