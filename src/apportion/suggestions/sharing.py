"""Rules for what a perspective shares: by measured use, research evenly, platforms by what others cost."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from apportion.analytics.sentences import count
from apportion.engine import quote_ident
from apportion.suggestions.drafting import Amounts, Drafting, one, part, summed
from apportion.suggestions.models import Draft
from apportion.suggestions.open_cost import NONE, among
from apportion.suggestions.vocabulary import RESEARCH, words

OWN_USE = Decimal("0.1")
"""A team of whose cost customers use less than this directly works for the other teams."""
SAME = 5
"""Words that begin with the same letters, so many, are the same word here."""
COMMON = ("shared", "service", "services", "platform")
DEAREST = "ORDER BY 2 DESC, 1"
Unmeasured = tuple[str, str, Decimal]


def named(drafting: Drafting) -> Iterator[Draft]:
    """Cost that carries the target's name is the target's."""
    to = drafting.to
    condition = f"{quote_ident(to)} <> {NONE} AND NOT unused"
    reach = drafting.open.cost(condition)
    declared = any(d.key == to for d in drafting.state.made) and reach == 0
    if not declared and reach > drafting.least():
        rule = drafting.rule("tagged", {to: "*"}, method="direct")
        said = [f"{drafting.money(reach)} has an answer to {to} and is attributed to none"]
        title = f"what names its {to} is theirs"
        yield drafting.draft("tagged", title, "stated", rule, reach, said, first=True)
    drafting.open.claim(condition)


def measured(drafting: Drafting, services: list[str]) -> Iterator[Draft]:
    """Services whose use by customers is measured, by that use; their names are added to `services`."""
    state, to = drafting.state, drafting.to
    if not state.has("service"):
        return
    for measure, has in state.bill.measures.items():
        if to not in has or "service" not in has:
            continue
        used = [s for s in _used(drafting, measure) if s not in services]
        services += used
        condition = f"{among('service', used)} AND {drafting.running()}"
        found = drafting.open.rows("service, sum(cost)", condition, having="sum(cost) > 0", order=DEAREST)
        if not found:
            continue
        yield _by_measure(drafting, measure, [(str(s), c) for s, c in found], condition)
        drafting.open.claim(condition)


def _by_measure(drafting: Drafting, measure: str, found: Amounts, condition: str) -> Draft:
    environments = _environments(drafting, condition)
    match = {"service": [s for s, _ in found], **environments}
    carried = {"carry_forward": 7}
    rule = drafting.rule(
        f"by {measure}", match, method="proportional", measure=measure, without_usage=carried
    )
    number, more = count(len(found), "service"), " …" if len(found) > 3 else ""
    dearest = ", ".join(f"{s} {drafting.money(c)}" for s, c in found[:3])
    said = [
        f"{number} cost {drafting.money(summed(found))}: {dearest}{more}",
        f"the measure {measure} says for each which {drafting.to} used it how much",
    ]
    needs = ["service", *(["environment", "environment by account"] if environments else [])]
    title = f"divide {number} by {measure}"
    return drafting.draft(f"by {measure}", title, "stated", rule, summed(found), said, needs)


def research(drafting: Drafting) -> Iterator[Draft]:
    """What is not production serves all customers to come: evenly."""
    if not drafting.state.has("environment"):
        return
    condition = f"{among('environment', RESEARCH)} AND NOT unused"
    found = drafting.open.rows("environment, sum(cost)", condition, having="sum(cost) > 0", order=DEAREST)
    if not found or summed([(e, c) for e, c in found]) <= drafting.least():
        return
    names = [str(e) for e, _ in found]
    rule = drafting.rule("engineering", {"environment": names}, method="even")
    costs = ", ".join(f"{e} {drafting.money(c)}" for e, c in found)
    said = [f"{costs}; equal parts are an assumption, and this cost stays out of gross margin"]
    needs = ["environment", "environment by account"]
    reach = summed([(e, c) for e, c in found])
    yield drafting.draft("engineering", f"{' and '.join(names)} evenly", "assumed", rule, reach, said, needs)
    drafting.open.claim(condition)


def served(drafting: Drafting, services: list[str]) -> Iterator[Draft]:
    """Services that serve other services, by a measure that says which: found by the words of its name.

    Their names are added to `services`.
    """
    state = drafting.state
    for measure, has in state.bill.measures.items():
        if "service" not in has or drafting.to in has:
            continue
        left = {s: cost for s, _, cost in unmeasured(drafting)}
        service = _about(measure, state.bill.said_of(measure), left)
        if not service:
            continue
        name, carried = f"{service} by {measure}", {"carry_forward": 7}
        rule = drafting.rule(
            name,
            {"service": service},
            method="proportional",
            measure=measure,
            to="service",
            without_usage=carried,
        )
        said = [
            f"{service} costs {drafting.money(left[service])}, and no {drafting.to} is measured to use it",
            f"the measure {measure} says which services use something; by its words, of {service}",
        ]
        needs = ["service", *drafting.begun("by ")]
        title = f"{service} for the services that use it, by {measure}"
        reach = left[service]
        yield drafting.draft(f"{service} by", title, "likely", rule, reach, said, needs, later=True)
        drafting.open.claim(f"{among('service', [service])} AND NOT unused")
        services.append(service)


def _about(measure: str, said: str, services: Mapping[str, Decimal]) -> str:
    """The dearest service that shares a word with what is said of a measure; word forms count."""
    spoken = {w[:SAME] for w in (*words(measure), *words(said)) if len(w) >= SAME}
    for service in sorted(services, key=lambda s: (-services[s], s)):
        if spoken & {w[:SAME] for w in words(service) if len(w) >= SAME and w not in COMMON}:
            return service
    return ""


def platform(drafting: Drafting, services: list[str], served: list[str]) -> Iterator[Draft]:
    """Teams whose services no customer uses directly work for the other services."""
    state = drafting.state
    if not (services and state.has("team")):
        return
    own = f"coalesce(sum(cost) FILTER ({among('service', services)}), 0)"
    rows = state.bill.rows(f"SELECT team, {own}, sum(cost) FROM answered WHERE team <> {NONE} GROUP BY 1")
    direct = {team: (used, whole) for team, used, whole in rows}
    left = drafting.open.rows(
        "team, sum(cost)", f"team <> {NONE}", "NOT unused", having="sum(cost) > 0", order=DEAREST
    )
    found = [(str(t), c) for t, c in left if direct[t][0] < OWN_USE * direct[t][1]]
    if summed(found) <= drafting.least():
        return
    teams = [t for t, _ in found]
    # What a match names is left behind, so it does not name the environment: that has to stay. It names the
    # services, too, for cost that others move there has no team any more.
    own_services = [
        str(s)
        for (s,) in state.bill.rows(
            f"SELECT service FROM answered WHERE service <> {NONE} "
            f"AND NOT {among('service', [*services, *served])} GROUP BY 1 "
            f"HAVING bool_or({among('team', teams)}) AND bool_and({among('team', [*teams, '(none)'])}) "
            "ORDER BY 1"
        )
    ]
    match: dict[str, Any] = {"team": one(teams)}
    if own_services:
        match = {"any": [match, {"service": one(own_services)}]}
    rule = drafting.rule("platform", match, method="proportional", measure="cost", to="service")
    said = [f"{t}: {drafting.money(c)} in services that no {drafting.to} is measured to use, "
            f"{part(*direct[t])} in others" for t, c in found]  # fmt: skip
    title = f"{' and '.join(teams)} for the other services, by what they cost"
    needs = ["team", "service", *drafting.begun("by ")]
    yield drafting.draft("platform", title, "likely", rule, summed(found), said, needs, later=True)
    drafting.open.claim(f"{among('team', teams)} AND NOT unused")


def unmeasured(drafting: Drafting) -> list[Unmeasured]:
    """Services that are left, with their category, the dearest first."""
    if not drafting.state.has("service"):
        return []
    rows = drafting.open.rows(
        "service, ServiceCategory, sum(cost)",
        f"service <> {NONE}",
        "NOT unused",
        order="ORDER BY 3 DESC, 1, 2",
    )
    found: dict[str, tuple[str, Decimal]] = {}
    for service, category, cost in rows:  # the dearest category of a service comes first
        first, before = found.get(str(service), (str(category or ""), Decimal(0)))
        found[str(service)] = first, before + cost
    return sorted(((s, category, cost) for s, (category, cost) in found.items() if cost > 0), key=_dearest)


def _dearest(part: Unmeasured) -> tuple[Decimal, str]:
    return -part[2], part[0]


def _used(drafting: Drafting, measure: str) -> list[str]:
    """The services that a measure has use of, by somebody."""
    query = (
        "SELECT DISTINCT dimensions['service'] FROM usage WHERE measure = ? AND quantity > 0 "
        "AND dimensions['service'] IS NOT NULL AND dimensions[?] IS NOT NULL ORDER BY 1"
    )
    return [str(r[0]) for r in drafting.state.bill.rows(query, measure, drafting.to)]


def _environments(drafting: Drafting, condition: str) -> dict[str, Any]:
    """A test that leaves research out, naming what there is; none where there is no research."""
    state = drafting.state
    if not state.has("environment") or not state.cost(among("environment", RESEARCH)):
        return {}
    found = drafting.open.rows("environment, sum(cost)", condition, order=DEAREST)
    return {"environment": one([str(e) for e, _ in found])}
