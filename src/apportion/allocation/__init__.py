"""Who pays: from charges to pools to the customers, teams and features that caused them."""

from apportion.allocation.models import NONE, Answer, Perspective, Rule, Rules
from apportion.allocation.run import Inputs, allocate, register_charge_days

__all__ = ["NONE", "Answer", "Inputs", "Perspective", "Rule", "Rules", "allocate", "register_charge_days"]
