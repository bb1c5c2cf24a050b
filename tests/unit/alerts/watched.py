"""Settings and signals for tests of what becomes of alerts."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from apportion.alerts.settings import Alerts
from apportion.alerts.signals import Severity, Signal

MONDAY = datetime(2026, 11, 16, 12, tzinfo=UTC)
LOG = {"type": "log"}


def settings(**more: Any) -> Alerts:
    """Two channels, and one rule that is told of at once, with nothing held back when it ends."""
    rule = {"kind": "margin", "resolve_after": "0m", "cooldown": {"warning": "24h", "critical": "1h"}}
    given = {"channels": {"finops": LOG, "payments": LOG}, "otherwise": "finops", "rules": {"losing": rule}}
    return Alerts.model_validate({**given, **more}).in_zone("UTC")


def rule(**more: Any) -> dict[str, Any]:
    return {"losing": {"kind": "margin", "resolve_after": "0m", **more}}


def signal(key: str = "customer=acme", severity: Severity = "warning", **more: Any) -> Signal:
    given = {"rule": "losing", "title": f"{key} loses", "text": "It costs more than it pays.", "at": MONDAY}
    given |= {"value": Decimal("12.30"), "limit": Decimal(30), "unit": "percent"}
    return Signal(key=key, severity=severity, **{**given, **more})


def later(hours: float = 0, minutes: float = 0, days: float = 0) -> datetime:
    return MONDAY + timedelta(hours=hours, minutes=minutes, days=days)
