"""Fernway's forty customers: plan, price, how much they use and what they use it for."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from apportion.demo.company import PRODUCT, SERVICES


@dataclass(frozen=True)
class Customer:
    """`monthly` is the recurring price in dollars, `intensity` the use per dollar paid (1 is usual).

    `leaning` multiplies the use of single services; `end` is the first day they are no customer any more.
    """

    id: str
    name: str
    plan: str
    monthly: int
    intensity: float
    start: date = date(2025, 3, 1)
    end: date | None = None
    leaning: Mapping[str, float] = field(default_factory=dict)

    def active(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day < self.end)

    @property
    def status(self) -> str:
        return "churned" if self.end else "active"


def _customer(name: str, plan: str, monthly: int, intensity: float, **more: object) -> Customer:
    identity = name.lower().replace(" & ", "-").replace(" ", "-").replace(".", "")
    return Customer(identity, name, plan, monthly, intensity, **more)  # type: ignore[arg-type]


_PLANNER = {"route-optimizer": 1.5, "map-matching": 1.4, "shared-db": 1.1, "exports": 0.4, "reporting": 0.4}
_ANALYST = {"analytics-api": 2.4, "insights-assistant": 2.2, "reporting": 2.6, "exports": 3.0}

CUSTOMERS = (
    _customer("Halden Foods", "enterprise", 52000, 0.95, start=date(2023, 5, 1)),
    _customer("Portway Logistics", "enterprise", 46500, 1.20, start=date(2023, 11, 1)),
    _customer("Meridian Grocers", "enterprise", 41000, 0.80, start=date(2024, 2, 1)),
    _customer("Castellan Freight", "enterprise", 38200, 1.90, start=date(2024, 6, 15)),
    _customer("Bluewater Retail", "enterprise", 34000, 0.70, start=date(2025, 1, 1)),
    _customer("Ostara Pharma", "scale", 19500, 0.90),
    _customer("Tallis Beverages", "scale", 18200, 1.10),
    _customer("Kestrel Couriers", "scale", 17400, 3.00),
    _customer("Rowan Building Supply", "scale", 16000, 0.75),
    _customer("Arden Textiles", "scale", 15200, 0.60),
    _customer("Northgate Dairy", "scale", 14800, 1.05),
    _customer("Pelham Auto Parts", "scale", 13600, 0.85),
    _customer("Vantage Home Delivery", "scale", 12400, 4.60),
    _customer("Sandhurst Medical", "scale", 10500, 1.70, start=date(2024, 9, 1)),
    _customer("Fenwick Flowers", "growth", 8600, 0.90),
    _customer("Gresham Waste", "growth", 8200, 2.60),
    _customer("Larch & Pine", "growth", 7900, 0.70),
    _customer("Minster Bakery", "growth", 7400, 1.00),
    _customer("Oakhurst Energy", "growth", 7200, 0.65),
    _customer("Penrose Vending", "growth", 6900, 1.15),
    _customer("Quayside Fish", "growth", 6600, 0.85, end=date(2026, 9, 16)),
    _customer("Redfern Laundry", "growth", 6400, 5.20),
    _customer("Stanmore Furniture", "growth", 6100, 0.95),
    _customer("Thornbury Water", "growth", 5900, 0.80),
    _customer("Underhill Meats", "growth", 5600, 1.25, start=date(2026, 8, 17)),
    _customer("Westerly Parcels", "growth", 5400, 7.00),
    _customer("Harvest Crate", "growth", 5200, 10.0, start=date(2025, 7, 1), leaning=_ANALYST),
    _customer("Yarrow Clinics", "growth", 4900, 0.75),
    _customer("Alder Bikes", "starter", 2900, 0.90),
    _customer("Bramble Pets", "starter", 2800, 1.10),
    _customer("Corvid Print", "starter", 2700, 0.60, end=date(2026, 10, 12)),
    _customer("Dunlin Tools", "starter", 2600, 3.40),
    _customer("Elmstead Wine", "starter", 2500, 0.80),
    _customer("Fieldfare Eggs", "starter", 2400, 1.20, start=date(2026, 9, 7)),
    _customer("Goldcrest Cleaning", "starter", 2300, 0.70),
    _customer("Hobby Lane", "starter", 2200, 1.80, end=date(2026, 8, 24)),
    _customer("Ibex Outdoor", "starter", 2100, 1.00, start=date(2026, 10, 5)),
    _customer("Swiftlet Same Day", "starter", 2000, 45.5, start=date(2024, 3, 1), leaning=_PLANNER),
    _customer("Jackdaw Glass", "starter", 1900, 2.20),
    _customer("Kite Street Coffee", "starter", 1800, 1.30),
)


def appetite(customer: Customer, dice: random.Random) -> dict[str, float]:
    """Requests of each service on a usual working day."""
    size = customer.monthly / 1000 * customer.intensity
    return {
        name: size * SERVICES[name].requests * customer.leaning.get(name, 0.6 + 0.8 * dice.random())
        for name in PRODUCT
        if customer.plan in SERVICES[name].plans.split()
    }
