"""Why is this not the number in the provider's console? From there to the invoice and to what is reported."""

from apportion.economics.bridge.behind import BehindReport, BehindRequest, behind
from apportion.economics.bridge.models import BridgeReport
from apportion.economics.bridge.report import BridgeRequest, bridge
from apportion.economics.bridge.words import HIDEABLE

__all__ = [
    "HIDEABLE",
    "BehindReport",
    "BehindRequest",
    "BridgeReport",
    "BridgeRequest",
    "behind",
    "bridge",
]
