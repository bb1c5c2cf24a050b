"""Why a target carries its share of a pool on a day: every step on the way, and the use behind each."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import duckdb

from apportion.analytics.doubts import doubts_for
from apportion.analytics.explain.labels import answers_of, short_name, target_name
from apportion.analytics.explain.models import Basis, Step, StepDriver
from apportion.analytics.explain.plan import Plan
from apportion.analytics.explain.splitting import Path, Split
from apportion.analytics.explain.steps import Driven, Way, Ways
from apportion.analytics.explain.use import Found, Use, largest_rows
from apportion.analytics.explain.walks import Edge, Walk
from apportion.analytics.explain.words import chain_sentence, percent_of, step_sentence
from apportion.analytics.models import Facts
from apportion.analytics.sentences import count


def basis_of(
    con: duckdb.DuckDBPyConnection, plan: Plan, found: Split, path: Path | None, pool: Decimal | None
) -> Basis | None:
    """The reason for what came by `path`, or by all of the paths; None where no step was recorded."""
    if found.ways is None or not found.paths:
        return None
    steps = steps_of(con, plan, found.ways, path.walk) if path and path.walk else []
    share = path.share if path else sum((each.share for each in found.paths), Fraction(0))
    kinds = {each.evidence for each in ([path] if path else found.paths)}
    return Basis(
        sentence=_sentence(plan, found, path, steps),
        share_pct=percent_of(share),
        share=percent_of(share, 12),
        pool_amount=pool,
        evidence=kinds.pop() if len(kinds) == 1 else "",
        rules_version=plan.facts.rules_version,
        steps=steps,
        doubts=_doubts(con, plan, found.ways, path.walk) if path and path.walk else [],
    )


def _sentence(plan: Plan, found: Split, path: Path | None, steps: Sequence[Step]) -> str:
    if steps:
        return chain_sentence(steps)
    if path is not None:
        return "All paths that are not shown: each of them weighs less than those that are."
    first = next(each for each in found.paths if each.walk)
    if found.ways is None or first.walk is None:
        return ""
    heaviest = chain_sentence(steps_of(None, plan, found.ways, first.walk))
    ways = count(len([each for each in found.paths if each.walk]), "path")
    others = " and others" if any(each.walk is None for each in found.paths) else ""
    return f"It came by {ways}{others}. The heaviest: {heaviest}"


def steps_of(con: duckdb.DuckDBPyConnection | None, plan: Plan, ways: Ways, walk: Walk) -> list[Step]:
    """The steps of a walk; with a connection, each with the use behind it, read in one statement."""
    uses = {
        (edge, i): use
        for edge in dict.fromkeys(walk.edges)
        for i, driven in enumerate(ways.by_edge[edge].driven)
        if (use := _use(plan, ways.by_edge[edge], driven)) is not None
    }
    rows = dict(zip(uses, largest_rows(con, list(uses.values())), strict=True)) if con else {}
    return [
        _step(plan, ways.by_edge[edge], ways.day, uses, rows, first=place == 0)
        for place, edge in enumerate(walk.edges)
    ]


def _doubts(con: duckdb.DuckDBPyConnection, plan: Plan, ways: Ways, walk: Walk) -> list[str]:
    """What is odd about the use behind any of the steps."""
    asked = {
        (use.measure, use.start, use.to, use.value)
        for edge in walk.edges
        for driven in ways.by_edge[edge].driven
        if (use := _use(plan, ways.by_edge[edge], driven)) is not None
    }
    said = (doubt for each in sorted(asked) for doubt in doubts_for(con, plan.facts, *each))
    return list(dict.fromkeys(said))


def _step(
    plan: Plan,
    way: Way,
    day: date,
    uses: Mapping[tuple[Edge, int], Use],
    rows: Mapping[tuple[Edge, int], Found],
    *,
    first: bool,
) -> Step:
    edge, dimensions = way.edge, plan.facts.dimensions
    names = (
        short_name(edge.node, dimensions),
        target_name(edge.target, way.kind, edge.rule, dimensions),
    )
    rule = plan.facts.rule(plan.request.perspective or "", edge.rule)
    said = replace(way, driven=tuple(_said(plan.facts, rule_where(plan, edge), d) for d in way.driven))
    return Step(
        node=edge.node,
        name=names[0],
        rule=edge.rule,
        rule_version=rule.version if rule else "",
        method=way.method,
        to=way.to,
        target_kind=way.kind,
        target=edge.target,
        target_name=names[1],
        evidence=edge.evidence,
        share_pct=percent_of(edge.share),
        share=percent_of(edge.share, 12),
        weight=str(edge.share.numerator),
        whole=str(edge.share.denominator),
        sentence=step_sentence(said, day, names, plan.request.scope.currency, first=first),
        drivers=[
            _driver(driven, day, uses.get((edge, i)), rows.get((edge, i)))
            for i, driven in enumerate(said.driven)
            if driven.measure or driven.quantity is not None
        ],
    )


def _driver(driven: Driven, day: date, use: Use | None, found: Found | None) -> StepDriver:
    return StepDriver(
        measure=driven.measure,
        quantity=driven.quantity,
        total=driven.total,
        share_pct=percent_of(driven.share),
        share=percent_of(driven.share, 12),
        keys=driven.keys,
        start=driven.basis_from,
        to=driven.basis_to,
        carried_forward=driven.basis_to is not None and driven.basis_to < day,
        usage_rows=found.rows if found else [],
        usage_rows_count=found.count if found else None,
        usage=use.address if use else None,
    )


def rule_where(plan: Plan, edge: Edge) -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """Which usage a rule says counts, by measure."""
    rule = plan.facts.rule(plan.request.perspective or "", edge.rule)
    return rule.where if rule else {}


def _said(facts: Facts, where: Mapping[str, Mapping[str, tuple[str, ...]]], driven: Driven) -> Driven:
    """With the keys that a rule names itself, as a sentence says them."""
    named = {k: ", ".join(v) for k, v in where.get(driven.measure, {}).items() if "*" not in "".join(v)}
    return replace(driven, keys={**named, **driven.keys}) if driven.measure in facts.measures else driven


def _use(plan: Plan, way: Way, driven: Driven) -> Use | None:
    """The use behind a quantity; None where it is not use that divided."""
    if driven.measure not in plan.facts.measures or driven.quantity is None:
        return None
    if driven.basis_from is None or driven.basis_to is None:
        return None
    where = rule_where(plan, way.edge).get(driven.measure, {})
    keys = {**where, **{k: (v,) for k, v in driven.keys.items()}}
    value = way.edge.target
    if way.kind == "node":
        value = answers_of(value).get(way.to, value)
    return Use(driven.measure, driven.basis_from, driven.basis_to, way.to, value, keys)
