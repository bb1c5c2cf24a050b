"""Explains an amount: its parts at the level asked for, and the sentence that a person reads first."""

from dataclasses import dataclass, replace

import duckdb

from apportion.access.errors import Forbidden
from apportion.analytics.explain.basis import basis_of
from apportion.analytics.explain.lines import line_items
from apportion.analytics.explain.models import Basis, ExplainRequest, Explanation, Node
from apportion.analytics.explain.names import name_of
from apportion.analytics.explain.parts import Page, grouped_parts
from apportion.analytics.explain.paths import path_parts
from apportion.analytics.explain.plan import Plan, make_plan
from apportion.analytics.explain.splitting import split
from apportion.analytics.sentences import count, money, possessive
from apportion.core.errors import BadInput

NOUNS = {
    "rules": ("rule", "rules"),
    "services": ("service of the provider", "services of the provider"),
    "pools": ("cost pool", "cost pools"),
    "days": ("day", "days"),
    "paths": ("path", "paths"),
    "line_items": ("line item", "line items"),
}


@dataclass(frozen=True)
class _Level:
    """One level as it was found: its plan, which now knows its level, one page of parts, and the reason."""

    plan: Plan
    page: Page
    basis: Basis | None = None


def explain(con: duckdb.DuckDBPyConnection, request: ExplainRequest) -> Explanation:
    """One level of what an amount is made of; raises BadInput, or NotFound for an unknown target."""
    level = _level(con, make_plan(con, request))
    plan, page = level.plan, level.page
    if request.cursor and not page.parts:
        raise BadInput("There are not so many parts.", where="cursor", hint="Begin without a cursor.")
    name = _name(con, plan, page)
    shown = request.cursor + len(page.parts)
    return Explanation(
        meta=request.scope.meta(request.perspective),
        node=Node(title=_title(plan, name), amount=page.amount, currency=request.scope.currency),
        level=plan.level,
        sentence=_sentence(plan, name, page, level.basis),
        basis=level.basis,
        parts=page.parts,
        parts_total=page.amount,
        parts_count=page.count,
        more=page.count - shown if page.parts else 0,
        next_cursor=str(shown) if shown < page.count else None,
    )


def reason(con: duckdb.DuckDBPyConnection, request: ExplainRequest) -> Basis | None:
    """Why the target carries what is pinned to one pool and day, without its line items; None above that."""
    plan = make_plan(con, request)
    if plan.level != "line_items" or request.perspective is None:
        return None
    found = split(con, plan)
    return basis_of(con, plan, found, found.chosen(request.pins.get("path")), None)


def _level(con: duckdb.DuckDBPyConnection, plan: Plan) -> _Level:
    if plan.level != "line_items":
        return _Level(plan, _told(plan, grouped_parts(con, plan)))
    if plan.of_others:
        raise Forbidden("The line items behind this are of others, who share it with you.")
    if plan.request.perspective is None:
        return _Level(plan, line_items(con, plan, None).page)
    found = split(con, plan)
    path = found.chosen(plan.request.pins.get("path"))
    if path is None and len(found.paths) > 1:
        plan = replace(plan, level="paths")
        return _Level(plan, path_parts(plan, found), basis_of(con, plan, found, None, None))
    lines = line_items(con, plan, path.amounts if path else found.totals)
    return _Level(
        plan, lines.page, basis_of(con, plan, found, path, lines.pool) if lines.page.parts else None
    )


def _told(plan: Plan, page: Page) -> Page:
    """The parts; days are the last level of what others share with a tenant."""
    if plan.level != "days" or not plan.of_others:
        return page
    return replace(page, parts=[part.model_copy(update={"pins": None}) for part in page.parts])


def _name(con: duckdb.DuckDBPyConnection, plan: Plan, page: Page) -> str:
    target = plan.request.target
    if target is None:
        return "All cost"
    perspective = plan.request.perspective or ""
    return name_of(con, plan.facts, perspective, target, known=bool(page.parts))


def _title(plan: Plan, name: str) -> str:
    pins = plan.request.pins
    hidden = {"node", "path", "source", "cost_class", "day"}
    words = [value for key, value in pins.items() if key not in hidden and value not in ("", "(none)")]
    day = [str(plan.day)] if plan.day else []
    return " · ".join(dict.fromkeys([name, *words, *day]))


def _sentence(plan: Plan, name: str, page: Page, basis: Basis | None) -> str:
    if basis:
        return basis.sentence
    when = f"on {plan.day}" if plan.day else plan.request.scope.phrase
    if not page.parts:
        return f"{name} has no cost here {when}."
    amount = money(page.amount, plan.request.scope.currency)
    whose = amount if plan.request.target is None else f"{possessive(name)} {amount}"
    verb = "came by" if plan.level == "rules" else "is made of"
    return f"{whose} {when} {verb} {count(page.count, *NOUNS[plan.level])}."
