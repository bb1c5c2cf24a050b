"""What operations cost and yield: by feature, model and customer, by prompt, up the tree, at other prices."""

from apportion.economics.operations.asked import DIMENSIONS, Asked
from apportion.economics.operations.breakdown import OperationsBreakdown, operations_breakdown
from apportion.economics.operations.facts import OperationFacts, facts_of
from apportion.economics.operations.overview import OperationsOverview, operations_overview

__all__ = [
    "DIMENSIONS",
    "Asked",
    "OperationFacts",
    "OperationsBreakdown",
    "OperationsOverview",
    "facts_of",
    "operations_breakdown",
    "operations_overview",
]
