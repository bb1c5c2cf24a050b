"""The demo company Fernway, generated: bills, usage, AI operations, revenue. Only the CLI calls it."""

from apportion.demo.generator import DemoSummary, generate
from apportion.demo.operations import END

__all__ = ["END", "DemoSummary", "generate"]
