"""Operational state, in SQLite or PostgreSQL."""

from apportion.database.state import State
from apportion.database.tables import (
    alert_channels,
    alert_deliveries,
    alert_messages,
    derived_rates,
    incident_events,
    incidents,
    operations,
    outcomes,
    rate_cards,
    spans,
)

__all__ = [
    "State",
    "alert_channels",
    "alert_deliveries",
    "alert_messages",
    "derived_rates",
    "incident_events",
    "incidents",
    "operations",
    "outcomes",
    "rate_cards",
    "spans",
]
