"""Tells a self-hosted Apportion server what AI calls cost and yield, without ever getting in the way."""

from apportion_sdk.asgi import ApportionMiddleware
from apportion_sdk.budgets import BudgetExceeded, BudgetUnavailable, Reservation
from apportion_sdk.client import Client, __version__
from apportion_sdk.clients import wrap
from apportion_sdk.counters import Stats
from apportion_sdk.default import budget, close, configure, flush, outcome, stats, track
from apportion_sdk.operation import ContextFields, OperationFields
from apportion_sdk.scope import Scope, annotate, carry, context, last_operation_id
from apportion_sdk.tracking import tracked

__all__ = [
    "ApportionMiddleware",
    "BudgetExceeded",
    "BudgetUnavailable",
    "Client",
    "ContextFields",
    "OperationFields",
    "Reservation",
    "Scope",
    "Stats",
    "__version__",
    "annotate",
    "budget",
    "carry",
    "close",
    "configure",
    "context",
    "flush",
    "last_operation_id",
    "outcome",
    "stats",
    "track",
    "tracked",
    "wrap",
]
