"""Whoever is not admitted hears what is missing, and nothing of what is there."""

import pytest

from apportion.access import ROLES, Caller, Role, Scope, Tenant
from apportion.access.rules import RULES

ALPHA, ACME = Tenant("team", "alpha"), Tenant("customer", "acme")


def key(*scopes: Scope, tenant: Tenant | None = None) -> Caller:
    return Caller("apn_Ab12Cd34", "key", frozenset(scopes), tenant)


def person(role: Role, tenant: Tenant | None = None) -> Caller:
    return Caller("ben", "person", ROLES[role], tenant, role)


@pytest.mark.parametrize(
    ("route", "caller", "said"),
    [
        ("grant_credits", key("read"), "This needs the scope 'credits', and your key has 'read'."),
        (
            "check_budgets",
            key("ingest", "embed"),
            "This needs the scope 'read' or 'spend', and your key has 'embed', 'ingest'.",
        ),
        ("grant_credits", person("viewer"), "Your role viewer does not have the scope 'credits'."),
        ("grant_credits", person("customer", ACME), "Your role customer cannot do this."),
        ("overview", key("read", tenant=ALPHA), "A key of one team cannot do this."),
        ("reserve_budget", key("spend", tenant=ACME), "A key of one customer cannot do this."),
        (
            "query_costs",
            key("spend", tenant=ALPHA),
            "This needs the scope 'read', and your key has 'spend'.",
        ),
        (
            "overview",
            Caller("acme", "embed", frozenset({"read"}), ACME, "customer"),
            "A customer's embedded page cannot do this.",
        ),
    ],
)
def test_what_is_missing_is_said(route: str, caller: Caller, said: str) -> None:
    rule = RULES[route]
    assert not rule.admits(caller)
    assert rule.why_not(caller) == said
