"""What cost more, or less, than it usually does."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from apportion.anomalies.daily import Daily
    from apportion.anomalies.hourly import Hourly

__all__ = ["Daily", "Hourly"]


def __getattr__(name: str) -> object:
    """Detectors are loaded when they are asked for: settings are read by every command."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{name.lower()}"), name)
