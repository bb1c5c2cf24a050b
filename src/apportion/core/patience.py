"""Trying again: what is transient, how often, and how long to wait in between."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt, wait_random_exponential

from apportion.core.errors import Changed, Transient

T = TypeVar("T")
Said = Callable[[str], None]
"""Takes a sentence of progress, such as 'Fetching a/b.csv: 120 of 340 MB'."""


def _silent(_said: str) -> None:
    """For work that is too short to be spoken of."""


@dataclass(frozen=True)
class Patience:
    """How often something is tried, and the seconds between: a random time up to a bound that doubles.

    The bound starts at `first` and ends at `most`. An error that says how long to wait is believed, up to
    `longest`. Only Transient errors are tried again, and of those not `Changed`.
    """

    attempts: int = 6
    first: float = 0.5
    most: float = 30.0
    longest: float = 120.0
    sleep: Callable[[float], None] = field(default=time.sleep, repr=False)

    def call(self, work: Callable[[], T], said: Said = _silent) -> T:
        """What `work` returns; the last error where every attempt failed."""

        def tell(state: RetryCallState) -> None:
            why = state.outcome.exception() if state.outcome else None
            wait = state.next_action.sleep if state.next_action else 0
            said(f"{why.message if isinstance(why, Transient) else why} Trying again in {wait:.0f} s.")

        return Retrying(
            retry=retry_if_exception(lambda why: isinstance(why, Transient) and not isinstance(why, Changed)),
            stop=stop_after_attempt(self.attempts),
            wait=self._wait,
            sleep=self.sleep,
            before_sleep=tell,
            reraise=True,
        )(work)

    def _wait(self, state: RetryCallState) -> float:
        why = state.outcome.exception() if state.outcome else None
        asked = why.after if isinstance(why, Transient) else 0
        drawn = wait_random_exponential(multiplier=self.first, max=self.most)(state)
        return max(drawn, min(asked, self.longest))
