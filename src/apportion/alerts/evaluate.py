"""What the rules find now."""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import duckdb

from apportion.alerts.routing import matches
from apportion.alerts.rules import (
    anomaly,
    budget,
    cost_jump,
    forecast,
    margin,
    plan,
    reconciliation,
    stale_source,
    unallocated,
)
from apportion.alerts.rules.results import Results
from apportion.alerts.settings import Alerts
from apportion.alerts.signals import Signal
from apportion.core.errors import ApportionError

log = logging.getLogger("apportion.alerts")
KINDS: Mapping[str, Callable[[Any, str, Results], Iterable[Signal]]] = {
    "margin": margin.signals,
    "cost_jump": cost_jump.signals,
    "anomaly": anomaly.signals,
    "unallocated": unallocated.signals,
    "stale_source": stale_source.signals,
    "reconciliation": reconciliation.signals,
    "forecast": forecast.signals,
    "budget": budget.signals,
    "plan": plan.signals,
}
"""What finds the signals of each kind of rule: it is given the rule, its name, and what to look at."""

NARROWED = frozenset({"margin", "cost_jump", "anomaly", "forecast"})
"""Kinds that look at nothing but what `where` asks for; of the others, signals are left out."""


@dataclass(frozen=True)
class Evaluation:
    """What each rule found; `left_out` says of rules that could not be evaluated why."""

    signals: Mapping[str, tuple[Signal, ...]]
    left_out: Mapping[str, str] = field(default_factory=dict)


def evaluate(results: Results, settings: Alerts) -> Evaluation:
    """Every rule that is on, over the results that stand.

    A rule that lacks what it needs, such as revenue, or that the database refuses, finds neither something
    nor nothing: what stood stays.
    """
    signals: dict[str, tuple[Signal, ...]] = {}
    left_out: dict[str, str] = {}
    for name, rule in settings.rules.items():
        if rule.off:
            continue
        try:
            found = KINDS[rule.kind](rule, name, results)
            signals[name] = tuple(
                s for s in found if rule.kind in NARROWED or matches(rule.where, s.dimensions)
            )
        except ApportionError as why:
            left_out[name] = str(why)
        except duckdb.Error as why:
            log.warning("the rule %s could not be evaluated", name, exc_info=True)
            left_out[name] = f"DuckDB refused it: {str(why).partition(chr(10))[0]}"
    return Evaluation(signals, left_out)
