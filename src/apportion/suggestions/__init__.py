"""Reads a bill and proposes dimensions, rules and measures, ranked by what they would attribute."""

from apportion.suggestions.edits import FILE, applied, unified
from apportion.suggestions.models import Coverage, MissingMeasure, Offender, Proposal, Suggestions, Texts
from apportion.suggestions.order import with_needs
from apportion.suggestions.service import Facts, suggest

__all__ = [
    "FILE",
    "Coverage",
    "Facts",
    "MissingMeasure",
    "Offender",
    "Proposal",
    "Suggestions",
    "Texts",
    "applied",
    "suggest",
    "unified",
    "with_needs",
]
