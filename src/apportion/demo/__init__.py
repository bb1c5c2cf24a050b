"""The demo company Fernway: a generator of bills, usage, customers and revenue. Only the command line calls it."""

from apportion.demo.generator import DemoSummary, generate

__all__ = ["DemoSummary", "generate"]
