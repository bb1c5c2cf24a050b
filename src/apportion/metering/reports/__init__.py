"""Usage reports of OpenAI and Anthropic as operations: one for each group in each complete bucket of time."""

from apportion.metering.reports.asking import Question, usage_api, usage_pages
from apportion.metering.reports.files import report_in
from apportion.metering.reports.keeping import ReportReceipt, keep_report
from apportion.metering.reports.reading import Told, told
from apportion.metering.reports.twice import Beside

__all__ = [
    "Beside",
    "Question",
    "ReportReceipt",
    "Told",
    "keep_report",
    "report_in",
    "told",
    "usage_api",
    "usage_pages",
]
