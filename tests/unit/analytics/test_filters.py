from typing import Any

import duckdb
import pytest

from apportion.analytics.filters import Bindings, as_json, compile_filter, parse_filter
from apportion.core.errors import BadInput

TEXTS = ["payments", "Payments", "plat_form", "platXform", "100%", "100x", "a*b"]


def chosen(con: duckdb.DuckDBPyConnection, filter_: object) -> Any:
    bindings = Bindings()
    condition = compile_filter(parse_filter(filter_), bindings)
    sql = f"SELECT field FROM (SELECT UNNEST($texts) AS field) WHERE {condition}"
    return [row[0] for row in con.execute(sql, {"texts": TEXTS, **bindings.values}).fetchall()]


def test_values_match_whole_and_with_case(con: duckdb.DuckDBPyConnection) -> None:
    assert chosen(con, {"field": ["payments"]}) == ["payments"]


def test_a_star_stands_for_any_text(con: duckdb.DuckDBPyConnection) -> None:
    assert chosen(con, {"field": ["*form"]}) == ["plat_form", "platXform"]


def test_what_is_special_to_sql_is_not_special_here(con: duckdb.DuckDBPyConnection) -> None:
    assert chosen(con, {"field": ["100%"]}) == ["100%"]
    assert chosen(con, {"field": ["plat_form*"]}) == ["plat_form"]
    assert chosen(con, {"field": ["100%*"]}) == ["100%"]
    assert chosen(con, {"field": ["' OR TRUE --"]}) == []


def test_and_or_not(con: duckdb.DuckDBPyConnection) -> None:
    either = {"or": [{"field": ["pay*"]}, {"field": ["Pay*"]}]}
    assert chosen(con, either) == ["payments", "Payments"]
    assert chosen(con, {"and": [either, {"not": {"field": ["P*"]}}]}) == ["payments"]
    assert chosen(con, '{"not": {"field": ["*a*"]}}') == ["100%", "100x"]


def test_a_filter_is_written_as_it_was_read() -> None:
    given = {"and": [{"team": ["a", "b*"]}, {"not": {"or": [{"service": ["x"]}, {"team": ["y"]}]}}]}
    assert as_json(parse_filter(given)) == given


def test_several_fields_in_one_object_all_hold() -> None:
    assert as_json(parse_filter({"team": ["a"], "service": "b"})) == {
        "and": [{"team": ["a"]}, {"service": ["b"]}]
    }


@pytest.mark.parametrize("nothing", ["", "  ", None, {}])
def test_no_filter(nothing: object) -> None:
    assert parse_filter(nothing) is None


@pytest.mark.parametrize(
    "wrong",
    [
        "{",
        "[]",
        "7",
        '{"and": []}',
        '{"and": {}}',
        '{"team": []}',
        '{"team": [1]}',
        '{"team": {"a": 1}}',
        '{"not": []}',
    ],
)
def test_what_is_not_a_filter_is_refused(wrong: str) -> None:
    with pytest.raises(BadInput):
        parse_filter(wrong)


def test_depth_and_size_are_bounded() -> None:
    deep = {"team": ["a"]}
    for _ in range(20):
        deep = {"not": deep}
    with pytest.raises(BadInput, match="levels"):
        parse_filter(deep)
    with pytest.raises(BadInput, match="values"):
        parse_filter({"team": ["a"] * 501})
    with pytest.raises(BadInput):
        parse_filter("[" * 100_000)
