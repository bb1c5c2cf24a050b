"""What a token cost where the model runs on one's own cluster: the cluster's cost divided by its tokens."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from difflib import get_close_matches

import duckdb

from apportion.core.errors import ApportionError, BadInput, NotFound
from apportion.core.money import to_units
from apportion.core.periods import next_month
from apportion.engine import quote_ident, statement
from apportion.ledger import RunRecord
from apportion.metering.cluster_months import DayCost, DerivedMonth, Month
from apportion.metering.taken import Taken, taken
from apportion.pricing import DerivedPrice, OwnRate, RateCard
from apportion.pricing.derived import Derived
from apportion.pricing.settings import ClusterCost

SHOWN = 10


@dataclass(frozen=True)
class Derivation:
    """The months of every rate with a cluster's cost, their prices, and why there are none of some."""

    months: Sequence[DerivedMonth]
    prices: Sequence[DerivedPrice]
    problems: Sequence[ApportionError] = field(default_factory=list)


def derive(
    con: duckdb.DuckDBPyConnection, run: RunRecord, card: RateCard, rates: Sequence[OwnRate], kept: Derived
) -> Derivation:
    """Prices by what `run` attributes to each cluster, and by the tokens of the view `operations`.

    `card` says which operations are whose, `kept` which prices hold so far. Raises BadInput where no rate has
    a cluster, and what is wrong with the first cluster where there is no price of any.
    """
    pools = _pools(rates)
    if not pools:
        raise BadInput(
            "no rate has a cluster_cost",
            where="apportion.yaml, rates",
            hint="See docs/guides/self-hosted-models.md.",
        )
    weights = {number: own.weighed for pool in pools.values() for number, own in pool.items()}
    found = taken(con, card, weights, date.fromisoformat(run.first_day), date.fromisoformat(run.last_day))
    months: list[DerivedMonth] = []
    prices: list[DerivedPrice] = []
    problems: list[ApportionError] = []
    for cluster, pool in pools.items():
        try:
            costs = _costs(con, run, cluster, min(pool))
            of_pool = {number: found.get(number, {}) for number in pool}
            _need_operations(pool, of_pool)
            for month in _months(run, cluster, pool, costs, of_pool):
                for row, price in month.divided(kept):
                    months.append(row)
                    prices += [price] if price else []
        except ApportionError as why:
            problems.append(why)
    if problems and not months:
        raise problems[0]
    return Derivation(months, prices, problems)


def _pools(rates: Sequence[OwnRate]) -> dict[ClusterCost, dict[int, OwnRate]]:
    """Rates by the cluster that they share, each with its number."""
    pools: dict[ClusterCost, dict[int, OwnRate]] = {}
    for number, own in enumerate(rates, start=1):
        if own.cluster_cost:
            pools.setdefault(own.cluster_cost, {})[number] = own
    return pools


def _holds(own: OwnRate, day: date) -> bool:
    return (own.valid_from is None or own.valid_from <= day) and (own.valid_to is None or day < own.valid_to)


def _costs(
    con: duckdb.DuckDBPyConnection, run: RunRecord, cluster: ClusterCost, number: int
) -> list[DayCost]:
    """The cluster's cost by day. Raises NotFound for a target without any."""
    where = f"apportion.yaml, rates {number}, cluster_cost"
    if (perspective := run.perspectives.get(cluster.perspective)) is None:
        raise NotFound(
            f"the last run has no perspective '{cluster.perspective}'",
            where=where,
            hint=f"Run 'apportion allocate'. It has: {', '.join(run.perspectives) or 'none'}.",
        )
    parts = {"metric": quote_ident(run.metric), "dimension": quote_ident(str(perspective["to"]))}
    asked = {"perspective": cluster.perspective, "target": cluster.target}
    rows = con.execute(statement("apportion.metering", "cluster_cost", **parts), asked).fetchall()
    costs = [DayCost(day, currency, to_units(cost), to_units(idle)) for day, currency, cost, idle in rows]
    if not any(c.cost for c in costs):
        raise NotFound(
            f"perspective '{cluster.perspective}' attributes nothing to '{cluster.target}'",
            where=where,
            hint=_targets(con, cluster),
        )
    if len(currencies := sorted({c.currency for c in costs})) > 1:
        raise BadInput(
            f"'{cluster.target}' costs {' and '.join(currencies)}; a price is in one currency", where=where
        )
    return costs


def _targets(con: duckdb.DuckDBPyConnection, cluster: ClusterCost) -> str:
    query = "SELECT DISTINCT target FROM allocations WHERE perspective = ? AND target_kind = 'allocated'"
    known = sorted(target for (target,) in con.execute(query, [cluster.perspective]).fetchall())
    near = get_close_matches(cluster.target, known, SHOWN) or known
    more = f" and {len(known) - SHOWN:,} more" if near is known and len(known) > SHOWN else ""
    return f"It attributes to: {', '.join(near[:SHOWN]) or 'nothing'}{more}."


def _need_operations(pool: Mapping[int, OwnRate], found: Mapping[int, Mapping[date, Taken]]) -> None:
    if any(day.units for days in found.values() for day in days.values()):
        return
    number, own = next(iter(pool.items()))
    raise NotFound(
        f"no operation with tokens on the run's days is for {own.provider}/{own.model}",
        where=f"apportion.yaml, rates {number}",
        hint="'apportion ai by provider model' lists which there are; a rate before this one may take them.",
    )


def _months(
    run: RunRecord,
    cluster: ClusterCost,
    pool: Mapping[int, OwnRate],
    costs: Sequence[DayCost],
    found: Mapping[int, Mapping[date, Taken]],
) -> Iterator[Month]:
    """The months with a cost or with operations, each with the rates that hold in it.

    A month is complete if the run has its last day. Cost of days on which no rate holds is nobody's here.
    """
    first, last = date.fromisoformat(run.first_day), date.fromisoformat(run.last_day)
    costs = [c for c in costs if c.day <= last]  # the day after is not complete
    borne = [c for c in costs if any(_holds(own, c.day) for own in pool.values())]
    days = {c.day for c in borne}.union(*found.values())
    for month in sorted({day.replace(day=1) for day in days}):
        following = next_month(month)
        end = min(following, last + timedelta(days=1))
        yield Month(
            run=run.run_id,
            cluster=cluster,
            pool={n: own for n, own in pool.items() if _overlaps(own, month, following)},
            start=max(month, first),
            end=end,
            final=end == following,
            currency=costs[0].currency,
            costs=[c for c in borne if month <= c.day < following],
            taken=found,
        )


def _overlaps(own: OwnRate, start: date, end: date) -> bool:
    return (own.valid_from is None or own.valid_from < end) and (own.valid_to is None or start < own.valid_to)
