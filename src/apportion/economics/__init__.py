"""What the numbers mean for the business: margin of customers, cost of services and teams, unit costs."""

from apportion.economics.bridge import (
    BehindReport,
    BehindRequest,
    BridgeReport,
    BridgeRequest,
    behind,
    bridge,
)
from apportion.economics.customer import CustomerReport, customer
from apportion.economics.customers import CustomersReport, customers
from apportion.economics.environments import EnvironmentsReport, environments
from apportion.economics.overview import Overview, overview
from apportion.economics.search import SearchResults, search
from apportion.economics.service import ServiceReport, service
from apportion.economics.services import ServicesReport, services
from apportion.economics.teams import TeamsReport, teams
from apportion.economics.trend import TrendReport, trend
from apportion.economics.units import UnitsReport, units

__all__ = [
    "BehindReport",
    "BehindRequest",
    "BridgeReport",
    "BridgeRequest",
    "CustomerReport",
    "CustomersReport",
    "EnvironmentsReport",
    "Overview",
    "SearchResults",
    "ServiceReport",
    "ServicesReport",
    "TeamsReport",
    "TrendReport",
    "UnitsReport",
    "behind",
    "bridge",
    "customer",
    "customers",
    "environments",
    "overview",
    "search",
    "service",
    "services",
    "teams",
    "trend",
    "units",
]
