"""Reads a bill and proposes dimensions, rules and measures, ranked by what they would attribute."""

from apportion.suggestions.edits import FILE
from apportion.suggestions.file import read, replace
from apportion.suggestions.found import Found
from apportion.suggestions.models import Coverage, MissingMeasure, Offender, Proposal, Suggestions
from apportion.suggestions.service import Facts, suggest

__all__ = [
    "FILE",
    "Coverage",
    "Facts",
    "Found",
    "MissingMeasure",
    "Offender",
    "Proposal",
    "Suggestions",
    "read",
    "replace",
    "suggest",
]
