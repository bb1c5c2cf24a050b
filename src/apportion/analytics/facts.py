"""What a run and the loads behind it say of the figures: the facts that every answer names."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from apportion.analytics.claims import claims_of
from apportion.analytics.models import Claims, Facts, RuleFacts
from apportion.core.periods import next_month
from apportion.ingestion import LoadRecord
from apportion.ledger import RunRecord

VERSION = 12
"""Digits of a hash that tell one version of rules from another."""


def facts_of(run: RunRecord, loads: Iterable[LoadRecord], currency: str) -> Facts:
    """The facts of a run over the standing `loads`, with the `currency` that reports are given in."""
    last_day = date.fromisoformat(run.last_day)
    return Facts(
        run_id=run.run_id,
        loaded_at=datetime.fromisoformat(run.finished_at).astimezone(UTC),
        first_day=date.fromisoformat(run.first_day),
        last_day=last_day,
        dimensions=tuple(run.dimensions),
        perspectives={name: p["to"] for name, p in run.perspectives.items()},
        currencies=tuple(run.currencies),
        currency=currency,
        metric=run.metric,
        time_zone=run.time_zone,
        estimated=_estimated(loads, last_day),
        measures=tuple(run.measures),
        rules=tuple(_rule_facts(name, r) for name, p in run.perspectives.items() for r in p["rules"]),
        rules_version=run.rules_hash[:VERSION],
        claims=_claims(run),
    )


def _estimated(loads: Iterable[LoadRecord], last_day: date) -> frozenset[str]:
    """Billing periods that a standing load calls estimated; of older loads, a last month that is not over."""
    last = f"{last_day:%Y-%m}"
    month_over = last_day + timedelta(days=1) == next_month(last_day)
    return frozenset(
        load.billing_period
        for load in loads
        if load.state == "estimated" or (not load.state and load.billing_period == last and not month_over)
    )


def _claims(run: RunRecord) -> dict[str, Claims]:
    found = {
        name: claims_of(name, perspective, run.dimensions, len(run.currencies))
        for name, perspective in run.perspectives.items()
    }
    return {name: claims for name, claims in found.items() if claims is not None}


def _rule_facts(perspective: str, rule: Mapping[str, Any]) -> RuleFacts:
    drivers = rule.get("measures") or [rule]
    return RuleFacts(
        perspective=perspective,
        name=rule["name"],
        version=hashlib.sha256(json.dumps(rule, sort_keys=True).encode()).hexdigest()[:VERSION],
        where={
            driver["measure"]: {k: _tuple(v) for k, v in driver["where"].items()}
            for driver in drivers
            if driver.get("measure") and driver.get("where")
        },
    )


def _tuple(patterns: str | list[str]) -> tuple[str, ...]:
    return (patterns,) if isinstance(patterns, str) else tuple(patterns)
