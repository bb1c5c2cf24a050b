"""Usage that deserves a second look: gaps, days far from the usual, names never seen before."""

from apportion.analytics.doubts.beside import doubts_for
from apportion.analytics.doubts.models import Doubt, DoubtsReport
from apportion.analytics.doubts.report import doubts

__all__ = ["Doubt", "DoubtsReport", "doubts", "doubts_for"]
