"""What operations cost and yield: by feature, model and customer, by prompt, up the tree, at other prices."""

from apportion.economics.operations.asked import DIMENSIONS, Asked
from apportion.economics.operations.breakdown import OperationsBreakdown, operations_breakdown
from apportion.economics.operations.export import Counted, counted, window_text, written
from apportion.economics.operations.facts import OperationFacts, facts_of
from apportion.economics.operations.listing import OperationsList, operations_list
from apportion.economics.operations.margin import OperationsMargin, operations_margin
from apportion.economics.operations.overhead import prepare_overhead
from apportion.economics.operations.overview import OperationsOverview, operations_overview
from apportion.economics.operations.single import SingleOperation, single_operation
from apportion.economics.operations.tree import OperationsTree, operations_tree
from apportion.economics.operations.true_up import OperationsTrueUp, operations_true_up
from apportion.economics.operations.variants import OperationsVariants, operations_variants
from apportion.economics.operations.what_if import OperationsWhatIf, operations_what_if

__all__ = [
    "DIMENSIONS",
    "Asked",
    "Counted",
    "OperationFacts",
    "OperationsBreakdown",
    "OperationsList",
    "OperationsMargin",
    "OperationsOverview",
    "OperationsTree",
    "OperationsTrueUp",
    "OperationsVariants",
    "OperationsWhatIf",
    "SingleOperation",
    "counted",
    "facts_of",
    "operations_breakdown",
    "operations_list",
    "operations_margin",
    "operations_overview",
    "operations_tree",
    "operations_true_up",
    "operations_variants",
    "operations_what_if",
    "prepare_overhead",
    "single_operation",
    "window_text",
    "written",
]
