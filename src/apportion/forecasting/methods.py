"""What every method of forecasting has in common, and the methods there are."""

from collections.abc import Mapping
from typing import Protocol

from apportion.core.errors import BadInput
from apportion.forecasting.band import Band
from apportion.forecasting.baselines import RunRate, SeasonalNaive
from apportion.forecasting.paths import Paths
from apportion.forecasting.robust import Days, Floats
from apportion.forecasting.theta import Theta

DEFAULT = "band"


class Method(Protocol):
    """Forecasts many series at once, each from its own past."""

    name: str

    def paths(self, values: Floats, origins: Days, horizon: int, /) -> Paths:
        """What follows on `values` [R, n], whose last columns are the days `origins` [R].

        NaN is a day that is not known. Nothing but `values` may be looked at.
        """


METHODS: Mapping[str, Method] = {m.name: m for m in (Band(), RunRate(), SeasonalNaive(), Theta())}


def method_named(name: str) -> Method:
    """The method of that name; raises BadInput where there is none."""
    if name not in METHODS:
        raise BadInput(f"There is no method '{name}'.", where="method", hint=f"Use {', '.join(METHODS)}.")
    return METHODS[name]
