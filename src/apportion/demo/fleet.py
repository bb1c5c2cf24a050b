"""What Fernway runs: machines by the hour, metered services by the day or hour, and what changed when."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from apportion.demo.ai_features import ASSISTANT, MESSAGES, SUMMARIES, TRIAGE
from apportion.demo.company import DEVELOPMENT, NONE, PRODUCTION, SERVICES, STAGING, Owner
from apportion.demo.rhythm import ALWAYS, OFFICE, PEAK, STEADY, TRAFFIC
from apportion.demo.tables import rows


@dataclass(frozen=True)
class Running:
    """Something billed again and again: `amount` is machines, or about that many dollars in 30 days."""

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

    def on(self, day: date) -> bool:
        return (self.since is None or self.since <= day) and (self.until is None or day < self.until)


PLAN, RESERVATION = "savings plan", "reservation"
ROUTE_OPTIMIZER_V3 = date(2026, 9, 8)  # deployments that move the level of cost for good
ASSISTANT_LAUNCH = date(2026, 8, 24)
MAP_MATCHING_RIGHTSIZED = date(2026, 9, 21)
BUSY_SERVICE, BUSY_FUNCTION = "exports", "exports-render"  # misconfigured on one day
SANDHURST, PORTWAY, HALDEN = "sandhurst-medical", "portway-logistics", "halden-foods"


def owner_of(service: str, environment: str, customer: str = NONE) -> Owner:
    """The answers of a charge whose tags are complete."""
    return Owner(service, SERVICES[service].team, environment, customer)


def fleet() -> Iterator[Running]:
    """Everything that runs, in a fixed order."""
    yield from _machines()
    yield from _metered()
    yield from _changes()
    yield from _of_ai_features()
    yield from _dedicated()
    yield from _untagged()


def _by_day(name: str, sku: str, owner: Owner, rhythm: str, environment: str, dollars: int) -> Running:
    return Running(name, sku, owner, rhythm, environment, dollars, machines=False, hourly=False)


def _machines() -> Iterator[Running]:
    for row in rows("machines"):
        environment, service = row["environment"], row["service"]
        owner, name = owner_of(service, environment), f"{environment}-{service}"
        always, peak = int(row["always"]), int(row["peak"])
        if always:
            yield Running(name, row["sku"], owner, ALWAYS, environment, always, commitment=row["commitment"])
        if peak:
            rhythm = OFFICE if environment == DEVELOPMENT else PEAK
            yield Running(f"{name}-{rhythm}", row["sku"], owner, rhythm, environment, peak)


def _metered() -> Iterator[Running]:
    for row in rows("metered"):
        environment, service = row["environment"], row["service"]
        busy = (environment, service, row["sku"]) == (PRODUCTION, BUSY_SERVICE, "lambda-gbs")
        yield Running(
            BUSY_FUNCTION if busy else f"{environment}-{service}",
            row["sku"],
            owner_of(service, environment),
            row["rhythm"],
            environment,
            int(row["dollars"]),
            machines=False,
            hourly=row["billed"] == "hourly",
        )


def _changes() -> Iterator[Running]:
    optimizer, matching = owner_of("route-optimizer", PRODUCTION), owner_of("map-matching", PRODUCTION)
    assistant = owner_of("insights-assistant", PRODUCTION)
    v3 = Running("optimizer-v3", "c6i.8xlarge", optimizer, ALWAYS, PRODUCTION, 2)
    old = Running("map-matching-old", "c6i.4xlarge", matching, ALWAYS, PRODUCTION, 2, commitment=PLAN)
    yield replace(v3, since=ROUTE_OPTIMIZER_V3)
    yield replace(old, until=MAP_MATCHING_RIGHTSIZED)
    for sku, dollars in (("bedrock-in", 1700), ("bedrock-out", 2000)):
        model = _by_day("assistant-model", sku, assistant, TRAFFIC, PRODUCTION, dollars)
        yield replace(model, since=ASSISTANT_LAUNCH, feature="assistant-chat")


def _of_ai_features() -> Iterator[Running]:
    """What they run on besides models, tagged with the feature where the service does more than that."""
    for feature, service, sku, dollars in (
        (ASSISTANT, "insights-assistant", "dynamodb", 21),
        (TRIAGE, "dispatch-api", "lambda-gbs", 17),
        (TRIAGE, "dispatch-api", "sqs", 5),
        (MESSAGES, "notifications", "lambda-gbs", 6),
        (SUMMARIES, "route-optimizer", "lambda-gbs", 9),
    ):
        name = f"{feature.replace(' ', '-')}-{sku.split('-')[0]}"
        item = _by_day(name, sku, owner_of(service, PRODUCTION), TRAFFIC, PRODUCTION, dollars)
        since = ASSISTANT_LAUNCH if feature == ASSISTANT else None
        yield replace(item, since=since, feature=feature)


def _dedicated() -> Iterator[Running]:
    for customer, service, sku, amount, machines, environment in (
        (SANDHURST, "route-optimizer", "azure-vm", 9, True, PRODUCTION),
        (SANDHURST, "shared-db", "azure-sql", 3, True, PRODUCTION),
        (SANDHURST, "shared-db", "azure-blob", 240, False, PRODUCTION),
        (PORTWAY, "route-optimizer", "c6i.8xlarge", 2, True, PRODUCTION),
        (PORTWAY, "telematics-hub", "kinesis", 12, True, PRODUCTION),
        (HALDEN, "shared-db", "db.r6g.2xlarge", 1, True, PRODUCTION),
        (HALDEN, "reporting", "s3-storage", 260, False, PRODUCTION),
        (HALDEN, "reporting", "s3-storage", 190, False, STAGING),
    ):
        name, owner = f"{customer}-{service}", owner_of(service, environment, customer)
        if machines:
            yield Running(name, sku, owner, ALWAYS, environment, amount)
        else:
            yield _by_day(name, sku, owner, STEADY, environment, amount)


def _untagged() -> Iterator[Running]:
    nobody = Owner()
    yield Running("launched-by-hand", "m6i.2xlarge", nobody, ALWAYS, PRODUCTION, 8)
    yield Running("old-load-test", "c6i.2xlarge", nobody, ALWAYS, STAGING, 3)
    for name, sku, dollars, rhythm, environment in (
        ("nat-main", "nat-bytes", 1700, TRAFFIC, PRODUCTION),
        ("nat-staging", "nat-bytes", 160, STEADY, STAGING),
        ("shared-db-restore", "ebs-gp3", 720, STEADY, PRODUCTION),
        ("logs-archive", "s3-storage", 950, STEADY, PRODUCTION),
        ("between-zones", "transfer-az", 420, TRAFFIC, PRODUCTION),
        ("warehouse-dumps", "gcs", 220, STEADY, PRODUCTION),
        ("dev-scratch", "s3-storage", 120, STEADY, DEVELOPMENT),
    ):
        yield _by_day(name, sku, nobody, rhythm, environment, dollars)
    yield Running("nat-main", "nat-hours", nobody, ALWAYS, PRODUCTION, 3)
    half_known = Owner(NONE, "dispatch", PRODUCTION), Owner("webhooks", NONE, PRODUCTION)
    yield _by_day("dispatch-snapshots", "ebs-snapshot", half_known[0], STEADY, PRODUCTION, 310)
    yield _by_day("webhooks-retry", "lambda-gbs", half_known[1], TRAFFIC, PRODUCTION, 150)
