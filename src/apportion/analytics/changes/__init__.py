"""What changed between two runs, or would with the next one, and whose cost moves."""

from apportion.analytics.changes.markdown import as_comment
from apportion.analytics.changes.models import Changes
from apportion.analytics.changes.planning import Planner
from apportion.analytics.changes.report import Asked, changes, over_limit
from apportion.analytics.changes.targets import Amounts, computed, stored

__all__ = [
    "Amounts",
    "Asked",
    "Changes",
    "Planner",
    "as_comment",
    "changes",
    "computed",
    "over_limit",
    "stored",
]
