"""Whoever makes a request, as what they may see and do."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

Role = Literal["owner", "finance", "engineer", "viewer", "team", "customer"]
Scope = Literal["read", "ingest", "spend", "watch", "budgets", "credits", "embed", "people", "audit"]
SCOPES: tuple[Scope, ...] = get_args(Scope)
"""What may be allowed:

- read: every report, or of a tenant's own what tenants may see
- ingest: send operations, traces, outcomes and usage
- spend: check, reserve and settle budgets; ask for entitlements
- watch: acknowledge, mute and judge alerts and anomalies; test channels
- budgets: adjust limits of budgets
- credits: subscribe customers to plans, grant and pay back credits
- embed: make tokens that show one customer's own page
- people: keys and accounts
- audit: read the audit log
"""

ROLES: Mapping[Role, frozenset[Scope]] = {
    "owner": frozenset(SCOPES),
    "finance": frozenset({"read", "watch", "budgets", "credits", "embed", "audit"}),
    "engineer": frozenset({"read", "ingest", "spend", "watch", "embed"}),
    "viewer": frozenset({"read"}),
    "team": frozenset({"read"}),
    "customer": frozenset({"read"}),
}
"""What people of a role may do; of a team or a customer, each for its own alone."""


@dataclass(frozen=True)
class Tenant:
    """The one team or customer that a caller belongs to."""

    kind: Literal["team", "customer"]
    name: str


@dataclass(frozen=True)
class Caller:
    """Who asks: a person, a key, an embedded page, or whoever is at the machine while nobody has an account.

    `tenant` None means that all there is may be seen, as far as the scopes go.
    """

    name: str
    kind: Literal["local", "person", "key", "embed"]
    scopes: frozenset[Scope]
    tenant: Tenant | None = None
    role: Role | None = None


LOCAL = Caller("local", "local", frozenset(SCOPES), role="owner")
"""Whoever can reach loopback, as long as nobody has an account."""
