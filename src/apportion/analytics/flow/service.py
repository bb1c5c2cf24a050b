"""Makes the flow of a window: columns, nodes and bands, and what proves that nothing is lost between them."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

import duckdb

from apportion.analytics.flow.doors import Doors
from apportion.analytics.flow.models import Flow, FlowBand, FlowColumn, FlowNode, Kind, Stage
from apportion.analytics.flow.passages import Passage, Passages, Place, passages
from apportion.analytics.models import NONE, Facts
from apportion.analytics.scope import Scope
from apportion.analytics.sentences import count, money, share
from apportion.analytics.statements import fetch
from apportion.core.errors import NotFound
from apportion.core.money import percent

ZERO = Decimal(0).scaleb(-12)
OTHERS = "(others)"
KINDS: tuple[Kind, ...] = ("named", "others", "idle", "unallocated")
STAGES: tuple[Stage, ...] = ("provider", "origin", "node", "target")


def flow(con: duckdb.DuckDBPyConnection, scope: Scope, perspective: str, limit: int) -> Flow:
    """The flow of a perspective; raises NotFound for one that is not there."""
    facts = scope.facts
    to = facts.perspectives.get(perspective)
    if to is None:
        known = ", ".join(facts.perspectives) or "none"
        raise NotFound(f"No perspective is named '{perspective}'.", hint=f"There are: {known}.")
    origin = origin_of(facts, to)
    found = passages(con, scope, perspective, origin, limit)
    shown = _shown(found.passages)
    doors = Doors(scope, perspective, origin, shown, found.moving)
    titles: dict[Stage, str] = {
        "provider": "provider",
        "origin": origin,
        "node": f"passing {origin}",
        "target": to,
    }
    return Flow(
        meta=scope.meta(perspective),
        headline=_headline(found, scope, to),
        origin=origin,
        to=to,
        total=found.charged,
        columns=_columns(found, titles),
        nodes=_nodes(found, shown, doors, _labels(con, to, titles, shown["target"])),
        bands=[_band(one, found.charged, doors) for one in found.passages],
    )


def origin_of(facts: Facts, to: str) -> str:
    """The dimension that cost is said to begin at: `service`, else the first that is not the targets'."""
    others = [name for name in facts.dimensions if name != to]
    return "service" if "service" in facts.dimensions else next(iter(others), "source")


def _shown(found: Iterable[Passage]) -> dict[Stage, list[str]]:
    shown: dict[Stage, list[str]] = {stage: [] for stage in STAGES}
    for place in dict.fromkeys(place for one in found for place in (one.source, one.target)):
        if place.name is not None and place.kind == "named":
            shown[place.stage].append(place.name)
    return shown


def _key(place: Place) -> str:
    return f"{place.stage}:{place.name}" if place.name is not None else f"{place.stage} others"


def _name(place: Place) -> str:
    return OTHERS if place.name is None else place.name


def _labels(
    con: duckdb.DuckDBPyConnection, to: str, titles: Mapping[Stage, str], shown: Sequence[str]
) -> dict[tuple[Stage, str | None], str]:
    """Customers by their names, and cost without an answer by what it lacks."""
    labels: dict[tuple[Stage, str | None], str] = {
        (stage, NONE): f"no {title.replace('_', ' ')}" for stage, title in titles.items()
    }
    if to == "customer" and shown:
        sql = "SELECT customer_id, customer_name FROM customers WHERE list_contains($shown, customer_id)"
        found = fetch(con, sql, {"shown": shown})
        labels |= {("target", row["customer_id"]): row["customer_name"] for row in found}
    return labels


def _nodes(
    found: Passages,
    shown: Mapping[Stage, list[str]],
    doors: Doors,
    labels: Mapping[tuple[Stage, str | None], str],
) -> list[FlowNode]:
    amounts: dict[Place, Decimal] = {}
    for one in found.passages:
        if one.source.stage == "provider":
            amounts[one.source] = amounts.get(one.source, ZERO) + one.amount
        amounts[one.target] = amounts.get(one.target, ZERO) + one.amount
    for one in found.passages:  # an origin that no provider charged for has what leaves it
        if one.source not in amounts:
            amounts[one.source] = sum((o.amount for o in found.passages if o.source == one.source), ZERO)
    return [
        FlowNode(
            id=_key(place),
            stage=place.stage,
            kind="allocated" if place.stage == "target" and place.kind == "named" else place.kind,
            name=_name(place),
            label=labels.get((place.stage, place.name), _name(place)),
            amount=amounts[place],
            members=found.members[place.stage] - len(shown[place.stage]) if place.name is None else 1,
            explain=doors.to(place),
        )
        for place in sorted(amounts, key=lambda place: _order(place, amounts[place]))
    ]


def _order(place: Place, amount: Decimal) -> tuple[int, int, Decimal, str]:
    """By column; in it the largest first, then the others, idle and unallocated."""
    return STAGES.index(place.stage), KINDS.index(place.kind), -amount, place.name or ""


def _band(one: Passage, total: Decimal, doors: Doors) -> FlowBand:
    return FlowBand(
        source=_key(one.source),
        target=_key(one.target),
        source_name=_name(one.source),
        target_name=_name(one.target),
        amount=one.amount,
        share_pct=percent(one.amount, total),
        explain=doors.through(one),
    )


def _columns(found: Passages, titles: Mapping[Stage, str]) -> list[FlowColumn]:
    present = {place.stage for one in found.passages for place in (one.source, one.target)}
    columns = []
    for stage in (stage for stage in STAGES if stage in present):
        came = sum((one.amount for one in found.passages if one.target.stage == stage), ZERO)
        went = sum((one.amount for one in found.passages if one.source.stage == stage), ZERO)
        entered = found.charged if stage == "provider" else came
        left = found.placed if stage == "target" else went
        columns.append(
            FlowColumn(
                stage=stage,
                title=titles[stage],
                entered=entered,
                left=left,
                difference=entered - left,
            )
        )
    return columns


def _headline(found: Passages, scope: Scope, to: str) -> str:
    kinds: dict[str, Decimal] = {}
    for one in found.passages:
        if one.target.stage == "target":
            kind = "allocated" if one.target.kind in ("named", "others") else one.target.kind
            kinds[kind] = kinds.get(kind, ZERO) + one.amount
    reached = percent(kinds.get("allocated", ZERO), found.charged)
    if reached is None:
        return f"There is no cost {scope.phrase}."
    rest = [
        f"{money(kinds[kind], scope.currency)} is {kind}"
        for kind in ("idle", "unallocated")
        if kinds.get(kind)
    ]
    targets = count(found.members["target"], to.replace("_", " "))
    tail = f"; {' and '.join(rest)}" if rest else ""
    return (
        f"{share(reached)} of {money(found.charged, scope.currency)} reaches {targets} {scope.phrase}{tail}."
    )
