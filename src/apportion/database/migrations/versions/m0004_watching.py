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
        "incident_events",
        sa.Column("event_id", text, primary_key=True),
        sa.Column("incident_id", text, nullable=False),
        sa.Column("at", whole, nullable=False),
        sa.Column("state", text, nullable=False),
        sa.Column("reason", text, nullable=False),
        sa.Column("who", text, nullable=False),
    )


def downgrade() -> None:
    for name in ("incident_events", "incidents"):
        op.drop_table(name)
