"""Connector `opencost`: how workloads used a Kubernetes cluster, from OpenCost and Kubecost; never a bill."""

from apportion.connectors.opencost.allocations import Wanted, answer_rows, shares_of
from apportion.connectors.opencost.api import AllocationApi
from apportion.connectors.opencost.exports import ENDINGS, export_rows, read_allocations

__all__ = [
    "ENDINGS",
    "AllocationApi",
    "Wanted",
    "answer_rows",
    "export_rows",
    "read_allocations",
    "shares_of",
]
