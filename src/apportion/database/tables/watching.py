"""What is watched: anomalies, alerts, the messages about them, forecasts and jobs."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Table, Text, text

from apportion.database.tables.columns import metadata, whole

incidents = Table(
    "incidents",
    metadata,
    Column("incident_id", Text, primary_key=True),
    Column("grain", Text, nullable=False),
    Column("first_step", Text, nullable=False),
    Column("last_step", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("severity", Text, nullable=False),
    Column("direction", BigInteger, nullable=False),
    Column("body", Text, nullable=False),
    Column("found", BigInteger, nullable=False),
    Column("changed", BigInteger, nullable=False),
)
"""Anomalies that belong together, as one. Steps are ISO text of a day or an hour; `body` is a JSON object
with the levels at which it was seen, and amounts as text.
"""

incident_events = Table(
    "incident_events",
    metadata,
    Column("event_id", Text, primary_key=True),
    Column("incident_id", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("state", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("who", Text, nullable=False),
)
"""What people said of an incident, in order; nothing of it is ever changed."""

alert_messages = Table(
    "alert_messages",
    metadata,
    Column("message_id", Text, primary_key=True),
    Column("channel", Text, nullable=False),
    Column("event", Text, nullable=False),
    Column("severity", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("alerts", Text, nullable=False),
    Column("due", BigInteger, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", BigInteger, nullable=False),
    Column("next_attempt", BigInteger, nullable=False),
    Column("last_error", Text, nullable=False),
    Column("lease_by", Text, nullable=False),
    Column("lease_until", BigInteger, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("finished", BigInteger),
    Index("alert_messages_waiting", "channel", "state", "next_attempt"),
    Index("alert_messages_created", "created", "message_id"),
)
"""What goes out to channels, and what became of it. `body` is a JSON object, `alerts` a sorted JSON list of
ids. Who sends a message holds its lease; one that runs out in state 'sending' was not seen to the end.
`attempts` are those since the message was last put in line; all there ever were are in `alert_deliveries`.
"""

alert_deliveries = Table(
    "alert_deliveries",
    metadata,
    Column("message_id", Text, primary_key=True),
    Column("attempt", BigInteger, primary_key=True),
    Column("channel", Text, nullable=False),
    Column("started", BigInteger, nullable=False),
    Column("finished", BigInteger),
    Column("outcome", Text, nullable=False),
    Column("said", Text, nullable=False),
)
"""One row for each attempt to send a message, written before it begins; `said` is the receiver's answer."""

alert_channels = Table(
    "alert_channels",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("failures", BigInteger, nullable=False),
    Column("failing_since", BigInteger),
    Column("rests_until", BigInteger, nullable=False),
    Column("last_sent", BigInteger),
    Column("last_error", Text, nullable=False),
)
"""How a channel does: failures one after the other, and until when nothing is tried. Only those ever used."""

alerts = Table(
    "alerts",
    metadata,
    Column("alert_id", Text, primary_key=True),
    Column("rule", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("severity", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("opened", BigInteger, nullable=False),
    Column("severe_since", BigInteger, nullable=False),
    Column("found", BigInteger, nullable=False),
    *whole("missing_since", "resolved", "acknowledged", "muted_until"),
    Column("who", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("changed", BigInteger, nullable=False),
    Index("alerts_opened", "opened", "alert_id"),
    Index("alerts_about", "rule", "key"),
    Index(
        "alerts_unresolved",
        "rule",
        "key",
        unique=True,
        sqlite_where=text("resolved IS NULL"),
        postgresql_where=text("resolved IS NULL"),
    ),
)
"""What rules found, from when it was found first until it ended; at most one of a rule and key holds at a
time. `body` is a JSON object of what the rule said last; `found` is when it said so.
"""

alert_notices = Table(
    "alert_notices",
    metadata,
    Column("alert_id", Text, primary_key=True),
    Column("channel", Text, primary_key=True),
    Column("severity", Text, nullable=False),
    Column("first", BigInteger, nullable=False),
    Column("told", BigInteger, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("reminders", BigInteger, nullable=False),
    Column("ended", Boolean, nullable=False),
)
"""What each channel was told of an alert: the worst severity, when, how often, and whether of its end."""

alert_events = Table(
    "alert_events",
    metadata,
    Column("event_id", Text, primary_key=True),
    Column("alert_id", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("event", Text, nullable=False),
    Column("severity", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Index("alert_events_of", "alert_id", "at"),
)
"""What became of an alert, in order; nothing of it is ever changed. `channel` is '' but for messages."""

alert_evaluations = Table(
    "alert_evaluations",
    metadata,
    Column("rule", Text, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("signals", BigInteger, nullable=False),
)
"""When each rule was last evaluated, and how much it found."""

action_runs = Table(
    "action_runs",
    metadata,
    Column("action_id", Text, primary_key=True),
    Column("action", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("armed", Boolean, nullable=False),
    Column("reason", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("alert_id", Text, nullable=False),
    Column("before", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("said", Text, nullable=False),
    *whole("finished", "undone"),
    Column("undone_by", Text, nullable=False),
    Index("action_runs_at", "at", "action_id"),
)
"""What was done, or in a dry run would have been, to which target; written before it begins. `before` is a
JSON object of the target's state before, which undoing restores.
"""

forecasts = Table(
    "forecasts",
    metadata,
    *(Column(name, Text, primary_key=True) for name in ("metric", "perspective", "filter", "key")),
    *(Column(name, Text, primary_key=True) for name in ("currency", "month", "made_on")),
    *(Column(name, Text, nullable=False) for name in ("total", "low", "high", "method", "run")),
    Column("kept", BigInteger, nullable=False),
)
"""Forecasts of months as they were given. `filter` and `key` are JSON objects, `perspective` is '' for cost
as charged, `made_on` is the last day that was known. Amounts are decimals as text.
"""

jobs = Table(
    "jobs",
    metadata,
    Column("job", Text, primary_key=True),
    Column("outcome", Text, nullable=False),
    Column("said", Text, nullable=False),
    Column("started", BigInteger, nullable=False),
    Column("milliseconds", BigInteger, nullable=False),
)
"""How the last run of each job went."""

looked = Table(
    "looked",
    metadata,
    Column("ground", Text, primary_key=True),
    Column("key", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
)
"""What was last judged of each ground, so that the same is not judged twice; without a row, it never was."""
