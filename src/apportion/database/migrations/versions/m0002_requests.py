"""How many calls a row of operations adds up, for reports of a provider."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("operations", sa.Column("requests", sa.BigInteger()))


def downgrade() -> None:
    op.drop_column("operations", "requests")
