"""The one place where rooms are wired together: a workspace folder as something that can be used."""

from apportion.app.admitting import Admitting
from apportion.app.alerting import Alerting
from apportion.app.allocating import Allocating
from apportion.app.base import Said, silent
from apportion.app.billing import Billing
from apportion.app.budgeting import Budgeting
from apportion.app.delivering import Delivering
from apportion.app.exporting import Exporting
from apportion.app.forecasting import Forecasting
from apportion.app.incoming import Incoming, Ingested
from apportion.app.reading import Reading
from apportion.app.tenants import Tenants
from apportion.app.usage_reports import UsageReports
from apportion.app.valuing import Valuing
from apportion.app.watching import Watching
from apportion.app.working import Working

__all__ = ["App", "Ingested", "Said", "silent"]


class App(
    Admitting,
    Tenants,
    Alerting,
    Delivering,
    Watching,
    Forecasting,
    Budgeting,
    Incoming,
    Allocating,
    Reading,
    Billing,
    Exporting,
    Valuing,
    UsageReports,
    Working,
):
    """A workspace: its file, its ledger, and everything people do with them. Safe to use from threads."""
