"""Who may come in, budgets with their reservations, and credits."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

TABLES = (
    *("people", "login_failures", "sessions", "api_keys", "audit", "access_marks"),
    *("budget_periods", "budget_entries", "reservations", "budget_adjustments", "budget_crossings"),
    *("budget_declarations", "learned_costs", "subscriptions", "credit_accounts", "credit_grants"),
    *("credit_balances", "credit_entries", "credit_uses", "credit_days"),
)


def upgrade() -> None:
    text, whole = sa.Text, sa.BigInteger
    op.create_table(
        "people",
        sa.Column("login", text, primary_key=True),
        sa.Column("name", text, nullable=False),
        sa.Column("role", text, nullable=False),
        sa.Column("tenant", text, nullable=False),
        sa.Column("password", text, nullable=False),
        sa.Column("state", text, nullable=False),
        sa.Column("failures", whole, nullable=False),
        sa.Column("locked_until", whole, nullable=False),
        sa.Column("created", whole, nullable=False),
        sa.Column("changed", whole, nullable=False),
        sa.Column("seen", whole),
    )
    op.create_table(
        "login_failures",
        sa.Column("login", text, primary_key=True),
        sa.Column("address", text, primary_key=True),
        sa.Column("failures", whole, nullable=False),
        sa.Column("locked_until", whole, nullable=False),
        sa.Column("at", whole, nullable=False),
    )
    op.create_table(
        "sessions",
        sa.Column("session", text, primary_key=True),
        sa.Column("login", text, nullable=False),
        sa.Column("created", whole, nullable=False),
        sa.Column("seen", whole, nullable=False),
        sa.Column("expires", whole, nullable=False),
    )
    op.create_index("sessions_of", "sessions", ["login"])
    op.create_table(
        "api_keys",
        sa.Column("key_id", text, primary_key=True),
        sa.Column("hash", text, nullable=False),
        sa.Column("name", text, nullable=False),
        sa.Column("scopes", text, nullable=False),
        sa.Column("tenant_kind", text, nullable=False),
        sa.Column("tenant", text, nullable=False),
        sa.Column("created_by", text, nullable=False),
        sa.Column("created", whole, nullable=False),
        sa.Column("expires", whole),
        sa.Column("revoked", whole),
        sa.Column("used", whole),
        sa.Column("revoked_by", text),
    )
    op.create_table(
        "audit",
        sa.Column("number", whole, primary_key=True, autoincrement=False),
        sa.Column("at", whole, nullable=False),
        sa.Column("who", text, nullable=False),
        sa.Column("kind", text, nullable=False),
        sa.Column("action", text, nullable=False),
        sa.Column("target", text, nullable=False),
        sa.Column("outcome", text, nullable=False),
        sa.Column("address", text, nullable=False),
        sa.Column("detail", text, nullable=False),
        sa.Column("hash", text, nullable=False),
    )
    op.create_index("audit_at", "audit", ["at"])
    op.create_table(
        "access_marks",
        sa.Column("name", text, primary_key=True),
        sa.Column("value", text, nullable=False),
    )
    op.create_table(
        "budget_periods",
        sa.Column("period_id", text, primary_key=True),
        sa.Column("budget", text, nullable=False),
        sa.Column("entity", text, nullable=False),
        sa.Column("start", whole, nullable=False),
        sa.Column("until", whole, nullable=False),
        sa.Column("amount", whole, nullable=False),
        sa.Column("spent", whole, nullable=False),
        sa.Column("reserved", whole, nullable=False),
        sa.Column("uncounted", whole, nullable=False),
        sa.Column("created", whole, nullable=False),
        sa.Column("changed", whole, nullable=False),
        sa.Column("currency", text, nullable=False),
    )
    op.create_index("budget_periods_of", "budget_periods", ["budget", "entity", "start"])
    op.create_index("budget_periods_until", "budget_periods", ["until"])
    op.create_table(
        "budget_declarations",
        sa.Column("budget", text, primary_key=True),
        sa.Column("fingerprint", text, nullable=False),
        sa.Column("began", whole, nullable=False),
        sa.Column("declared", whole, nullable=False),
        sa.Column("counted", whole, nullable=False),
    )
    op.create_table(
        "budget_entries",
        sa.Column("period_id", text, primary_key=True),
        sa.Column("operation_id", text, primary_key=True),
        sa.Column("state", text, nullable=False),
        sa.Column("amount", whole, nullable=False),
        sa.Column("at", whole, nullable=False),
    )
    op.create_index("budget_entries_operation", "budget_entries", ["operation_id"])
    op.create_table(
        "reservations",
        sa.Column("reservation_id", text, primary_key=True),
        sa.Column("state", text, nullable=False),
        sa.Column("basis", text, nullable=False),
        sa.Column("currency", text, nullable=False),
        sa.Column("fields", text, nullable=False),
        sa.Column("asked", text, nullable=False),
        sa.Column("estimate", whole, nullable=False),
        sa.Column("created", whole, nullable=False),
        sa.Column("expires", whole, nullable=False),
        sa.Column("settled", whole),
        sa.Column("cost", whole),
    )
    op.create_index("reservations_expiring", "reservations", ["state", "expires"])
    op.create_table(
        "budget_adjustments",
        sa.Column("adjustment_id", text, primary_key=True),
        sa.Column("period_id", text, nullable=False),
        sa.Column("reason", text, nullable=False),
        sa.Column("who", text, nullable=False),
        sa.Column("amount", whole, nullable=False),
        sa.Column("at", whole, nullable=False),
    )
    op.create_index("budget_adjustments_of", "budget_adjustments", ["period_id"])
    op.create_table(
        "budget_crossings",
        sa.Column("period_id", text, primary_key=True),
        sa.Column("threshold", whole, primary_key=True),
        sa.Column("at", whole, nullable=False),
        sa.Column("spent", whole, nullable=False),
    )
    op.create_table(
        "learned_costs",
        sa.Column("feature", text, primary_key=True),
        sa.Column("model", text, primary_key=True),
        sa.Column("bin", whole, primary_key=True),
        sa.Column("weight", whole, nullable=False),
    )
    op.create_table(
        "subscriptions",
        sa.Column("customer", text, primary_key=True),
        sa.Column("since", text, primary_key=True),
        sa.Column("plan", text, nullable=False),
        sa.Column("contact", text, nullable=False),
        sa.Column("who", text, nullable=False),
        sa.Column("reason", text, nullable=False),
        sa.Column("at", whole, nullable=False),
        sa.Column("until", text),
    )
    op.create_table(
        "credit_accounts",
        sa.Column("customer", text, primary_key=True),
        sa.Column("entries", whole, nullable=False),
        sa.Column("created", whole, nullable=False),
    )
    op.create_table(
        "credit_grants",
        sa.Column("grant_id", text, primary_key=True),
        sa.Column("customer", text, nullable=False),
        sa.Column("kind", text, nullable=False),
        sa.Column("plan", text, nullable=False),
        sa.Column("reason", text, nullable=False),
        sa.Column("who", text, nullable=False),
        sa.Column("amount", whole, nullable=False),
        sa.Column("priority", whole, nullable=False),
        sa.Column("starts", whole, nullable=False),
        sa.Column("keeps", whole, nullable=False),
        sa.Column("number", whole, nullable=False),
        sa.Column("at", whole, nullable=False),
        sa.Column("expires", whole),
        sa.Column("ends", whole),
    )
    op.create_index("credit_grants_of", "credit_grants", ["customer", "starts"])
    op.create_table(
        "credit_balances",
        sa.Column("grant_id", text, primary_key=True),
        sa.Column("customer", text, nullable=False),
        sa.Column("used", whole, nullable=False),
        sa.Column("expired", whole, nullable=False),
        sa.Column("rest", whole, nullable=False),
        sa.Column("ends", whole, nullable=False),
        sa.Column("taken", whole),
    )
    op.create_index("credit_balances_of", "credit_balances", ["customer", "ends"])
    op.create_table(
        "credit_entries",
        sa.Column("customer", text, primary_key=True),
        sa.Column("number", whole, primary_key=True, autoincrement=False),
        sa.Column("grant_id", text, nullable=False),
        sa.Column("kind", text, nullable=False),
        sa.Column("operation_id", text, nullable=False),
        sa.Column("feature", text, nullable=False),
        sa.Column("day", text, nullable=False),
        sa.Column("reference", text, nullable=False),
        sa.Column("reason", text, nullable=False),
        sa.Column("who", text, nullable=False),
        sa.Column("amount", whole, nullable=False),
        sa.Column("at", whole, nullable=False),
    )
    op.create_index("credit_entries_grant", "credit_entries", ["grant_id"])
    op.create_index("credit_entries_operation", "credit_entries", ["operation_id"])
    op.create_table(
        "credit_uses",
        sa.Column("operation_id", text, primary_key=True),
        sa.Column("revision", whole, primary_key=True, autoincrement=False),
        sa.Column("customer", text, nullable=False),
        sa.Column("feature", text, nullable=False),
        sa.Column("unit", text, nullable=False),
        sa.Column("day", text, nullable=False),
        sa.Column("plan", text, nullable=False),
        sa.Column("state", text, nullable=False),
        sa.Column("basis", text, nullable=False),
        sa.Column("amount", whole, nullable=False),
        sa.Column("calls", whole, nullable=False),
        sa.Column("units", whole, nullable=False),
        sa.Column("at", whole, nullable=False),
    )
    op.create_table(
        "credit_days",
        sa.Column("customer", text, primary_key=True),
        sa.Column("day", text, primary_key=True),
        sa.Column("feature", text, primary_key=True),
        sa.Column("unit", text, primary_key=True),
        sa.Column("calls", whole, nullable=False),
        sa.Column("units", whole, nullable=False),
        sa.Column("credits", whole, nullable=False),
        sa.Column("over", whole, nullable=False),
        sa.Column("uncounted", whole, nullable=False),
    )


def downgrade() -> None:
    for name in reversed(TABLES):
        op.drop_table(name)
