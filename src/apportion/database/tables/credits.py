"""Who has which plan, and the ledger of credits.

Credits are whole units of 10⁻⁹ of a credit here.
"""

from sqlalchemy import Column, Index, Table, Text

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

credit_grants = Table(
    "credit_grants",
    metadata,
    Column("grant_id", Text, primary_key=True),
    *said("customer", "kind", "reason", "who"),
    *counted("amount", "priority", "starts", "at"),
    *whole("expires"),
    Index("credit_grants_of", "customer", "starts"),
)
"""Credits that a customer got: included in a plan for one period, bought, given, or paid back. Smaller
priorities are used up first, then what expires first.
"""

credit_entries = Table(
    "credit_entries",
    metadata,
    Column("entry_id", Text, primary_key=True),
    *said("customer", "grant_id", "kind", "operation_id", "feature"),
    *counted("amount", "at"),
    Index("credit_entries_of", "customer", "at"),
    Index("credit_entries_grant", "grant_id"),
    Index("credit_entries_operation", "operation_id"),
)
"""Every movement of credits, positive into a grant and negative out of it; nothing of it is ever changed.
`grant_id` is '' for what no grant covered.
"""

credit_uses = Table(
    "credit_uses",
    metadata,
    Column("operation_id", Text, primary_key=True),
    *said("customer", "feature", "day", "plan"),
    *counted("amount", "at"),
    Index("credit_uses_of", "customer", "day"),
)
"""How many credits each operation has taken; `day` is that of the reporting time zone, as ISO text."""
