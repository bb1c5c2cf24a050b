"""The statement of a run, through every step: what came in, which rules took it, where it arrived."""

from apportion.analytics.reconciliation.models import Reconciliation, Wanted
from apportion.analytics.reconciliation.statement import reconciliation

__all__ = ["Reconciliation", "Wanted", "reconciliation"]
