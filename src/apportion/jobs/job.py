"""What a job is."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from apportion.app import App, Said


@dataclass(frozen=True)
class Job:
    """Something done again and again: `run` says in a few words what came of it, and may raise.

    Running it twice, at the same time or after being killed, is the same as running it once.
    """

    name: str
    what: str
    every: timedelta
    run: Callable[[App, Said], str]
