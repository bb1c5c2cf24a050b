"""One router for each resource."""

from apportion.api.routes import (
    bridge,
    customers,
    dimensions,
    environments,
    explain,
    health,
    loads,
    overview,
    query,
    reconciliation,
    runs,
    search,
    services,
    teams,
    trend,
    units,
)

ROUTERS = (
    overview.router,
    customers.router,
    services.router,
    teams.router,
    environments.router,
    units.router,
    trend.router,
    query.router,
    explain.router,
    dimensions.router,
    search.router,
    bridge.router,
    loads.router,
    runs.router,
    reconciliation.router,
    health.router,
)
