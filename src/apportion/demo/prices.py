"""What the clouds charge: the catalogue of what Fernway buys, at on-demand prices."""

import hashlib
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from apportion.demo.tables import rows

PRICE_UNIT = 10**10  # prices and costs are whole units of 10⁻¹⁰ dollars
QUANTITY_UNIT = 10**6
CONTRACT = {"aws": Decimal("0.96"), "gcp": Decimal("0.95"), "azure": Decimal(1)}  # share of list price paid
SAVINGS_PLAN = Decimal("0.72")
RESERVED = Decimal("0.62")


@dataclass(frozen=True)
class Sku:
    """One priced thing: `price` is dollars per `unit`; `namespace` and `resource` go into resource ids."""

    key: str
    provider: str
    service: str
    category: str
    subcategory: str
    unit: str
    price: Decimal
    meter: str
    namespace: str
    resource: str

    @property
    def id(self) -> str:
        return hashlib.sha256(f"{self.provider}/{self.key}".encode()).hexdigest()[:16].upper()

    @property
    def list_price(self) -> int:
        return int(self.price * PRICE_UNIT)

    @property
    def contracted_price(self) -> int:
        return int(self.price * CONTRACT[self.provider] * PRICE_UNIT)


def cost(quantity: int, price: int) -> int:
    """Units of 10⁻¹⁰ dollars for `quantity` (10⁻⁶) at `price` (10⁻¹⁰), rounded half up."""
    return (quantity * price + QUANTITY_UNIT // 2) // QUANTITY_UNIT


@cache
def catalogue() -> dict[str, Sku]:
    """Every SKU by its key."""
    return {row["key"]: Sku(**{**row, "price": Decimal(row["price"])}) for row in rows("prices")}  # type: ignore[arg-type]
