"""Why an amount is what it is: what it is made of, one level at a time, down to line items of the bill."""

from apportion.analytics.explain.models import ExplainRequest, Explanation
from apportion.analytics.explain.service import explain

__all__ = ["ExplainRequest", "Explanation", "explain"]
