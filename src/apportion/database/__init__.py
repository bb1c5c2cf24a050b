"""Operational state, in SQLite or PostgreSQL."""

from apportion.database.state import State
from apportion.database.tables import (
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
    "derived_rates",
    "incident_events",
    "incidents",
    "operations",
    "outcomes",
    "rate_cards",
    "spans",
]
