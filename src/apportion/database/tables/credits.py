"""Who has which plan, and the ledger of credits.

Credits are whole units of 10⁻⁹ of a credit here. Grants, entries and uses are only ever added; balances and
days are sums of them, kept beside them so that one look tells what is left.
"""

from sqlalchemy import BigInteger, Column, Index, Table, Text

from apportion.database.tables.columns import counted, metadata, said, texts, whole

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("customer", Text, primary_key=True),
    Column("since", Text, primary_key=True),
    *said("plan", "contact", "who", "reason"),
    *counted("at"),
    *texts("until"),
)
"""Which plan a customer has from a day on, until another one begins; days are ISO text. Without a row, what
the list of customers says holds.
"""

credit_accounts = Table(
    "credit_accounts",
    metadata,
    Column("customer", Text, primary_key=True),
    *counted("entries", "created"),
)
"""Whoever writes to a customer's ledger locks its row; `entries` is the number of the last one."""

credit_grants = Table(
    "credit_grants",
    metadata,
    Column("grant_id", Text, primary_key=True),
    *said("customer", "kind", "plan", "reason", "who"),
    *counted("amount", "priority", "starts", "keeps", "number", "at"),
    *whole("expires", "ends"),
    Index("credit_grants_of", "customer", "starts"),
)
"""Credits that a customer got: included in a plan for one period, bought, given, or paid back. Smaller
priorities are used up first, then what expires first. From `expires` on at most `keeps` stays, until `ends`.
"""

credit_balances = Table(
    "credit_balances",
    metadata,
    Column("grant_id", Text, primary_key=True),
    *said("customer"),
    *counted("used", "expired", "rest", "ends"),
    *whole("taken"),
    Index("credit_balances_of", "customer", "ends"),
)
"""What of each grant is used, expired and left; `ends` is that of the grant, far away where it has none.
`taken` is what was taken back of it, which may be 0; nothing where it stands.
"""

credit_entries = Table(
    "credit_entries",
    metadata,
    Column("customer", Text, primary_key=True),
    Column("number", BigInteger, primary_key=True),
    *said("grant_id", "kind", "operation_id", "feature", "day", "reference", "reason", "who"),
    *counted("amount", "at"),
    Index("credit_entries_grant", "grant_id"),
    Index("credit_entries_operation", "operation_id"),
)
"""Every movement of credits, positive into a grant and negative out of it; nothing of it is ever changed.
`grant_id` is '' for what no grant covered; `reference` names a refund, so that it happens once.
"""

credit_uses = Table(
    "credit_uses",
    metadata,
    Column("operation_id", Text, primary_key=True),
    Column("revision", BigInteger, primary_key=True),
    *said("customer", "feature", "unit", "day", "plan", "state", "basis"),
    *counted("amount", "calls", "units", "at"),
)
"""What each operation counts as: the last revision says it. `day` is that of the reporting time zone, as ISO
text; `basis` changes with whatever credits may depend on.
"""

credit_days = Table(
    "credit_days",
    metadata,
    Column("customer", Text, primary_key=True),
    Column("day", Text, primary_key=True),
    Column("feature", Text, primary_key=True),
    Column("unit", Text, primary_key=True),
    *counted("calls", "units", "credits", "over", "uncounted"),
)
"""Sums of the uses of a day: `credits` less what was given back, `over` of them no grant covered; `uncounted`
operations have no cost that credits could follow.
"""
