"""What Fernway runs: machines by the hour, metered services by the day or hour, and what changed when."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from apportion.demo.company import DEVELOPMENT, NONE, PRODUCTION, SERVICES, STAGING, Owner
from apportion.demo.rhythm import ALWAYS, OFFICE, PEAK, STEADY, TRAFFIC


@dataclass(frozen=True)
class Running:
    """Something that is billed again and again: `amount` is machines, or about that many dollars in 30 days."""

    name: str
    sku: str
    owner: Owner
    rhythm: str
    environment: str  # where it runs, whatever its tags say
    amount: int = 1
    machines: bool = True
    hourly: bool = True
    commitment: str = ""  # '', 'savings plan' or 'reservation'
    since: date | None = None
    until: date | None = None
    feature: str = ""
    missing: str = ""  # '', 'all', 'team' or 'service': which tags it lacks

    def on(self, day: date) -> bool:
        return (self.since is None or self.since <= day) and (self.until is None or day < self.until)


PLAN, RESERVATION = "savings plan", "reservation"
ROUTE_OPTIMIZER_V3 = date(2026, 9, 8)  # deployments that move the level of cost for good
ASSISTANT_LAUNCH = date(2026, 8, 24)
MAP_MATCHING_RIGHTSIZED = date(2026, 9, 21)
BUSY_FUNCTION = "importer-parse"  # the one that is misconfigured on one day
SANDHURST, PORTWAY, HALDEN = "sandhurst-medical", "portway-logistics", "halden-foods"

# service, sku, machines all the time, machines at peak more, what covers the former
_MACHINES: dict[str, tuple[tuple[str, str, int, int, str], ...]] = {
    PRODUCTION: (
        ("route-optimizer", "c6i.8xlarge", 5, 6, PLAN),
        ("map-matching", "c6i.4xlarge", 3, 1, PLAN),
        ("eta-predictor", "sagemaker", 2, 0, ""),
        ("dispatch-api", "m6i.2xlarge", 4, 3, PLAN),
        ("live-tracking", "r6i.2xlarge", 5, 2, PLAN),
        ("live-tracking", "kafka.m5.large", 6, 0, ""),
        ("driver-app", "m6i.xlarge", 5, 3, PLAN),
        ("telematics-hub", "m6i.xlarge", 3, 2, ""),
        ("telematics-hub", "kinesis", 16, 0, ""),
        ("api-gateway", "m6i.xlarge", 3, 1, ""),
        ("reporting", "r6i.2xlarge", 2, 1, ""),
        ("reporting", "search.r6g.large", 4, 0, ""),
        ("analytics-api", "m6i.2xlarge", 3, 1, ""),
        ("web-app", "m6i.xlarge", 4, 3, ""),
        ("accounts", "m6i.xlarge", 4, 0, ""),
        ("shared-cluster", "m6i.4xlarge", 8, 4, PLAN),
        ("shared-cluster", "c6i.4xlarge", 4, 3, PLAN),
        ("shared-cluster", "eks", 1, 0, ""),
        ("shared-db", "db.r6g.4xlarge", 2, 0, RESERVATION),
        ("shared-db", "db.r6g.2xlarge", 2, 0, ""),
        ("shared-cache", "cache.r6g.xlarge", 8, 0, ""),
        ("monitoring", "m6i.2xlarge", 3, 0, ""),
    ),
    STAGING: (
        ("route-optimizer", "c6i.8xlarge", 5, 0, ""),
        ("map-matching", "c6i.4xlarge", 3, 0, ""),
        ("eta-predictor", "g5.xlarge", 2, 0, ""),
        ("dispatch-api", "m6i.2xlarge", 5, 0, ""),
        ("live-tracking", "r6i.2xlarge", 5, 0, ""),
        ("live-tracking", "kafka.m5.large", 3, 0, ""),
        ("driver-app", "m6i.xlarge", 4, 0, ""),
        ("api-gateway", "m6i.xlarge", 5, 0, ""),
        ("telematics-hub", "m6i.xlarge", 5, 0, ""),
        ("importer", "m6i.xlarge", 3, 0, ""),
        ("analytics-api", "m6i.2xlarge", 4, 0, ""),
        ("reporting", "r6i.2xlarge", 4, 0, ""),
        ("reporting", "search.r6g.large", 3, 0, ""),
        ("shared-cluster", "m6i.4xlarge", 5, 0, ""),
        ("shared-cluster", "eks", 1, 0, ""),
        ("shared-db", "db.r6g.xlarge", 4, 0, ""),
        ("shared-cache", "cache.r6g.large", 4, 0, ""),
        ("monitoring", "m6i.2xlarge", 4, 0, ""),
    ),
    DEVELOPMENT: (
        ("route-optimizer", "c6i.4xlarge", 0, 6, ""),
        ("eta-predictor", "g5.xlarge", 0, 3, ""),
        ("dispatch-api", "m6i.xlarge", 0, 5, ""),
        ("telematics-hub", "m6i.xlarge", 0, 4, ""),
        ("analytics-api", "m6i.xlarge", 0, 4, ""),
        ("shared-cluster", "m6i.2xlarge", 0, 6, ""),
        ("ci", "c6i.2xlarge", 0, 8, ""),
    ),
}

# service, sku, dollars in 30 days, rhythm, by the hour
_METERED: dict[str, tuple[tuple[str, str, int, str, bool], ...]] = {
    PRODUCTION: (
        ("route-optimizer", "s3-storage", 260, STEADY, False),
        ("route-optimizer", "sqs", 340, TRAFFIC, False),
        ("map-matching", "s3-storage", 420, STEADY, False),
        ("eta-predictor", "vertex", 2300, TRAFFIC, False),
        ("eta-predictor", "gcs", 130, STEADY, False),
        ("dispatch-api", "alb", 17, STEADY, True),
        ("dispatch-api", "dynamodb", 760, TRAFFIC, True),
        ("live-tracking", "dynamodb", 1050, TRAFFIC, True),
        ("live-tracking", "alb-lcu", 240, TRAFFIC, True),
        ("driver-app", "transfer-out", 420, TRAFFIC, False),
        ("notifications", "sns-sms", 620, TRAFFIC, False),
        ("notifications", "ses", 130, TRAFFIC, False),
        ("notifications", "lambda-gbs", 210, TRAFFIC, True),
        ("api-gateway", "apigw", 780, TRAFFIC, True),
        ("api-gateway", "alb-lcu", 130, TRAFFIC, True),
        ("webhooks", "lambda-gbs", 360, TRAFFIC, True),
        ("webhooks", "lambda-requests", 60, TRAFFIC, False),
        ("webhooks", "sqs", 110, TRAFFIC, False),
        ("importer", "lambda-gbs", 820, TRAFFIC, True),
        ("importer", "s3-requests", 190, TRAFFIC, False),
        ("importer", "s3-storage", 140, STEADY, False),
        ("telematics-hub", "transfer-out", 310, TRAFFIC, False),
        ("reporting", "s3-storage", 180, STEADY, False),
        ("analytics-api", "bigquery-scan", 1700, TRAFFIC, False),
        ("insights-assistant", "azure-openai-in", 330, TRAFFIC, False),
        ("insights-assistant", "azure-openai-out", 280, TRAFFIC, False),
        ("exports", "lambda-gbs", 330, TRAFFIC, True),
        ("exports", "s3-storage", 410, STEADY, False),
        ("web-app", "alb-lcu", 110, TRAFFIC, True),
        ("accounts", "dynamodb", 160, TRAFFIC, True),
        ("shared-cluster", "ebs-gp3", 640, STEADY, False),
        ("shared-cluster", "transfer-az", 380, TRAFFIC, False),
        ("shared-db", "aurora-io", 2100, TRAFFIC, True),
        ("shared-db", "aurora-storage", 1350, STEADY, False),
        ("cdn", "cdn-out", 2050, TRAFFIC, False),
        ("cdn", "cdn-requests", 460, TRAFFIC, False),
        ("monitoring", "cloudwatch-logs", 1350, TRAFFIC, False),
        ("monitoring", "cloudwatch-metrics", 520, STEADY, False),
        ("warehouse", "bigquery-scan", 1500, TRAFFIC, False),
        ("warehouse", "bigquery-storage", 620, STEADY, False),
    ),
    STAGING: (
        ("map-matching", "s3-storage", 160, STEADY, False),
        ("analytics-api", "bigquery-scan", 210, TRAFFIC, False),
        ("shared-cluster", "ebs-gp3", 260, STEADY, False),
        ("shared-db", "aurora-storage", 190, STEADY, False),
        ("monitoring", "cloudwatch-logs", 240, STEADY, False),
    ),
    DEVELOPMENT: (
        ("ci", "codebuild", 1150, TRAFFIC, False),
        ("ci", "ecr", 240, STEADY, False),
        ("warehouse", "bigquery-scan", 130, TRAFFIC, False),
        ("shared-cluster", "ebs-gp3", 150, STEADY, False),
    ),
}


def owner_of(service: str, environment: str, customer: str = NONE) -> Owner:
    """The answers of a charge whose tags are complete."""
    return Owner(service, SERVICES[service].team, environment, customer)


def fleet() -> Iterator[Running]:
    """Everything that runs, in a fixed order."""
    for environment, machines in _MACHINES.items():
        for service, sku, always, more, covered in machines:
            owner, name = owner_of(service, environment), f"{environment}-{service}"
            if always:
                yield Running(name, sku, owner, ALWAYS, environment, always, commitment=covered)
            if more:
                rhythm = OFFICE if environment == DEVELOPMENT else PEAK
                yield Running(f"{name}-{rhythm}", sku, owner, rhythm, environment, more)
    for environment, metered in _METERED.items():
        for service, sku, dollars, rhythm, hourly in metered:
            owner, name = owner_of(service, environment), f"{environment}-{service}"
            if (service, sku) == ("importer", "lambda-gbs"):
                name = BUSY_FUNCTION
            yield Running(name, sku, owner, rhythm, environment, dollars, machines=False, hourly=hourly)
    yield from _changes()
    yield from _dedicated()
    yield from _untagged()


def _changes() -> Iterator[Running]:
    optimizer, matching = owner_of("route-optimizer", PRODUCTION), owner_of("map-matching", PRODUCTION)
    assistant = owner_of("insights-assistant", PRODUCTION)
    yield Running("optimizer-v3", "c6i.8xlarge", optimizer, ALWAYS, PRODUCTION, 2, since=ROUTE_OPTIMIZER_V3)
    yield Running("map-matching-old", "c6i.4xlarge", matching, ALWAYS, PRODUCTION, 2, commitment=PLAN,
                  until=MAP_MATCHING_RIGHTSIZED)  # fmt: skip
    for sku, dollars in (("bedrock-in", 1250), ("bedrock-out", 1500)):
        yield Running("assistant-model", sku, assistant, TRAFFIC, PRODUCTION, dollars, machines=False, hourly=False,
                      since=ASSISTANT_LAUNCH, feature="assistant-chat")  # fmt: skip


def _dedicated() -> Iterator[Running]:
    for customer, service, sku, amount, machines, environment in (
        (SANDHURST, "route-optimizer", "azure-vm", 6, True, PRODUCTION),
        (SANDHURST, "shared-db", "azure-sql", 3, True, PRODUCTION),
        (SANDHURST, "shared-db", "azure-blob", 240, False, PRODUCTION),
        (PORTWAY, "route-optimizer", "c6i.8xlarge", 2, True, PRODUCTION),
        (PORTWAY, "telematics-hub", "kinesis", 12, True, PRODUCTION),
        (HALDEN, "shared-db", "db.r6g.2xlarge", 1, True, PRODUCTION),
        (HALDEN, "reporting", "s3-storage", 260, False, PRODUCTION),
        (HALDEN, "reporting", "s3-storage", 190, False, STAGING),
    ):
        rhythm = ALWAYS if machines else STEADY
        yield Running(f"{customer}-{service}", sku, owner_of(service, environment, customer), rhythm, environment,
                      amount, machines=machines, hourly=machines)  # fmt: skip


def _untagged() -> Iterator[Running]:
    nobody = Owner()
    yield Running("launched-by-hand", "m6i.2xlarge", nobody, ALWAYS, PRODUCTION, 5, missing="all")
    yield Running("old-load-test", "c6i.2xlarge", nobody, ALWAYS, STAGING, 3, missing="all")
    for name, sku, dollars, rhythm, environment in (
        ("nat-main", "nat-bytes", 1350, TRAFFIC, PRODUCTION),
        ("nat-staging", "nat-bytes", 160, STEADY, STAGING),
        ("detached", "ebs-gp3", 720, STEADY, PRODUCTION),
        ("logs-archive", "s3-storage", 780, STEADY, PRODUCTION),
        ("between-zones", "transfer-az", 420, TRAFFIC, PRODUCTION),
        ("data-dumps", "gcs", 220, STEADY, PRODUCTION),
        ("dev-scratch", "s3-storage", 120, STEADY, DEVELOPMENT),
    ):
        yield Running(name, sku, nobody, rhythm, environment, dollars, machines=False, hourly=False, missing="all")
    yield Running("nat-main", "nat-hours", nobody, ALWAYS, PRODUCTION, 3, missing="all")
    yield Running("dispatch-snapshots", "ebs-snapshot", Owner(NONE, "dispatch", PRODUCTION), STEADY, PRODUCTION, 310,
                  machines=False, hourly=False, missing="service")  # fmt: skip
    yield Running("webhooks-retry", "lambda-gbs", Owner("webhooks", NONE, PRODUCTION), TRAFFIC, PRODUCTION, 150,
                  machines=False, missing="team")  # fmt: skip
