"""Any bill, usage and rules: strategies over the whole language of rules."""

from decimal import Decimal as D
from typing import Any

from hypothesis import strategies as st

from apportion.allocation.models import Perspective
from apportion.allocation.reachable import check_reachable
from apportion.core.errors import BadInput
from books import charge

pick = st.sampled_from
DAYS = ["2026-08-31", "2026-09-01", "2026-09-30", "2026-10-01"]
SERVICES = ["api", "bus", "cdn", "db"]
CUSTOMERS = ["acme", "bolt", "crux, service=db", "d\"é'="]
TEAMS = ["platform", "web"]
COLUMNS = {
    "ServiceCategory": ["Compute", "Storage"],
    "ChargeCategory": ["Usage", "Tax", "Credit"],
    "CommitmentDiscountStatus": ["Unused", "Used"],
}
DIMENSIONS = {
    "team": [{"tag": "team"}],
    "service": [{"tag": "service"}],
    "environment": [{"tag": "env"}],
    "customer": [{"tag": "customer"}],
}
MEASURES = {
    "requests": ["service", "customer"],
    "storage": ["service", "customer", "team"],
    "calls": ["from", "service"],
}
VALUES = {
    "team": TEAMS,
    "service": SERVICES,
    "environment": ["production", "staging"],
    "customer": CUSTOMERS,
    "source": ["aws", "gcp"],
    "currency": ["USD", "EUR"],
    "cost_class": ["cost_of_revenue", "research_and_development"],
}
amounts = st.decimals("-1000000", "1000000", places=12) | pick(
    [D(0), D("0.000000000001"), D("-0.000000000001")]
)


@st.composite
def charges(draw: st.DrawFn) -> dict[str, Any]:
    """Line items with tags or without, of several days or one, some of them credits, some unused."""
    return charge(
        draw(amounts),
        day=draw(pick(DAYS)),
        until=draw(pick(["", "", "2026-10-02"])),
        EffectiveCost=draw(amounts),
        BillingCurrency=draw(pick(["USD", "USD", "EUR"])),
        x_Source=draw(pick(["aws", "gcp"])),
        x_BillingPeriod=draw(pick(["2026-09", "2026-10"])),
        SubAccountId=draw(pick([None, "1", "2"])),
        ServiceCategory=draw(pick([None, "Compute", "Storage"])),
        ChargeCategory=draw(pick(["Usage", "Usage", "Usage", "Tax", "Credit"])),
        CommitmentDiscountStatus=draw(pick([None, None, None, "Used", "Unused"])),
        team=draw(pick([*TEAMS, ""])),
        service=draw(pick([*SERVICES, *SERVICES, ""])),
        customer=draw(pick([*CUSTOMERS, "", ""])),
        env=draw(pick(["production", "staging", ""])),
    )


@st.composite
def usage(draw: st.DrawFn) -> dict[str, list[Any]]:
    """Rows of each measure: none, few, of nobody known, idle."""
    quantities = st.decimals("0", "100000000", places=6) | st.integers(0, 10**9).map(D)
    users: dict[str, list[str]] = {
        "service": [*SERVICES, "__idle__"],
        "customer": [*CUSTOMERS, "__idle__", "__unallocated__"],
        "team": TEAMS,
        "from": SERVICES,
    }
    found = {}
    for measure, dimensions in MEASURES.items():
        words = st.fixed_dictionaries({}, optional={d: pick(users[d]) for d in dimensions})
        found[measure] = draw(st.lists(st.tuples(pick(DAYS), quantities, words), max_size=12))
    return found


customers = pick(
    [
        [],
        [
            {"customer_id": "acme"},
            {"customer_id": "bolt", "start_date": "2026-09-30", "end_date": "2026-10-01"},
        ],
    ]
)


def tests_of(name: str, values: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    """One name and what it must be."""
    patterns = pick([*values, "*", f"{values[0][0]}*", f"*{values[-1][-1]}", "(none)"])
    ranges = pick([{"from": values[0]}, {"below": values[-1]}, {"from": "a", "below": "d"}])
    return st.one_of(patterns, patterns, st.lists(patterns, min_size=1, max_size=2), ranges).map(
        lambda test: {name: test}
    )


_tests = st.one_of(
    *(tests_of(n, v) for n, v in {**VALUES, **COLUMNS}.items()),
    tests_of("service", SERVICES),
    tests_of("service", SERVICES),
    pick([{"BilledCost": {"from": 0}}, {"EffectiveCost": {"below": 100}}, {"ChargePeriodStart": {"from": "2026-09-02"}}]),
)  # fmt: skip
_two = st.lists(_tests, min_size=1, max_size=2)
matches = st.one_of(
    _tests,
    _tests,
    _tests,
    _two.map(lambda tests: {k: v for test in tests for k, v in test.items()}),
    _two.map(lambda tests: {"any": tests}),
    st.tuples(_tests, _tests).map(lambda t: {**t[0], "not": t[1]}),
    st.tuples(_tests, _two).map(lambda t: {"all": [t[0], {"any": t[1]}]}),
)


@st.composite
def rules(draw: st.DrawFn, name: str, to: str) -> dict[str, Any]:
    """One rule of a perspective to `to`."""
    method = draw(pick(["direct", "even", "fixed", "fixed", "amounts", "proportional", "proportional", "proportional",
                        "mixture", "tiered", "follow", "calls", "calls", "attributed"]))  # fmt: skip
    rule: dict[str, Any] = {"name": name, "match": draw(matches)}
    aim = draw(pick([None, None, None, "service", "team", "customer"]))
    more = {"to": aim} if aim else {}
    end = aim or to
    targets = VALUES[end]
    without = draw(pick(["unallocated", "unallocated", "even", {"carry_forward": 3}]))
    if method == "direct":
        return {**rule, **more, "method": "direct"}
    if method == "even":
        return {**rule, **more, "method": "even", **({"targets": targets} if draw(st.booleans()) else {})}
    if method == "fixed":
        shares = draw(pick([["60", "40"], ["33.3", "1"], ["0.000001"], ["50%"], ["99.999999"]]))
        return {**rule, **more, "method": "fixed", "shares": dict(zip(targets, shares, strict=False))}
    if method == "amounts":
        due = draw(st.lists(st.decimals("0.000000000001", "1000000", places=12), min_size=1, max_size=2))
        return {**rule, **more, "method": "fixed", "amounts": dict(zip(targets, due, strict=False))}
    if method == "follow":
        by = pick(["SubAccountId", "team", "service", "ServiceCategory"])
        return {**rule, "method": "follow", "by": draw(st.lists(by, min_size=1, max_size=2, unique=True))}
    if method == "attributed":
        return {**rule, "method": "proportional", "measure": "attributed", "without_usage": without}
    rule |= {"without_usage": without, "idle": draw(pick(["visible", "shared"]))}
    rule |= {"over": draw(pick(["day", "day", "month", {"days": 2}, {"days": 40}]))}
    if method == "calls":
        place = draw(pick([*SERVICES, ["api", "bus", "db"]]))
        caller = place if isinstance(place, str) else "{service}"
        rule |= {"match": {"service": place}, "where": {"from": caller}, "to": "service"}
        return {**rule, "method": "proportional", "measure": "calls"}
    known = [m for m, dimensions in MEASURES.items() if end in dimensions and m != "calls"]
    measure = draw(pick([*known, *known, "cost"]))
    if measure == "cost" and method != "tiered":
        rule.pop("over")
    if method == "tiered" and known:
        tiers = [{"up_to": "1000", "weight": draw(pick([0, 1]))}, {"weight": "0.5"}]
        tiering = draw(pick(["graduated", "volume"]))
        return {**rule, **more, "method": "tiered", "measure": known[0], "tiers": tiers, "tiering": tiering}
    if method == "mixture" and known:
        drivers = [{"measure": known[-1], "weight": "66.666667"}, {"measure": measure, "weight": "33.333333"}]
        return {**rule, **more, "method": "proportional", "measures": drivers}
    return {**rule, **more, "method": "proportional", "measure": measure}


@st.composite
def perspectives(draw: st.DrawFn) -> dict[str, Any]:
    """Rules of three perspectives, the last without any."""
    found: dict[str, Any] = {"nothing": {"to": "environment"}}
    for to in ("customer", "team"):
        kept: list[dict[str, Any]] = []
        for n in range(draw(st.integers(1, 7))):
            rule = draw(rules(f"{to} {n}", to))
            kept += [rule] if _reachable([*kept, rule]) else []
        found[to] = {"to": to, "rules": kept}
    return {"dimensions": DIMENSIONS, "perspectives": found}


def _reachable(rules_: list[dict[str, Any]]) -> bool:
    try:
        check_reachable("", Perspective.model_validate({"to": "team", "rules": rules_}).rules)
    except BadInput:
        return False
    return True
