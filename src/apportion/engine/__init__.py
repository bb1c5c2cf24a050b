"""Where SQL runs."""

from apportion.engine.duck import connect, quote_ident, quote_text
from apportion.engine.statements import statement

__all__ = ["connect", "quote_ident", "quote_text", "statement"]
