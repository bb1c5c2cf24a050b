"""Explains an amount: its parts at the level asked for, and the sentence that a person reads first."""

import duckdb

from apportion.analytics.explain.basis import basis_of
from apportion.analytics.explain.lines import line_items
from apportion.analytics.explain.models import Basis, ExplainRequest, Explanation, Node
from apportion.analytics.explain.parts import Page, grouped_parts
from apportion.analytics.explain.plan import Plan, make_plan
from apportion.analytics.sentences import count, money, possessive
from apportion.analytics.statements import fetch
from apportion.core.errors import BadInput, NotFound

NAMES = {"(idle)": "Idle", "(unallocated)": "Unallocated"}
NOUNS = {
    "rules": ("rule", "rules"),
    "services": ("service of the provider", "services of the provider"),
    "pools": ("cost pool", "cost pools"),
    "days": ("day", "days"),
    "line_items": ("line item", "line items"),
}


def explain(con: duckdb.DuckDBPyConnection, request: ExplainRequest) -> Explanation:
    """One level of what an amount is made of; raises BadInput, or NotFound for an unknown target."""
    plan = make_plan(con, request)
    page = line_items(con, plan) if plan.level == "line_items" else grouped_parts(con, plan)
    if request.cursor and not page.parts:
        raise BadInput("There are not so many parts.", where="cursor", hint="Begin without a cursor.")
    name = _name(con, plan, page)
    basis = basis_of(con, plan, page.amount) if page.parts else None
    shown = request.cursor + len(page.parts)
    return Explanation(
        meta=request.scope.meta(request.perspective),
        node=Node(title=_title(plan, name), amount=page.amount, currency=request.scope.currency),
        level=plan.level,
        sentence=_sentence(plan, name, page, basis),
        basis=basis,
        parts=page.parts,
        parts_total=page.amount,
        parts_count=page.count,
        more=page.count - shown if page.parts else 0,
        next_cursor=str(shown) if shown < page.count else None,
    )


def _name(con: duckdb.DuckDBPyConnection, plan: Plan, page: Page) -> str:
    """What to call the target: its customer's name where it is one."""
    target = plan.request.target
    if target is None:
        return "All cost"
    if target in NAMES:
        return NAMES[target]
    perspective = plan.request.perspective or ""
    params = {
        "target": target,
        "perspective": perspective,
        "of_customers": plan.facts.perspectives.get(perspective) == "customer",
        "known": bool(page.parts),
    }
    sql = """
SELECT
    (SELECT ANY_VALUE(customer_name) FROM customers WHERE customer_id = $target AND $of_customers) AS name,
    $known OR EXISTS (
        SELECT 1 FROM allocations WHERE perspective = $perspective AND target = $target
    ) AS known"""
    row = fetch(con, sql, params)[0]
    if row["name"] is None and not row["known"]:
        raise NotFound(f"Nothing is attributed to '{target}' in perspective '{perspective}'.")
    return row["name"] or target


def _title(plan: Plan, name: str) -> str:
    pins = plan.request.pins
    hidden = {"node", "source", "cost_class", "day"}
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
