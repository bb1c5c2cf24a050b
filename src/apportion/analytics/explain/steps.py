"""The steps that a run recorded between a pool's node and a target on one day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import groupby

import duckdb

from apportion.analytics.explain.models import Kind
from apportion.analytics.explain.walks import Edge, Walks, heaviest
from apportion.analytics.models import Row
from apportion.analytics.statements import fetch, read_sql

KINDS: dict[str, Kind] = {"(idle)": "idle", "(unallocated)": "unallocated"}


@dataclass(frozen=True)
class Driven:
    """What of an edge one measure gave: a row of `steps`."""

    measure: str
    keys: dict[str, str]
    quantity: Decimal | None
    total: Decimal | None
    share: Fraction
    basis_from: date | None
    basis_to: date | None


@dataclass(frozen=True)
class Way:
    """An edge with what it was divided by."""

    edge: Edge
    method: str
    to: str
    kind: Kind
    driven: tuple[Driven, ...]


@dataclass(frozen=True)
class Ways:
    """All ways on between a node and a target on one day, and the heaviest walks over them."""

    node: str
    day: date
    by_edge: dict[Edge, Way]
    walks: Walks


def read_ways(con: duckdb.DuckDBPyConnection, perspective: str, day: date, node: str, target: str) -> Ways:
    """The steps from `node` to `target` on `day`, in one statement."""
    params = {
        "perspective": perspective,
        "period": f"{day:%Y-%m}",
        "day": day,
        "node": node,
        "target": target,
        "target_kind": KINDS.get(target, "allocated"),
    }
    ways = [_way(rows) for rows in _edges(fetch(con, read_sql(__package__, "ways"), params))]
    by_edge = {way.edge: way for way in ways}
    return Ways(node, day, by_edge, heaviest(by_edge, node))


def at_once(node: str, day: date, target: str, rule: str, to: str) -> Ways:
    """The one step of cost whose charges carry the target's name."""
    edge = Edge(node, target, arrives=True, rule=rule, evidence="direct", share=Fraction(1))
    driven = Driven("", {}, None, None, Fraction(1), None, None)
    way = Way(edge, "direct", to, KINDS.get(target, "allocated"), (driven,))
    return Ways(node, day, {edge: way}, heaviest([edge], node))


def _edges(rows: Iterable[Row]) -> list[list[Row]]:
    names = ("node", "target_kind", "target", "rule", "evidence")
    ordered = sorted(rows, key=lambda row: tuple(row[name] for name in names))
    return [list(found) for _, found in groupby(ordered, lambda row: tuple(row[name] for name in names))]


def _way(rows: list[Row]) -> Way:
    first = rows[0]
    driven = tuple(_driven(row) for row in rows)
    edge = Edge(
        node=first["node"],
        target=first["target"],
        arrives=first["target_kind"] != "node",
        rule=first["rule"],
        evidence=first["evidence"],
        share=sum((each.share for each in driven), Fraction(0)),
    )
    return Way(edge, first["method"], first["to"] or "", first["target_kind"], driven)


def _driven(row: Row) -> Driven:
    return Driven(
        measure=row["measure"] or "",
        keys=dict(row["keys"] or {}),
        quantity=row["quantity"],
        total=row["total"],
        share=Fraction(row["weight"], row["whole"]),
        basis_from=row["basis_from"],
        basis_to=row["basis_to"],
    )
