"""Operations: how they come in, what they cost, where they are kept."""

from apportion.metering.batch import MOST, MOST_BYTES
from apportion.metering.operation import Operation, Outcome

__all__ = ["MOST", "MOST_BYTES", "Operation", "Outcome"]
