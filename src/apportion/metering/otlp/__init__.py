"""OpenTelemetry traces as a way in: read what exporters send, and count every AI call in it once."""

from apportion.metering.otlp.from_protobuf import WITHOUT_IDS
from apportion.metering.otlp.operations import operations_of
from apportion.metering.otlp.reading import read_spans
from apportion.metering.otlp.span import Span

__all__ = ["WITHOUT_IDS", "Span", "operations_of", "read_spans"]
