"""Nobody gives what they do not have."""

from collections.abc import Collection

from apportion.access.caller import Caller, Role, Scope, Tenant
from apportion.access.errors import Forbidden
from apportion.access.rules import scopes_of
from apportion.core.errors import BadInput

OF_TENANTS: dict[str, str] = {"team": "team", "customer": "customer"}
"""Roles whose people belong to one tenant, and its kind."""


def need(by: Caller, scope: Scope) -> None:
    """Raises Forbidden for a caller without a scope."""
    if scope not in by.scopes:
        raise Forbidden(f"It needs the scope '{scope}'.", hint="An owner can give it.")


def may_give(by: Caller, scopes: Collection[Scope], tenant: Tenant | None) -> None:
    """Raises Forbidden where a caller would give, or take, more than they have themselves."""
    if missing := sorted(set(scopes) - by.scopes):
        raise Forbidden(f"Nobody gives more than they have; you lack {', '.join(missing)}.")
    if by.tenant is not None and by.tenant != tenant:
        raise Forbidden(f"You belong to {by.tenant.kind} '{by.tenant.name}', and act for it alone.")


def may_have(scopes: Collection[Scope], tenant: Tenant | None) -> None:
    """Raises BadInput for scopes that no rule asks of a key of a tenant: they would open nothing."""
    if tenant is None:
        return
    good = scopes_of(tenant.kind)
    if useless := sorted(set(scopes) - good):
        raise BadInput(
            f"A key of one {tenant.kind} cannot have {', '.join(useless)}.",
            where="scopes",
            hint=f"It may have {', '.join(sorted(good))}.",
        )


def tenant_of(role: Role, name: str) -> Tenant | None:
    """The tenant of somebody with a role. Raises BadInput where there should be one, or none."""
    kind = OF_TENANTS.get(role)
    if kind is None and name:
        raise BadInput(f"The role {role} sees everything, so no tenant belongs to it.", where="tenant")
    if kind is not None and not name:
        raise BadInput(f"Somebody of the role {role} belongs to one {kind}; say which.", where="tenant")
    return Tenant("team" if kind == "team" else "customer", name) if kind else None


def line(text: str, where: str, most: int = 200) -> str:
    """One line of text without blanks around it. Raises BadInput for none, a long one, or strange signs."""
    found = text.strip()
    if not found or len(found) > most or not found.isprintable():
        raise BadInput(f"It is one line of 1 to {most} signs that can be printed.", where=where)
    return found
