"""Why an amount is what it is: what it is made of, one level at a time, down to line items of the bill."""

from apportion.analytics.explain.models import ExplainRequest, Explanation
from apportion.analytics.explain.names import find_target
from apportion.analytics.explain.service import explain
from apportion.analytics.explain.tree import DEPTH, MOST, Branch, explain_tree
from apportion.analytics.explain.use import UsagePage, Use, usage_page

__all__ = [
    "DEPTH",
    "MOST",
    "Branch",
    "ExplainRequest",
    "Explanation",
    "UsagePage",
    "Use",
    "explain",
    "explain_tree",
    "find_target",
    "usage_page",
]
