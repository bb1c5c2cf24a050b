"""Rules for what goes with other cost: unused commitments, taxes and credits, and what names nobody."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from apportion.engine import quote_ident
from apportion.suggestions.drafting import Drafting, one, part
from apportion.suggestions.models import Draft
from apportion.suggestions.open_cost import NONE, among
from apportion.suggestions.vocabulary import BELONGS

HALF = Decimal("0.5")
"""Of an account's cost, so much has to have a target before the rest may follow it."""
LISTED = 4
BY = ["ServiceProviderName", "SubAccountId"]
ACCOUNT = quote_ident("SubAccountId")


def unused(drafting: Drafting) -> Iterator[Draft]:
    """Unused commitments: with the team that the purchase names, else with what its account holds."""
    reach = drafting.open.cost("unused")
    if reach <= 0 or drafting.to != "team":
        return
    match = {"CommitmentDiscountStatus": "Unused"}
    said = [f"{drafting.money(reach)} was committed and not used; it is idle until a rule names it"]
    bought = drafting.open.cost("unused", f"team <> {NONE}")
    if bought >= HALF * reach:
        rule = drafting.rule("unused commitments", {**match, "team": "*"}, method="direct")
        title = "unused commitments to the team that bought them"
        yield drafting.draft("unused", title, "stated", rule, bought, said)
    else:
        rule = drafting.rule("unused commitments", match, method="follow", by=BY)
        said.append("the bill does not say who bought it: it goes as the rest of the account or provider")
        title = "unused commitments with the account that bought them"
        yield drafting.draft("unused", title, "assumed", rule, reach, said, later=True)
    drafting.open.claim("unused")


def belonging(drafting: Drafting) -> Iterator[Draft]:
    """Taxes, credits and support belong to other charges."""
    support = "contains(lower(ServiceName), 'support')"
    condition = f"({among('ChargeCategory', BELONGS)} OR {support}) AND NOT unused"
    found = drafting.open.rows(
        "ChargeCategory, ServiceName, sum(cost)", condition, order="ORDER BY abs(sum(cost)) DESC, 1, 2"
    )
    size = sum((abs(cost) for *_, cost in found), Decimal(0))
    if size <= drafting.least():
        return
    categories = sorted({str(c) for c, _, _ in found if c in BELONGS})
    services = sorted({str(s) for c, s, _ in found if c not in BELONGS})
    tests: list[dict[str, Any]] = [{"ChargeCategory": one(categories)}] if categories else []
    tests += [{"ServiceName": one(services)}] if services else []
    match = tests[0] if len(tests) == 1 else {"any": tests}
    rule = drafting.rule("belongs to other charges", match, method="follow", by=BY)
    said = [f"{service} ({c}) {drafting.money(cost)}" for c, service, cost in found[:LISTED]]
    said.append("each goes where the rest of its account goes; where there is none, of its provider")
    what = ", ".join([*(c.lower() for c in categories), *(["support"] if services else [])])
    reach = sum((cost for *_, cost in found), Decimal(0))
    yield drafting.draft("belongs", f"{what} with what they belong to", "likely", rule, reach, said)
    drafting.open.claim(condition)


def rest(drafting: Drafting) -> Iterator[Draft]:
    """What names nobody, in accounts most of whose cost has a target, goes as that goes."""
    naming = [d for d in dict.fromkeys([drafting.to, *_also(drafting)]) if drafting.state.has(d)]
    where = " AND ".join([*(f"{quote_ident(d)} = {NONE}" for d in naming), "NOT unused"])
    left = drafting.open.rows(
        f"{ACCOUNT}, sum(cost), any_value(SubAccountName)", where, f"{ACCOUNT} IS NOT NULL",
        having="sum(cost) > 0", order="ORDER BY 2 DESC, 1",
    )  # fmt: skip
    query = f"SELECT {ACCOUNT}, sum(cost) FROM answered WHERE {ACCOUNT} IS NOT NULL GROUP BY 1"
    whole: dict[str, Decimal] = dict(drafting.state.bill.rows(query))
    found = [(a, cost, name or a) for a, cost, name in left if cost <= (1 - HALF) * whole[a]]
    reach = sum((cost for _, cost, _ in found), Decimal(0))
    if reach <= drafting.least():
        return
    accounts = [a for a, _, _ in found]
    match: dict[str, Any] = dict.fromkeys(naming, "(none)")
    if len(found) < len(left):
        match["SubAccountId"] = one(accounts)
    rule = drafting.rule("rest of the account", match, method="follow", by=BY)
    said = [
        f"{name}: {drafting.money(cost)} ({part(cost, whole[a])} of it) names no {' and no '.join(naming)}"
        for a, cost, name in found[:LISTED]
    ]
    said.append("a tag at the provider is better: this spreads it as the account's other cost")
    title = "the unnamed rest of accounts as their other cost"
    yield drafting.draft("rest", title, "assumed", rule, reach, said, last=True)
    drafting.open.claim(f"{where} AND {among('SubAccountId', accounts)}")


def _also(drafting: Drafting) -> list[str]:
    """What else tells where cost goes: customers' cost goes by services."""
    return ["service"] if drafting.to == "customer" else []
