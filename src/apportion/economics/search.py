"""Finds customers, services and teams by a part of their name."""

from typing import Literal
from urllib.parse import quote

import duckdb
from pydantic import Field

from apportion.analytics.models import Facts, Part
from apportion.analytics.statements import fetch, fill, read_sql


class SearchResult(Part):
    """Something with a page of its own."""

    kind: Literal["customer", "service", "team"]
    id: str
    label: str
    link: str = Field(description="The page's path in the dashboard.")


class SearchResults(Part):
    """Ten at most."""

    results: list[SearchResult]


def search(con: duckdb.DuckDBPyConnection, facts: Facts, text: str) -> SearchResults:
    """What holds `text` in its id or name, without regard to case."""
    names = [name for name in ("service", "team") if name in facts.dimensions]
    if not text.strip() or len(names) < 2:
        return SearchResults(results=[])
    sql = fill(read_sql(__package__, "search"), {"service": "service", "team": "team"})
    found = fetch(con, sql, {"text": text.strip(), "perspective": facts.perspective_to("customer")})
    return SearchResults(results=[SearchResult(**row, link=page_of(row["kind"], row["id"])) for row in found])


def page_of(kind: str, key: str) -> str:
    """The dashboard's path for a customer, a service or a team."""
    name = quote(key, safe="")
    return f"/teams?team={name}" if kind == "team" else f"/{kind}s/{name}"
