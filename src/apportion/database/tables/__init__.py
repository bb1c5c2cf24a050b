"""The tables of the state database.

Money is whole units of 10⁻¹² of a currency where a table says nothing else, time microseconds of UTC.
"""

from apportion.database.tables.access import (
    access_marks,
    api_keys,
    audit,
    login_failures,
    people,
    sessions,
)
from apportion.database.tables.budgets import (
    budget_adjustments,
    budget_crossings,
    budget_declarations,
    budget_entries,
    budget_periods,
    learned_costs,
    reservations,
)
from apportion.database.tables.columns import metadata
from apportion.database.tables.credits import (
    credit_accounts,
    credit_balances,
    credit_days,
    credit_entries,
    credit_grants,
    credit_uses,
    subscriptions,
)
from apportion.database.tables.operations import derived_rates, operations, outcomes, rate_cards, spans
from apportion.database.tables.watching import (
    action_runs,
    alert_channels,
    alert_deliveries,
    alert_evaluations,
    alert_events,
    alert_messages,
    alert_notices,
    alerts,
    forecasts,
    incident_events,
    incidents,
    jobs,
    looked,
)

__all__ = [
    "access_marks",
    "action_runs",
    "alert_channels",
    "alert_deliveries",
    "alert_evaluations",
    "alert_events",
    "alert_messages",
    "alert_notices",
    "alerts",
    "api_keys",
    "audit",
    "budget_adjustments",
    "budget_crossings",
    "budget_declarations",
    "budget_entries",
    "budget_periods",
    "credit_accounts",
    "credit_balances",
    "credit_days",
    "credit_entries",
    "credit_grants",
    "credit_uses",
    "derived_rates",
    "forecasts",
    "incident_events",
    "incidents",
    "jobs",
    "learned_costs",
    "login_failures",
    "looked",
    "metadata",
    "operations",
    "outcomes",
    "people",
    "rate_cards",
    "reservations",
    "sessions",
    "spans",
    "subscriptions",
]
