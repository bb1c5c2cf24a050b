"""The command line: parse, call, print."""

from apportion.cli.main import main

__all__ = ["main"]
