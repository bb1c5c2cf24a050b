"""Fernway, the demo company: its teams, services, accounts and calendar."""

from dataclasses import dataclass
from datetime import date, timedelta

NONE = "(none)"
PRODUCTION, STAGING, DEVELOPMENT = "production", "staging", "development"
LAST_DAY = date(2026, 10, 31)  # fixed, so that the same seed makes the same bills on any day
WORK_HOURS = range(8, 18)  # UTC, Monday to Friday


@dataclass(frozen=True)
class Service:
    """`requests`: calls a day that one unit of customer size makes; 0 where no customer calls."""

    name: str
    team: str
    requests: int
    plans: str = "starter growth scale enterprise"


SERVICES = {
    s.name: s
    for s in (
        Service("route-optimizer", "routing", 30),
        Service("map-matching", "routing", 90),
        Service("eta-predictor", "routing", 60),
        Service("dispatch-api", "dispatch", 120),
        Service("live-tracking", "dispatch", 400),
        Service("driver-app", "dispatch", 150),
        Service("notifications", "dispatch", 40),
        Service("api-gateway", "integrations", 300),
        Service("webhooks", "integrations", 70, "growth scale enterprise"),
        Service("importer", "integrations", 8),
        Service("telematics-hub", "integrations", 260, "growth scale enterprise"),
        Service("reporting", "insights", 10),
        Service("analytics-api", "insights", 14, "growth scale enterprise"),
        Service("insights-assistant", "insights", 3, "growth scale enterprise"),
        Service("exports", "insights", 4),
        Service("web-app", "core", 200),
        Service("accounts", "core", 50),
        Service("shared-db", "core", 1400),
        Service("shared-cache", "core", 2600),
        Service("cdn", "core", 1100),
        Service("shared-cluster", "platform", 0),
        Service("database-platform", "platform", 0),
        Service("monitoring", "platform", 0),
        Service("warehouse", "platform", 0),
        Service("ci", "platform", 0),
    )
}
TEAMS = tuple(dict.fromkeys(s.team for s in SERVICES.values()))
PRODUCT = tuple(s.name for s in SERVICES.values() if s.requests)
INTERNAL_TEAM = "platform"  # its services serve the others and each other, and reach customers through them
FEATURES = {
    service: feature
    for feature, services in {
        "route planning": "route-optimizer map-matching",
        "arrival times": "eta-predictor",
        "dispatch": "dispatch-api live-tracking driver-app notifications",
        "integrations": "api-gateway webhooks importer telematics-hub",
        "reports": "reporting analytics-api exports",
        "assistant": "insights-assistant",
    }.items()
    for service in services.split()
}


@dataclass(frozen=True)
class Account:
    """A sub account of one provider: an AWS account, a GCP project, an Azure subscription."""

    id: str
    name: str


AWS_PAYER = Account("041877203316", "fernway-management")
AWS_ACCOUNTS = {
    PRODUCTION: Account("370918264405", "fernway-production"),
    STAGING: Account("086425519730", "fernway-staging"),
    DEVELOPMENT: Account("552301847961", "fernway-development"),
}
GCP_BILLING = Account("01A7C3-5D92E4-B08F61", "Fernway GCP")
GCP_PROJECTS = {
    PRODUCTION: Account("fernway-data-prod", "Fernway Data Production"),
    STAGING: Account("fernway-data-staging", "Fernway Data Staging"),
    DEVELOPMENT: Account("fernway-data-dev", "Fernway Data Development"),
}
AZURE_BILLING = Account("71930482", "Fernway Inc.")
OPENAI_BILLING = Account("org-r4TnWqLxZ0bVdHs8", "Fernway")
OPENAI_PROJECT = Account("proj_Hk2vYp9QmC71sXeJ", "production")
OPENAI_DATA_SCIENCE = Account("proj_bW6tRz3NfD58uGaL", "data-science")
ANTHROPIC_BILLING = Account("9c2e7d14-58fb-4a06-b3d9-61e0f5a8c47b", "Fernway")
ANTHROPIC_WORKSPACE = Account("wrkspc_01JqT5nVxK8dRbYw", "production")
AZURE_SUBSCRIPTION = Account("5b1e6c0a-93d7-4f28-a6c4-2d0f7e8b9135", "fernway-eu-tenants")


@dataclass(frozen=True)
class Owner:
    """Whose a charge is, as its tags and its account say; `(none)` where they say nothing."""

    service: str = NONE
    team: str = NONE
    environment: str = NONE
    customer: str = NONE

    @property
    def research(self) -> bool:
        """Whether the cost is research and development rather than cost of revenue."""
        return self.environment in (STAGING, DEVELOPMENT)


def calendar(days: int) -> tuple[date, ...]:
    """The `days` days that end with the company's last day."""
    first = LAST_DAY - timedelta(days=days - 1)
    return tuple(first + timedelta(days=i) for i in range(days))


def working(day: date, hour: int) -> bool:
    """Whether people are at work in this UTC hour."""
    return day.weekday() < 5 and hour in WORK_HOURS
