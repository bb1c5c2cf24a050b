"""Prices that come from a cluster's own cost."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    text, whole = sa.Text, sa.BigInteger
    op.create_table(
        "derived_rates",
        sa.Column("rate", text, primary_key=True),
        sa.Column("start", text, primary_key=True),
        sa.Column("until", text, nullable=False),
        sa.Column("final", sa.Boolean, nullable=False),
        sa.Column("prices", text, nullable=False),
        sa.Column("currency", text, nullable=False),
        sa.Column("run", text, nullable=False),
        sa.Column("derived", whole, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("derived_rates")
