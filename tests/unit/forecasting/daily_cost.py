"""Daily cost with a shape that one can say in a sentence."""

from typing import Any

import numpy as np

LAST = np.datetime64("2026-06-10", "D")


def days(count: int, last: Any = LAST) -> Any:
    """The `count` days up to and with `last`."""
    return last - np.arange(count - 1, -1, -1)


def of_month(when: Any) -> Any:
    return (when - when.astype("datetime64[M]")).astype(int) + 1


def weekday(when: Any) -> Any:
    """Monday is 0."""
    return (when.astype(int) + 3) % 7


def noisy(values: Any, share: float = 0.03, seed: int = 7) -> Any:
    """`values` with a noise of `share` of them."""
    return values * np.exp(np.random.default_rng(seed).normal(0, share, np.shape(values)))
