"""What each route asks of a caller. A route that is not here is closed to everyone."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from apportion.access.caller import Caller, Scope

Kind = Literal["team", "customer"]


@dataclass(frozen=True)
class Rule:
    """The scopes of which a route needs one, and which kinds of tenants may use it for what is theirs.

    `scopes` None lets in everybody, logged in or not: logging in itself, and whether the server lives. No
    scopes at all let in everybody who is known. `embed` is for what an embedded page of a customer needs.
    """

    scopes: frozenset[Scope] | None
    tenants: frozenset[Kind] = frozenset()
    embed: bool = False

    @property
    def public(self) -> bool:
        """Whether it may be asked by whom nobody knows."""
        return self.scopes is None

    def admits(self, caller: Caller) -> bool:
        """Whether the caller may use the route, for what is theirs where they belong to a tenant."""
        if self.scopes is None:
            return True
        if caller.tenant is not None and caller.tenant.kind not in self.tenants:
            return False
        if caller.kind == "embed" and not (self.embed and caller.tenant is not None):
            return False
        return not self.scopes or bool(self.scopes & caller.scopes)

    def why_not(self, caller: Caller) -> str:
        """Why it does not admit a caller, in words that tell nothing but what the caller has and lacks."""
        if caller.kind == "embed":
            return "A customer's embedded page cannot do this."
        if caller.tenant is not None and caller.tenant.kind not in self.tenants:
            who = f"Your role {caller.role}" if caller.role else f"A key of one {caller.tenant.kind}"
            return f"{who} cannot do this."
        wanted = " or ".join(f"'{scope}'" for scope in sorted(self.scopes or ()))
        if caller.role is not None:
            return f"Your role {caller.role} does not have the scope {wanted}."
        had = ", ".join(f"'{scope}'" for scope in sorted(caller.scopes))
        return f"This needs the scope {wanted}, and your key has {had}."


def _each(
    scope: Scope | None,
    *names: str,
    tenants: tuple[Kind, ...] = (),
    also: tuple[Scope, ...] = (),
    embed: bool = False,
) -> dict[str, Rule]:
    """The same rule for several routes; any of `scope` and `also` will do."""
    scopes = None if scope is None else frozenset({scope, *also})
    return {name: Rule(scopes, frozenset(tenants), embed) for name in names}


def _known(*names: str, embed: bool = False) -> dict[str, Rule]:
    """For everybody who is known, whatever they may do: what concerns nobody but themselves."""
    return {name: Rule(frozenset(), frozenset({"team", "customer"}), embed) for name in names}


RULES: Mapping[str, Rule] = {
    **_each(None, "health", "log_in"),
    **_known("me", embed=True),
    **_known("log_out", "change_password"),
    # reports of the whole company
    **_each(
        "read",
        *(
            "openapi",
            "overview",
            "list_customers",
            "get_customer",
            "list_services",
            "get_service",
            "list_teams",
        ),
        *("compare_environments", "list_units", "get_flow", "find", "explain_usage", "explain_customer"),
        *(
            "get_bridge",
            "get_bridge_charges",
            "list_sources",
            "get_source",
            "list_doubts",
            "list_loads",
            "get_load",
        ),
        *(
            "get_plan",
            "list_runs",
            "get_run",
            "diff_runs",
            "get_reconciliation",
            "get_suggestions",
            "list_jobs",
        ),
        *("list_anomalies", "get_anomaly", "list_alerts", "get_alert", "list_rules"),
        *("list_messages", "get_message", "list_channels"),
        *("list_rates", "get_rates", "list_unpriced", "list_cards"),
        *("operations_what_if", "operations_true_up", "operations_margin", "export_operations"),
    ),
    # reports that answer a team with its own
    **_each(
        "read",
        *("query_costs", "post_query", "get_trend", "get_forecast", "list_dimensions", "explain_cost"),
        *("operations_overview", "operations_breakdown", "operations_tree", "operations_variants"),
        *("list_operations", "get_operation"),
        tenants=("team",),
    ),
    # plans and credits; a customer sees what is its own
    **_each("read", "list_plans", "list_credits", "get_credits"),
    **_each("credits", "grant_credits", "take_back_credits", "refund_credits", "subscribe_customer"),
    **_each("spend", "get_entitlements", tenants=("customer",), also=("read",), embed=True),
    **_each("read", "get_usage", tenants=("customer",), embed=True),
    **_each("ingest", "push_usage", "post_operations", "post_outcomes", "post_traces"),
    **_each("watch", "mark_anomaly", "acknowledge_alert", "mute_alert", "unmute_alert"),
    **_each("watch", "retry_message", "test_channel"),
    **_each("people", "list_people", "add_person", "change_person", "list_keys", "make_key", "revoke_key"),
    **_each("embed", "make_embed_token", tenants=("customer",)),
    **_each("audit", "list_audit"),
    # budgets; a team sees those of its own, and a customer whether there is room in its own
    **_each("read", "list_budgets", "get_budget", tenants=("team",)),
    **_each("spend", "check_budgets", tenants=("team", "customer"), also=("read",)),
    **_each("spend", "reserve_budget", "settle_budget"),
    **_each("budgets", "adjust_budget"),
}
"""By the name of the route, which is its `operationId` in the OpenAPI document."""


def scopes_of(kind: Kind) -> frozenset[Scope]:
    """What a key of one tenant can be good for: the scopes that rules ask of such a tenant."""
    return frozenset(scope for rule in RULES.values() if kind in rule.tenants for scope in rule.scopes or ())
