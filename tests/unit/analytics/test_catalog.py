import duckdb

from apportion.analytics.catalog import catalog
from apportion.analytics.models import Facts
from apportion.analytics.reconciliation import reconciliation
from apportion.analytics.usage_days import is_prepared, prepare
from unit.analytics.small_company import small_company


def test_what_can_be_asked_about(con: duckdb.DuckDBPyConnection, facts: Facts) -> None:
    found = catalog(con, facts)
    assert [dimension.name for dimension in found.dimensions] == [
        "team",
        "service",
        "environment",
        "customer",
    ]
    teams = [(value.value, value.cost) for value in found.dimensions[0].values]
    assert teams[0] == ("payments", 62 * 108 + 30 * 128)
    assert teams[-1] == ("(none)", 92 * 8)
    assert found.windows.months == ["2026-09", "2026-08", "2026-07"]


def test_the_statement(con: duckdb.DuckDBPyConnection, facts: Facts) -> None:
    rows = reconciliation(con, facts).rows
    assert len(rows) == 12
    assert all(row.difference == 0 for row in rows)
    assert all(row.charged == row.allocated + row.idle + row.unallocated for row in rows)


def test_use_is_summed_once_by_day_and_value() -> None:
    con = small_company()
    assert not is_prepared(con)
    prepare(con)
    prepare(con)
    asked = "SELECT SUM(quantity) FROM usage_days WHERE dimension = 'customer' AND value = 'acme'"
    assert con.execute(asked).fetchone() == (92 * 3 * 500,)


def test_two_that_sum_use_at_once_do_not_hinder_each_other() -> None:
    con = small_company()
    first, second = con.cursor(), con.cursor()
    first.execute("BEGIN")
    prepare(first)
    prepare(second)
    assert not is_prepared(second)
    first.execute("COMMIT")
    assert is_prepared(second)


def test_without_use_there_are_no_sums() -> None:
    con = small_company()
    con.execute("DELETE FROM usage")
    prepare(con)
    assert con.execute("SELECT COUNT(*) FROM usage_days").fetchone() == (0,)
