"""Operational state, in SQLite or PostgreSQL."""

from apportion.database.state import State
from apportion.database.tables import (
    action_runs,
    alert_channels,
    alert_deliveries,
    alert_evaluations,
    alert_events,
    alert_messages,
    alert_notices,
    alerts,
    derived_rates,
    forecasts,
    incident_events,
    incidents,
    jobs,
    operations,
    outcomes,
    rate_cards,
    spans,
)

__all__ = [
    "State",
    "action_runs",
    "alert_channels",
    "alert_deliveries",
    "alert_evaluations",
    "alert_events",
    "alert_messages",
    "alert_notices",
    "alerts",
    "derived_rates",
    "forecasts",
    "incident_events",
    "incidents",
    "jobs",
    "operations",
    "outcomes",
    "rate_cards",
    "spans",
]
