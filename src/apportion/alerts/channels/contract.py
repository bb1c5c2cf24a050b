"""What a channel is: it takes a written message, and says what became of it."""

from typing import Protocol

from apportion.alerts.templates import Written
from apportion.core.errors import Transient


class Unclear(Transient):
    """It may have arrived, or not: the answer is missing. Trying again may make it arrive twice."""


class Channel(Protocol):
    """One place that messages go to; used by one thread at a time.

    A message goes out under its own id, the same each time, where a receiver finds it.
    """

    def send(self, message: Written) -> str:
        """Hand it over and return what the receiver said, in a few words without secrets.

        Raises Terminal where trying again will not help, Unclear where nobody knows whether it arrived, and
        Transient elsewhere; `after` is in how many seconds the receiver wants to be asked again.
        """

    def close(self) -> None:
        """Let go of what is open."""
