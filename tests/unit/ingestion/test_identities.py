"""One customer under many names: the map is loaded whole or refused, and usage and revenue follow it."""

from pathlib import Path

import pytest

from apportion.core.errors import Refused
from apportion.engine import connect
from apportion.ingestion import ingest_identities
from books import Books, charge

MAP = """customer_id,kind,value
acme,tag,Acme-Prod
acme,tenant,t-17
acme,billing,cus_9
birch,tenant,T-18
"""


def write(folder: Path, text: str, name: str = "identities.csv") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def test_each_name_is_kept_once_with_its_line(books: Books, tmp_path: Path) -> None:
    record = ingest_identities(books.ledger, [write(tmp_path, MAP + "acme,,T-17\n")])
    assert (record.source, record.rows, record.status) == ("identities", 5, "loaded")
    found = books.sql("SELECT alias, customer_id, kind, value, x_SourceLine FROM identities ORDER BY alias")
    assert found == [
        ("acme", "acme", "customer", "acme", 2),
        ("acme-prod", "acme", "tag", "Acme-Prod", 2),
        ("birch", "birch", "customer", "birch", 5),
        ("cus_9", "acme", "billing", "cus_9", 4),
        ("t-17", "acme", "tenant", "t-17", 3),
        ("t-18", "birch", "tenant", "T-18", 5),
    ]


def test_usage_and_revenue_say_who_it_is_and_other_names_stay(books: Books, tmp_path: Path) -> None:
    day = "2026-09-01"
    at = {"service": "db"}
    books.usage([(day, 1, {"customer": " T-17 ", **at}), (day, 2, {"customer": "cedar", **at}), (day, 3, at)])
    books.revenue([{"customer_id": "CUS_9", "amount": 5}, {"customer_id": "cedar", "amount": 7}])
    ingest_identities(books.ledger, [write(tmp_path, MAP)])
    used = books.sql("SELECT quantity, dimensions FROM usage ORDER BY quantity")
    assert used == [(1, {"customer": "acme", **at}), (2, {"customer": "cedar", **at}), (3, at)]
    assert books.sql("SELECT customer_id, amount FROM revenue ORDER BY 2") == [("acme", 5), ("cedar", 7)]


def test_the_dimension_of_customers_may_have_another_name(books: Books, tmp_path: Path) -> None:
    books.usage([("2026-09-01", 1, {"customer": "t-17", "tenant": "t-17"})])
    ingest_identities(books.ledger, [write(tmp_path, MAP)], dimension="tenant")
    assert books.sql("SELECT dimensions FROM usage") == [({"customer": "t-17", "tenant": "acme"},)]


def test_another_map_replaces_the_one_before(books: Books, tmp_path: Path) -> None:
    ingest_identities(books.ledger, [write(tmp_path, MAP)])
    assert ingest_identities(books.ledger, [write(tmp_path, MAP)]).status == "unchanged"
    ingest_identities(books.ledger, [write(tmp_path, "customer_id,value\nacme,t-18\n")])
    assert books.sql("SELECT alias FROM identities ORDER BY 1") == [("acme",), ("t-18",)]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (
            "birch,tenant, T-17 ",
            "line 6: value 'T-17' is a name that identities.csv line 3 gives to customer 'acme'",
        ),
        (
            "birch,tag,ACME",
            "line 6: value 'ACME' is a name that identities.csv line 2 gives to customer 'acme'",
        ),
        (
            "Acme,tag,x",
            "line 6: customer_id 'Acme' is a name that identities.csv line 2 gives to customer 'acme'",
        ),
        (",tag,x", "line 6: customer_id '' is missing"),
    ],
)
def test_a_name_of_two_customers_is_refused_naming_both_lines(
    books: Books, tmp_path: Path, rows: str, message: str
) -> None:
    with pytest.raises(Refused) as why:
        ingest_identities(books.ledger, [write(tmp_path, MAP + rows + "\n")])
    assert message in str(why.value)
    assert books.ledger.table("identities").files() == []


def test_usage_of_before_the_map_is_read_as_its_run_read_it(books: Books, tmp_path: Path) -> None:
    books.bill([charge(1)])
    books.usage([("2026-09-01", 1, {"customer": "t-17"})])
    books.allocate({})
    ingest_identities(books.ledger, [write(tmp_path, MAP)])
    for as_of_run, customer in ((True, "t-17"), (False, "acme")):
        con = connect()
        books.ledger.snapshot(as_of_run=as_of_run).register(con)
        assert con.execute("SELECT dimensions['customer'] FROM usage").fetchall() == [(customer,)]
