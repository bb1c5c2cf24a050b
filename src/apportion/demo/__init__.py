"""The demo company Fernway, generated: bills, usage, customers, revenue. Only the CLI calls it."""

from apportion.demo.generator import DemoSummary, generate

__all__ = ["DemoSummary", "generate"]
