"""Which level a question asks for, and the condition that selects its cost."""

from dataclasses import dataclass
from datetime import date, timedelta

import duckdb

from apportion.analytics.explain.models import ExplainRequest, Level, day_of
from apportion.analytics.fields import Relation, relation_for
from apportion.analytics.filters import Bindings, Match, compile_filter, matches
from apportion.analytics.models import NONE, Claims, Facts
from apportion.core.errors import BadInput
from apportion.engine import quote_ident

NO_FIELDS = ("day", "path")
"""Pins that are no fields of a relation."""


@dataclass(frozen=True)
class Plan:
    """A checked question: the relation that holds its cost, its level, its days."""

    request: ExplainRequest
    relation: Relation
    level: Level
    start: date
    end: date

    @property
    def facts(self) -> Facts:
        return self.request.scope.facts

    @property
    def day(self) -> date | None:
        """The one day asked about, where it is one."""
        return self.start if (self.end - self.start).days == 1 else None

    @property
    def fields(self) -> list[str]:
        """Every field the question names that a line item may have."""
        if self.request.perspective:
            return []
        found = matches(self.request.where) if self.request.where else []
        return [*self.request.pins, *(match.field for match in found)]

    @property
    def of_others(self) -> bool:
        """Whether what is asked about began at charges of others, which a tenant sees no further into."""
        return self.request.perspective is not None and any(
            self.request.pins.get(name) != value for name, value in self.facts.own.items()
        )

    @property
    def claims(self) -> Claims | None:
        """How the perspective's rules tell pools of equal answers apart, where they do."""
        return self.facts.claims.get(self.request.perspective or "")

    @property
    def pool_fields(self) -> tuple[str, ...]:
        """What tells the pools of a rule from each other."""
        return (*self.facts.dimensions, "cost_class", "source", "node")

    def condition(self, bindings: Bindings, *, of_target: bool = True) -> str:
        """The SQL condition for the cost asked about; for all targets of it where `of_target` is false."""
        request = self.request
        parts = [
            f"day >= {bindings.bind(self.start)}",
            f"day < {bindings.bind(self.end)}",
            f"currency = {bindings.bind(request.scope.currency)}",
        ]
        if request.perspective:
            parts.append(f"perspective = {bindings.bind(request.perspective)}")
            if request.target is not None and of_target:
                parts.append(f"target = {bindings.bind(request.target)}")
        parts += [self.pinned(name, bindings) for name in self.request.pins if name not in NO_FIELDS]
        if request.where:
            parts.append(compile_filter(request.where, bindings))
        return " AND ".join(parts)

    def pinned(self, name: str, bindings: Bindings) -> str:
        """The SQL condition for one pin."""
        value = self.request.pins[name]
        if name in self.facts.dimensions or self.request.perspective:
            return f"{quote_ident(name)} = {bindings.bind(value)}"
        return f"COALESCE({quote_ident(name)}::VARCHAR, '{NONE}') = {bindings.bind(value)}"


def make_plan(con: duckdb.DuckDBPyConnection, request: ExplainRequest) -> Plan:
    """Check the question's names and days and decide its level; raises BadInput."""
    scope = request.scope
    if request.target is not None and request.perspective is None:
        raise BadInput(
            "A target belongs to a perspective.", where="target", hint="Name the perspective, too."
        )
    start, end = _days(request)
    named = [name for name in request.pins if name != "day" and (name != "path" or not request.perspective)]
    found: list[Match] = matches(request.where) if request.where else []
    relation = relation_for(
        con,
        scope.facts,
        perspective=request.perspective,
        named=[*named, *(match.field for match in found)],
        metric=scope.metric,
        days=(end - start).days,
    )
    plan = Plan(request, relation, "rules", start, end)
    level = _level(plan)
    if "path" in request.pins and level != "line_items":
        raise BadInput(
            "A path lies within one pool on one day.",
            where="path",
            hint=f"Pin {', '.join(['rule', *plan.pool_fields, 'day'])}, too.",
        )
    return Plan(request, relation, level, start, end)


def _days(request: ExplainRequest) -> tuple[date, date]:
    scope, text = request.scope, request.pins.get("day")
    if text is None:
        return scope.start, scope.end
    day = day_of(text)
    if day is None:
        raise BadInput(f"'{text}' is not a day.", where="day", hint="Write it like 2026-09-14.")
    if not scope.start <= day < scope.end:
        raise BadInput(
            f"{day} is not in the window asked for.", where="day", hint="Ask for a window that has it."
        )
    return day, day + timedelta(days=1)


def _level(plan: Plan) -> Level:
    pins = plan.request.pins
    if plan.request.perspective is None:
        deepest = "ServiceName" in pins
        if not deepest:
            return "services"
    else:
        if "rule" not in pins:
            return "rules"
        deepest = all(name in pins for name in plan.pool_fields)
        if not deepest:
            return "pools"
    return "days" if plan.day is None else "line_items"
