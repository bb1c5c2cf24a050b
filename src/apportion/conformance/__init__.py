"""Whether files are what a FOCUS version wants, and the ledger as files that are."""

from apportion.conformance.export import Exported, Order, export_focus
from apportion.conformance.models import Finding, Report, Rule, Sample
from apportion.conformance.rules import rules_of
from apportion.conformance.validation import validate

__all__ = [
    "Exported",
    "Finding",
    "Order",
    "Report",
    "Rule",
    "Sample",
    "export_focus",
    "rules_of",
    "validate",
]
