"""Who may come in, and what was done by whom."""

from sqlalchemy import BigInteger, Column, Index, Table, Text

from apportion.database.tables.columns import counted, metadata, said, texts, whole

people = Table(
    "people",
    metadata,
    Column("login", Text, primary_key=True),
    *said("name", "role", "tenant", "password", "state"),
    *counted("failures", "locked_until", "created", "changed"),
    *whole("seen"),
)
"""Accounts with a password, which is an argon2 hash. `login` is in small letters; `tenant` is the one team or
customer that somebody of such a role sees, '' for the others; `state` is active or disabled.
"""

login_failures = Table(
    "login_failures",
    metadata,
    Column("login", Text, primary_key=True),
    Column("address", Text, primary_key=True),
    *counted("failures", "locked_until", "at"),
)
"""Wrong passwords for a login from an address, the last at `at`, since somebody came in from there; login ''
stands for those that are not there, wait, or are disabled.
"""

sessions = Table(
    "sessions",
    metadata,
    Column("session", Text, primary_key=True),
    *said("login"),
    *counted("created", "seen", "expires"),
    Index("sessions_of", "login"),
)
"""Who is logged in; `session` is a keyed hash of what the browser holds."""

api_keys = Table(
    "api_keys",
    metadata,
    Column("key_id", Text, primary_key=True),
    *said("hash", "name", "scopes", "tenant_kind", "tenant", "created_by"),
    *counted("created"),
    *whole("expires", "revoked", "used"),
    *texts("revoked_by"),
)
"""Keys of programs: `key_id` is the part that finds a key, `hash` a keyed hash of the whole. `scopes` is
a sorted JSON list.
"""

audit = Table(
    "audit",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    *counted("at"),
    *said("who", "kind", "action", "target", "outcome", "address", "detail", "hash"),
    Index("audit_at", "at"),
)
"""What changed something, and what was refused, in order; nothing of it is ever changed. `hash` is that of
the row and of the hash before it; `detail` is a JSON object without secrets.
"""

access_marks = Table(
    "access_marks",
    metadata,
    Column("name", Text, primary_key=True),
    *said("value"),
)
"""What all servers must agree on: which pepper holds (a mark of it, not itself), which tokens of pages do."""
