"""Who pays: from charges to pools to the customers, teams and features that caused them."""

from apportion.allocation.daily import register_arithmetic, register_charge_days, spread_part_of_revenue
from apportion.allocation.models import Answer, Perspective, Rule, Rules
from apportion.allocation.patterns import NONE
from apportion.allocation.replay import repeat
from apportion.allocation.run import Inputs, allocate, compute, rules_hash

__all__ = [
    "NONE", "Answer", "Inputs", "Perspective", "Rule", "Rules", "allocate", "compute", "register_arithmetic",
    "register_charge_days", "repeat", "rules_hash", "spread_part_of_revenue",
]  # fmt: skip
