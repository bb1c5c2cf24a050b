"""What one team may see of a run: relations that hold nothing else, and facts that tell of nothing else."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

import duckdb

from apportion.analytics.models import NONE, Facts
from apportion.engine import quote_ident, quote_text

KEPT = "kept"
"""The schema of everything; no statement of a report names it, and none finds it without its name."""

SHARED = "(shared)"
"""Stands for what others are called, in cost that they share with the team."""

TEAM = "team"
PLAIN = ("service",)
"""What stays told of cost that others share with the team: what it is that is shared."""


def keep_apart(con: duckdb.DuckDBPyConnection) -> None:
    """Whatever `con` itself creates from now on is out of sight of its cursors."""
    con.execute(f"CREATE SCHEMA {KEPT}; SET schema = '{KEPT}'")


def register_own(
    con: duckdb.DuckDBPyConnection, facts: Facts, tables: Iterable[str], name: str
) -> dict[str, str]:
    """Create the views that cursors of `con` see, over those kept apart: of the team `name` alone.

    Cost as charged is that of charges whose team it is; attributed cost what perspectives to teams put there.
    All other relations are there, and empty. Gives the perspectives that are left, with what each is to.
    """
    own = f"{quote_ident(TEAM)} = {quote_text(name)}" if TEAM in facts.dimensions else "false"
    perspectives = {each: to for each, to in facts.perspectives.items() if to == TEAM}
    shown = dict.fromkeys(tables, "")
    shown["daily_costs"] = f"SELECT * FROM {_kept('daily_costs')} WHERE {own}"
    shown["charge_days"] = f"SELECT * FROM {_kept('charge_days')} WHERE {own}"
    shown["allocations"] = _allocations(facts, perspectives, own, name)
    show(con, shown)
    return perspectives


def show(con: duckdb.DuckDBPyConnection, views: Mapping[str, str]) -> None:
    """Create views that cursors of `con` see; what has no SQL is there, with nothing in it."""
    for name, sql in views.items():
        rows = sql or f"SELECT * FROM {_kept(name)} WHERE false"
        con.execute(f"CREATE VIEW main.{quote_ident(name)} AS {rows}")


def _allocations(facts: Facts, perspectives: Mapping[str, str], own: str, name: str) -> str:
    """Where the cost began is told of the team's own charges, and of others only which service it was."""
    if not perspectives:
        return f"SELECT * FROM {_kept('allocations')} WHERE false"
    hidden = ["node", *(each for each in facts.dimensions if each not in PLAIN)]
    told = ", ".join(
        f"CASE WHEN {own} OR {quote_ident(each)} IN ('', {quote_text(NONE)}) THEN {quote_ident(each)} "
        f"ELSE {quote_text(SHARED)} END AS {quote_ident(each)}"
        for each in hidden
    )
    listed = ", ".join(quote_text(each) for each in perspectives)
    return (
        f"SELECT * REPLACE ({told}) FROM {_kept('allocations')} WHERE perspective IN ({listed}) "
        f"AND target_kind = 'allocated' AND target = {quote_text(name)}"
    )


def own_facts(
    con: duckdb.DuckDBPyConnection, facts: Facts, perspectives: Mapping[str, str], name: str
) -> Facts:
    """The facts of what a cursor of `con` sees: no name, measure, rule or currency that others have alone."""
    cursor = con.cursor()
    found = cursor.execute(
        "SELECT currency FROM daily_costs UNION SELECT currency FROM allocations"
    ).fetchall()
    cursor.close()
    currencies = {currency for (currency,) in found}
    return replace(
        facts,
        perspectives=dict(perspectives),
        currencies=tuple(each for each in facts.currencies if each in currencies),
        measures=(),
        rules=tuple(rule for rule in facts.rules if rule.perspective in perspectives),
        claims={each: claims for each, claims in facts.claims.items() if each in perspectives},
        own={TEAM: name},
    )


def _kept(table: str) -> str:
    return f"{KEPT}.{quote_ident(table)}"
