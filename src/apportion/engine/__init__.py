"""Where SQL runs."""

from apportion.engine.duck import connect, quote_ident, quote_text

__all__ = ["connect", "quote_ident", "quote_text"]
