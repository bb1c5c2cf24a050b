"""Names of what operations are told apart by: fields, and free dimensions of one's own."""

from apportion.ledger.schemas import OPERATIONS

OWN = "dimensions."
"""What the name of a free dimension begins with where it stands among fields."""
LISTED = "listed_model"
"""The model as the price list calls it, whatever name the call gave it."""
FIELDS = frozenset(name for name, sql in OPERATIONS.items() if sql == "VARCHAR") | {LISTED}
"""Fields with names as values."""


def known_field(name: str) -> bool:
    """Whether operations have a field or a free dimension of that name."""
    return name in FIELDS or (name.startswith(OWN) and len(name) > len(OWN))
