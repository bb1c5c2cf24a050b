"""Limits, what has been spent of them, and what is held for calls that have begun.

Money is whole units of 10⁻⁹ of a currency here, so that a budget of billions fits.
"""

from sqlalchemy import BigInteger, Column, Index, Table, Text

from apportion.database.tables.columns import counted, metadata, said, whole

budget_periods = Table(
    "budget_periods",
    metadata,
    Column("period_id", Text, primary_key=True),
    *said("budget", "entity"),
    *counted("start", "until", "amount", "spent", "reserved", "uncounted", "created", "changed"),
    *said("currency"),
    Index("budget_periods_of", "budget", "entity", "start"),
    Index("budget_periods_until", "until"),
)
"""One budget of one entity in one period, named by a hash of what it is. `entity` is a JSON object of fields
and names, sorted; `amount` is the limit; `spent` and `reserved` are the sums of the rows in `budget_entries`;
`uncounted` is how many operations have no cost that could be counted.
"""

budget_declarations = Table(
    "budget_declarations",
    metadata,
    Column("budget", Text, primary_key=True),
    *said("fingerprint"),
    *counted("began", "declared", "counted"),
)
"""What each budget counted when it was last declared otherwise: nothing of periods that start before `began`;
`counted` are the operations of its current period that were there already.
"""

budget_entries = Table(
    "budget_entries",
    metadata,
    Column("period_id", Text, primary_key=True),
    Column("operation_id", Text, primary_key=True),
    *said("state"),
    *counted("amount", "at"),
    Index("budget_entries_operation", "operation_id"),
)
"""What one operation holds ('held') or has spent of one period: 'spent' by an operation, 'told' by a
settlement that no operation has followed yet, 'estimated' at what was held where an operation's cost is not
known, 'uncounted' where nothing was held either. `at` is the time of the operation, or of the reservation.
"""

reservations = Table(
    "reservations",
    metadata,
    Column("reservation_id", Text, primary_key=True),
    *said("state", "basis", "currency", "fields", "asked"),
    *counted("estimate", "created", "expires"),
    *whole("settled", "cost"),
    Index("reservations_expiring", "state", "expires"),
)
"""What was asked for before a call. `reservation_id` is the id of the operation to come; `state` is held,
settled, released or expired; `fields` what was said of the operation to come, as JSON; `asked` a hash of the
request, so that the same one again is told the same.
"""

budget_adjustments = Table(
    "budget_adjustments",
    metadata,
    Column("adjustment_id", Text, primary_key=True),
    *said("period_id", "reason", "who"),
    *counted("amount", "at"),
    Index("budget_adjustments_of", "period_id"),
)
"""What was added to the limit of one period, or taken from it; nothing of it is ever changed."""

budget_crossings = Table(
    "budget_crossings",
    metadata,
    Column("period_id", Text, primary_key=True),
    Column("threshold", BigInteger, primary_key=True),
    *counted("at", "spent"),
)
"""When a threshold, in hundredths of a percent of the limit, was first reached in a period."""

learned_costs = Table(
    "learned_costs",
    metadata,
    Column("feature", Text, primary_key=True),
    Column("model", Text, primary_key=True),
    Column("bin", BigInteger, primary_key=True),
    *counted("weight"),
)
"""How often a call of a feature and model cost about so much, for the estimate of the next one."""
