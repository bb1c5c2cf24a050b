"""Live sinks: every operation that comes in, and every change of one, goes on to somewhere else."""

from apportion.metering.sinks.settings import Sink

__all__ = ["Sink"]
