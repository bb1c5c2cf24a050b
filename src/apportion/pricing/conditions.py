"""Under which conditions a call was made, as far as its price depends on them."""

from typing import NamedTuple

STANDARD_TIERS = frozenset({"", "standard", "default", "auto", "on_demand", "standard_only"})
"""What providers call their standard tier. 'auto' asks for it unless a project is set up otherwise."""
_TIERS = {"on_demand_priority": "priority", "on_demand_flex": "flex"}
_BATCH = frozenset({"batch", "on_demand_batch"})


class Conditions(NamedTuple):
    """Tier ('' is standard), batch, and region ('' where nobody said), in the price list's words."""

    service_tier: str = ""
    batch: bool = False
    region: str = ""

    def __str__(self) -> str:
        words = [self.service_tier, "batch" if self.batch else "", self.region]
        return ", ".join(word for word in words if word) or "standard"


STANDARD = Conditions()


def conditions(service_tier: str | None, batch: bool | None, region: str | None) -> Conditions:
    """Conditions as an operation names them. Anthropic names batches as a tier."""
    tier = (service_tier or "").strip().lower()
    if tier in _BATCH:
        tier, batch = "", True
    tier = "" if tier in STANDARD_TIERS else _TIERS.get(tier, tier)
    return Conditions(tier, bool(batch), (region or "").strip().lower())
