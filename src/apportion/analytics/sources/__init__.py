"""Where bills come from: how far they reach, whether they are final, and what each load did."""

from apportion.analytics.sources.detail import SourceReport, source_report
from apportion.analytics.sources.listing import Declared, SourcesReport, newest_charges, sources_report

__all__ = ["Declared", "SourceReport", "SourcesReport", "newest_charges", "source_report", "sources_report"]
