"""How often a message is tried, how long a channel rests, and when it is given up."""

from dataclasses import dataclass
from datetime import timedelta
from random import Random


@dataclass(frozen=True)
class Policy:
    """Pauses are random, up to a bound that doubles from `first` to `most` seconds.

    A receiver that asks for a longer pause gets it, up to `longest`. After `rest_after` failures one after
    the other the whole channel rests, from `rest_first` seconds doubling to `rest_most`; then one message is
    tried. A message is given up after `attempts`, or where an attempt fails when it is older than `age`. Who
    sends a message has until `lease` is over; after that it counts as killed.
    """

    attempts: int = 40
    first: float = 5.0
    most: float = 1_800.0
    longest: float = 21_600.0
    age: timedelta = timedelta(hours=24)
    lease: timedelta = timedelta(minutes=5)
    rest_after: int = 3
    rest_first: float = 30.0
    rest_most: float = 900.0

    def pause(self, attempt: int, asked: float, chance: Random) -> timedelta:
        """Before the next attempt, after attempt number `attempt`: "full jitter", as Amazon calls it."""
        bound = min(self.most, self.first * 2.0 ** min(attempt - 1, 60))
        return timedelta(seconds=max(chance.uniform(0, bound), min(asked, self.longest)))

    def rest(self, failures: int, asked: float) -> timedelta:
        """How long a channel rests after so many failures one after the other; zero for not at all."""
        if failures < self.rest_after:
            return timedelta(seconds=min(asked, self.longest))
        bound = min(self.rest_most, self.rest_first * 2.0 ** min(failures - self.rest_after, 60))
        return timedelta(seconds=max(bound, min(asked, self.longest)))
