"""What is watched: anomalies that were found, alerts, and the messages about them."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    text, whole = sa.Text, sa.BigInteger
    op.create_table(
        "incidents",
        sa.Column("incident_id", text, primary_key=True),
        sa.Column("grain", text, nullable=False),
        sa.Column("first_step", text, nullable=False),
        sa.Column("last_step", text, nullable=False),
        sa.Column("state", text, nullable=False),
        sa.Column("severity", text, nullable=False),
        sa.Column("direction", whole, nullable=False),
        sa.Column("body", text, nullable=False),
        sa.Column("found", whole, nullable=False),
        sa.Column("changed", whole, nullable=False),
    )
    op.create_table(
        "looked",
        sa.Column("ground", text, primary_key=True),
        sa.Column("key", text, nullable=False),
        sa.Column("at", whole, nullable=False),
    )
    op.create_table(
        "jobs",
        sa.Column("job", text, primary_key=True),
        sa.Column("outcome", text, nullable=False),
        sa.Column("said", text, nullable=False),
        sa.Column("started", whole, nullable=False),
        sa.Column("milliseconds", whole, nullable=False),
    )
    op.create_table(
        "incident_events",
        sa.Column("event_id", text, primary_key=True),
        sa.Column("incident_id", text, nullable=False),
        sa.Column("at", whole, nullable=False),
        sa.Column("state", text, nullable=False),
        sa.Column("reason", text, nullable=False),
        sa.Column("who", text, nullable=False),
    )
    _outbox(text, whole)


def _outbox(text: type[sa.Text], whole: type[sa.BigInteger]) -> None:
    op.create_table(
        "alert_messages",
        sa.Column("message_id", text, primary_key=True),
        sa.Column("channel", text, nullable=False),
        sa.Column("event", text, nullable=False),
        sa.Column("severity", text, nullable=False),
        sa.Column("title", text, nullable=False),
        sa.Column("text", text, nullable=False),
        sa.Column("body", text, nullable=False),
        sa.Column("alerts", text, nullable=False),
        sa.Column("due", whole, nullable=False),
        sa.Column("state", text, nullable=False),
        sa.Column("attempts", whole, nullable=False),
        sa.Column("next_attempt", whole, nullable=False),
        sa.Column("last_error", text, nullable=False),
        sa.Column("lease_by", text, nullable=False),
        sa.Column("lease_until", whole, nullable=False),
        sa.Column("created", whole, nullable=False),
        sa.Column("finished", whole),
    )
    op.create_index("alert_messages_waiting", "alert_messages", ["channel", "state", "next_attempt"])
    op.create_index("alert_messages_created", "alert_messages", ["created", "message_id"])
    op.create_table(
        "alert_deliveries",
        sa.Column("message_id", text, primary_key=True),
        sa.Column("attempt", whole, primary_key=True),
        sa.Column("channel", text, nullable=False),
        sa.Column("started", whole, nullable=False),
        sa.Column("finished", whole),
        sa.Column("outcome", text, nullable=False),
        sa.Column("said", text, nullable=False),
    )
    op.create_table(
        "alert_channels",
        sa.Column("channel", text, primary_key=True),
        sa.Column("failures", whole, nullable=False),
        sa.Column("failing_since", whole),
        sa.Column("rests_until", whole, nullable=False),
        sa.Column("last_sent", whole),
        sa.Column("last_error", text, nullable=False),
    )
    _alerts()
    _actions()
    _forecasts()


def _alerts() -> None:
    text, whole = sa.Text, sa.BigInteger
    op.create_table(
        "alerts",
        sa.Column("alert_id", text, primary_key=True),
        *(sa.Column(name, text, nullable=False) for name in ("rule", "key", "state", "severity", "body")),
        *(sa.Column(name, whole, nullable=False) for name in ("opened", "severe_since", "found")),
        *(sa.Column(name, whole) for name in ("missing_since", "resolved", "acknowledged", "muted_until")),
        sa.Column("who", text, nullable=False),
        sa.Column("reason", text, nullable=False),
        sa.Column("changed", whole, nullable=False),
    )
    op.create_index("alerts_opened", "alerts", ["opened", "alert_id"])
    op.create_index("alerts_about", "alerts", ["rule", "key"])
    holds = sa.text("resolved IS NULL")
    op.create_index(
        "alerts_unresolved",
        "alerts",
        ["rule", "key"],
        unique=True,
        sqlite_where=holds,
        postgresql_where=holds,
    )
    op.create_table(
        "alert_notices",
        sa.Column("alert_id", text, primary_key=True),
        sa.Column("channel", text, primary_key=True),
        sa.Column("severity", text, nullable=False),
        *(sa.Column(name, whole, nullable=False) for name in ("first", "told", "sequence", "reminders")),
        sa.Column("ended", sa.Boolean, nullable=False),
    )
    op.create_table(
        "alert_events",
        sa.Column("event_id", text, primary_key=True),
        sa.Column("alert_id", text, nullable=False),
        sa.Column("at", whole, nullable=False),
        *(
            sa.Column(name, text, nullable=False)
            for name in ("event", "severity", "channel", "who", "reason")
        ),
    )
    op.create_index("alert_events_of", "alert_events", ["alert_id", "at"])
    op.create_table(
        "alert_evaluations",
        sa.Column("rule", text, primary_key=True),
        sa.Column("at", whole, nullable=False),
        sa.Column("signals", whole, nullable=False),
    )


def _actions() -> None:
    text, whole = sa.Text, sa.BigInteger
    op.create_table(
        "action_runs",
        sa.Column("action_id", text, primary_key=True),
        *(sa.Column(name, text, nullable=False) for name in ("action", "kind", "target")),
        sa.Column("at", whole, nullable=False),
        sa.Column("armed", sa.Boolean, nullable=False),
        *(
            sa.Column(name, text, nullable=False)
            for name in ("reason", "who", "alert_id", "before", "outcome", "said")
        ),
        *(sa.Column(name, whole) for name in ("finished", "undone")),
        sa.Column("undone_by", text, nullable=False),
    )
    op.create_index("action_runs_at", "action_runs", ["at", "action_id"])


def _forecasts() -> None:
    text = sa.Text
    keys = ("metric", "perspective", "filter", "key", "currency", "month", "made_on")
    op.create_table(
        "forecasts",
        *(sa.Column(name, text, primary_key=True) for name in keys),
        *(sa.Column(name, text, nullable=False) for name in ("total", "low", "high", "method", "run")),
        sa.Column("kept", sa.BigInteger, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("forecasts")
    for name in ("action_runs", "alert_evaluations", "alert_events", "alert_notices", "alerts"):
        op.drop_table(name)
    for name in ("alert_channels", "alert_deliveries", "alert_messages"):
        op.drop_table(name)
    for name in ("incident_events", "jobs", "looked", "incidents"):
        op.drop_table(name)
