"""The platform serves itself, too: what the books say is what handing cost on, round after round, comes to."""

import csv
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal, localcontext

from fernway import Company, even_part

CENT = Decimal("0.01")
NOBODY = "__idle__"
NOTHING = {"shared": {"EffectiveCost": "0"}}
MEASURED = {
    "shared-cluster": ("cluster", "namespace", "cpu_hours"),
    "database-platform": ("databases", "service", "hours"),
    "monitoring": ("logs", "service", "gigabytes"),
}
PLATFORM = (*MEASURED, "warehouse")
READERS = ("reporting", "analytics-api", "insights-assistant", "exports")
Taken = dict[str, dict[str, Decimal]]


def test_passing_cost_on_round_after_round_comes_to_what_the_books_say(three_weeks: Company) -> None:
    asked: dict[tuple[str, str], dict[str, Decimal]] = defaultdict(dict)
    for row in usage(three_weeks, "requests"):
        asked[row["day"], row["service"]][row["customer_id"]] = Decimal(row["requests"])
    taken = {service: by_day(three_weeks, *columns) for service, columns in MEASURED.items()}
    borne: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for service, day, cost in platform_costs(three_weeks):
        today = {name: days[day] for name, days in taken.items()}
        today["warehouse"] = {name: sum(asked[day, name].values(), Decimal(0)) for name in READERS}
        for taker, part in rounds(service, cost, today).items():
            customers = asked.get((day, taker), {taker: Decimal(1)})
            for customer, count in customers.items():
                borne[customer, service] += part * count / sum(customers.values())
    even = {service: even_part(three_weeks, service) for service in PLATFORM}
    for customer, row in three_weeks.window()["customers"].items():
        for service in PLATFORM:
            told = Decimal(row["services"].get(service, NOTHING)["shared"]["EffectiveCost"])
            engineering = Decimal(even[service][customer].numerator) / even[service][customer].denominator
            assert abs(told - engineering - borne[customer, service]) < CENT / 1000, (customer, service)
    idle = sum(cost for (who, _), cost in borne.items() if who == NOBODY)
    planted = three_weeks.truth["planted"]["cluster_idle"]["all"]["EffectiveCost"]
    assert abs(idle - Decimal(planted)) < CENT / 1000


def platform_costs(company: Company) -> list[tuple[str, str, Decimal]]:
    """Service, day and cost of what the platform runs in production; a month's charge counts on its days."""
    rows = company.bills.execute(
        "SELECT coalesce(answers['service'], answers['app']) AS service,"
        " CAST(CAST(starts AS DATE) + CAST(n AS INTEGER) AS VARCHAR) AS day, SUM(EffectiveCost / days)"
        " FROM (SELECT *, greatest(1, date_diff('day', starts, ends)) AS days FROM charges)"
        " JOIN range(31) AS t(n) ON n < days"
        " WHERE service IN ('shared-cluster', 'database-platform', 'monitoring', 'warehouse')"
        " AND coalesce(answers['environment'], answers['env']) LIKE 'pr%' GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    return [(service, day, Decimal(cost)) for service, day, cost in rows]


def rounds(service: str, cost: Decimal, taken: Taken) -> dict[str, Decimal]:
    """What reaches those that serve nobody, by handing `cost` on until next to nothing is left."""
    reached: dict[str, Decimal] = defaultdict(Decimal)
    moving = {service: cost}
    with localcontext(prec=50):
        while sum(moving.values()) > CENT / 10**9:
            onward: dict[str, Decimal] = defaultdict(Decimal)
            for at, amount in moving.items():
                whole = sum(taken[at].values())
                for taker, quantity in taken[at].items():
                    (onward if taker in taken else reached)[taker] += amount * quantity / whole
            moving = onward
    return reached


def by_day(company: Company, name: str, taker: str, quantity: str) -> dict[str, dict[str, Decimal]]:
    """A usage file's quantities by day and taker, taker by taker added up."""
    found: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for row in usage(company, name):
        found[row["day"]][row[taker]] += Decimal(row[quantity])
    return found


def usage(company: Company, name: str) -> Iterator[dict[str, str]]:
    for path in sorted((company.directory / "usage").glob(f"{name}-*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            yield from csv.DictReader(file)
