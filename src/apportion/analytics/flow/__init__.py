"""From who charged it to who it is for: cost as a flow that loses nothing on its way."""

from apportion.analytics.flow.models import Flow
from apportion.analytics.flow.service import flow

__all__ = ["Flow", "flow"]
