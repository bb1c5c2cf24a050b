"""Who may come in, and what each may see and do."""

from apportion.access.caller import LOCAL, ROLES, SCOPES, Caller, Role, Scope, Tenant

__all__ = ["LOCAL", "ROLES", "SCOPES", "Caller", "Role", "Scope", "Tenant"]
