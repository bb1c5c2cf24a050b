"""An explanation over several levels at once: the largest parts of each, and all others of it as one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

import duckdb

from apportion.analytics.explain.models import (
    Basis,
    ExplainedPart,
    ExplainRequest,
    Explanation,
    LineItem,
    Step,
)
from apportion.analytics.explain.service import NOUNS, explain, reason

DEPTH = 3
MOST = 5


@dataclass(frozen=True)
class Branch:
    """An amount and the branches it divides into, which add up to it exactly.

    `level` says what kind of part it is; `sentence` and `steps` why it is what it is, where one day decides.
    """

    level: str
    label: str
    detail: str
    amount: Decimal
    share_pct: Decimal | None = None
    pins: dict[str, str] | None = None
    line_item: LineItem | None = None
    sentence: str = ""
    steps: Sequence[Step] = ()
    branches: list["Branch"] = field(default_factory=list)

    def walk(self, depth: int = 0) -> Iterator[tuple[int, "Branch"]]:
        """It and all below it, each with its depth."""
        yield depth, self
        for branch in self.branches:
            yield from branch.walk(depth + 1)


def explain_tree(
    con: duckdb.DuckDBPyConnection, request: ExplainRequest, depth: int = DEPTH, most: int = MOST
) -> Branch:
    """The amount asked for with `depth` levels below it; of each the `most` largest parts, the rest as one.

    Raises what `explain` raises.
    """
    told = explain(con, replace(request, limit=most))
    return Branch(
        level="amount",
        label=told.node.title,
        detail=request.scope.phrase,
        amount=told.node.amount,
        pins=dict(request.pins),
        sentence=told.sentence,
        steps=told.basis.steps if told.basis else (),
        branches=_branches(con, request, told, depth, most) if depth else [],
    )


def _branches(
    con: duckdb.DuckDBPyConnection, request: ExplainRequest, told: Explanation, depth: int, most: int
) -> list[Branch]:
    found = [_branch(con, request, told.level, part, depth - 1, most) for part in told.parts]
    if told.more:
        left = told.parts_total - sum(part.amount for part in told.parts)
        found.append(Branch(told.level, more(told), "all others together", left))
    return found


def more(told: Explanation) -> str:
    """How many parts are not shown."""
    return f"{told.more:,} more {NOUNS[told.level][told.more != 1]}"


def _branch(
    con: duckdb.DuckDBPyConnection,
    request: ExplainRequest,
    level: str,
    part: ExplainedPart,
    depth: int,
    most: int,
) -> Branch:
    branch = Branch(level, part.label, part.detail, part.amount, part.share_pct, part.pins, part.line_item)
    if part.pins is None:
        return branch
    below = replace(request, pins=part.pins, cursor=0, limit=most)
    if depth == 0:
        why = reason(con, below) if level in ("days", "paths") else None
        return _with_reason(branch, why)
    told = explain(con, below)
    branches = _branches(con, below, told, depth, most)
    return replace(_with_reason(branch, told.basis), branches=branches)


def _with_reason(branch: Branch, why: Basis | None) -> Branch:
    return replace(branch, sentence=why.sentence, steps=why.steps) if why else branch
