"""Microsoft's FOCUS exports as a dialect."""

from functools import cache

from apportion.connectors.dialect import Dialect
from apportion.connectors.focus.mended import mended


@cache
def focus_export() -> Dialect:
    """The dialect of the exports 'cost and usage (FOCUS)', 1.0-preview to 1.2-preview."""
    return mended("apportion.connectors.azure", "a FOCUS export of Azure", free=("PricingCategory",))
