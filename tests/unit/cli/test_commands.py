"""The main job on the command line, and what mistakes get."""

from pathlib import Path

import pytest

from unit.cli.conftest import Run

BILL = """BilledCost,EffectiveCost,BillingCurrency,BillingPeriodStart,BillingPeriodEnd,ChargePeriodStart,ChargePeriodEnd,\
ChargeCategory,ServiceName,Tags
10.10,10.10,USD,2026-09-01T00:00:00Z,2026-10-01T00:00:00Z,2026-09-01T00:00:00Z,2026-09-02T00:00:00Z,Usage,Compute,\
"{""customer"": ""acme"", ""team"": ""web""}"
5.05,4.05,USD,2026-09-01T00:00:00Z,2026-10-01T00:00:00Z,2026-09-02T00:00:00Z,2026-09-03T00:00:00Z,Usage,Storage,
"""


@pytest.fixture
def bill(workspace: Path) -> Path:
    path = workspace / "bill.csv"
    path.write_text(BILL)
    return path


def test_from_a_bill_to_what_a_customer_costs(run: Run, bill: Path) -> None:
    assert run("ingest", "focus", bill, "--source", "aws").code == 0
    assert run("allocate").code == 0
    (acme,) = [r for r in run("report", "customers", "--format", "json").rows if r["customer_id"] == "acme"]
    assert (acme["cost"], acme["currency"]) == ("10.100000000000", "USD")
    lines = run("reconcile", "--format", "json").rows
    assert {r["difference"] for r in lines} == {"0.000000000000"}
    assert {r["unallocated"] for r in lines if r["metric"] == "EffectiveCost"} == {"4.050000000000"}


def test_an_amount_is_explained_down_to_the_line_of_the_bill(run: Run, bill: Path) -> None:
    run("ingest", "focus", bill, "--source", "aws")
    run("allocate")
    pins = ["--depth", "1"]
    for _ in range(4):
        part = run("explain", "customer", "acme", *pins, "--format", "json").rows[-1]
        pins = [word for k, v in (part["pins"] or {}).items() for word in ("--pin", f"{k}={v}")]
    assert part["line_item"]["x_SourceFile"].endswith("bill.csv")
    assert part["line_item"]["x_SourceLine"] == 2
    assert part["amount"] == "10.100000000000"


def test_a_tree_leads_from_the_number_to_the_line(run: Run, bill: Path) -> None:
    run("ingest", "focus", bill, "--source", "aws")
    run("allocate")
    tree = run("explain", "customer", "acme", "--period", "2026-09", "--depth", "5", "--format", "json").rows
    assert [(row["depth"], row["level"]) for row in tree] == [
        (0, "amount"), (1, "rules"), (2, "pools"), (3, "days"), (4, "line_items"),
    ]  # fmt: skip
    assert {row["amount"] for row in tree} == {"10.100000000000"}
    assert tree[3]["sentence"] == "All of it: these charges carry the customer acme."
    assert tree[4]["line_item"]["x_SourceLine"] == 2
    said = run("explain", "customer", "acme", "--period", "2026-09").out
    assert "$10.10 acme · in September 2026" in said
    assert "All of it: these charges carry the customer acme. [rule 'dedicated' " in said
    assert run("explain", "customer", "acme", "--period", "2026-09", "--service", "nothing").code == 0
    assert len(run("explain", "customer", "acme", "--depth", "5", "--format", "csv").out.splitlines()) == 6


def test_a_customer_that_is_not_there_gets_the_nearest(run: Run, bill: Path) -> None:
    run("ingest", "focus", bill, "--source", "aws")
    run("allocate")
    ended = run("explain", "customer", "acmee")
    assert (ended.code, "Is it one of these: acme?" in ended.err) == (3, True)
    both = run("explain", "customer", "acme", "--period", "2026-09", "--window", "7d")
    assert (both.code, "both say when" in both.err) == (2, True)


def test_the_same_file_twice_changes_nothing(run: Run, bill: Path) -> None:
    run("ingest", "focus", bill, "--source", "aws")
    again = run("ingest", "focus", bill, "--source", "aws")
    assert "unchanged" in again.out
    assert len(run("loads", "--format", "json").rows) == 1


def test_loads_of_every_kind_are_listed_and_can_be_told_apart(run: Run, bill: Path) -> None:
    (bill.parent / "customers.csv").write_text("customer_id,plan\nacme,Team\n")
    settings = bill.parent / "apportion.yaml"
    settings.write_text(settings.read_text() + "\ncustomers: {location: customers.csv}\n")
    settings.write_text(settings.read_text() + "sources: {aws: {location: bill.csv}}\n")
    assert run("ingest").code == 0
    assert {row["kind"] for row in run("loads", "--format", "json").rows} == {"customers", "bill"}
    (found,) = run("loads", "--kind", "customers", "--format", "json").rows
    assert (found["source"], found["rows"]) == ("customers", 1)


def test_the_beginning_of_several_ids_lists_them(run: Run, bill: Path) -> None:
    run("ingest", "focus", bill, "--source", "aws")
    run("ingest", "focus", bill, "--source", "gcp")
    ids = [row["load_id"] for row in run("loads", "--format", "json").rows]
    ended = run("loads", "show", "2")
    assert ended.code == 3
    assert all(f"{one} (" in ended.err for one in ids), ended.err
    assert run("loads", "show", ids[0]).code == 0


def test_amounts_are_text_with_all_their_digits(run: Run, bill: Path) -> None:
    run("ingest", "focus", bill, "--source", "aws")
    found = run("sql", "SELECT SUM(BilledCost) AS s, COUNT(*) AS n FROM charges", "--format", "json").rows
    assert found == [{"s": "15.150000000000", "n": 2}]


def test_published_queries_run_over_focus_data_table_with_parameters(run: Run, bill: Path) -> None:
    run("ingest", "focus", bill, "--source", "aws")
    query = "SELECT ServiceName, SUM(EffectiveCost) AS c FROM focus_data_table WHERE ChargePeriodStart >= ? GROUP BY 1"
    found = run("sql", query, "--param", "2026-09-02", "--format", "json").rows
    assert found == [{"ServiceName": "Storage", "c": "4.050000000000"}]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("COPY charges TO 'x.csv'", "exactly one SELECT"),
        ("DROP VIEW charges", "exactly one SELECT"),
        ("SELECT 1; SELECT 2", "exactly one SELECT"),
        ("SELECT * FROM read_csv('/etc/passwd')", "disabled"),
        ("SELECT nothing FROM charges", "nothing"),
        ("SELEC 1", "syntax error"),
    ],
)
def test_sql_reads_the_ledger_and_does_nothing_else(run: Run, workspace: Path, query: str, said: str) -> None:
    ended = run("sql", query)
    assert ended.code == 2
    assert said in ended.err
    assert "Traceback" not in ended.err


def test_csv_cannot_carry_a_formula(run: Run, workspace: Path) -> None:
    said = run("sql", "SELECT '=1+1' AS a, '-5' AS b, -5.0 AS c", "--format", "csv")
    assert said.out == "a,b,c\n'=1+1,-5,-5.0\n"


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["report", "customers"], 3, "Nothing has been allocated yet"),
        (["allocate"], 2, "no charges to allocate"),
        (["loads", "show", "nope"], 3, "no load 'nope'"),
        (["ingest"], 2, "names no source"),
        (["ingest", "focus", "x.csv"], 2, "--source NAME"),
        (["ingest", "focus", "x.csv", "--source", "aws"], 3, "no such file"),
        (["serve", "--host", "0.0.0.0"], 4, "nobody has to log in yet"),
        (["report", "customers", "--window", "soon"], 3, "Nothing has been allocated yet"),
    ],
)
def test_a_mistake_says_what_to_do_next(
    run: Run, workspace: Path, words: list[str], code: int, said: str
) -> None:
    ended = run(*words)
    assert (ended.code, said in ended.err) == (code, True), ended.err


def test_init_does_not_overwrite(run: Run, workspace: Path) -> None:
    assert run("init", workspace).code == 4


def test_a_folder_that_is_no_workspace_is_named(run: Run) -> None:
    ended = run("allocate")
    assert ended.code == 3
    assert "apportion init" in ended.err


def test_doctor_fails_until_there_is_a_run(run: Run, bill: Path) -> None:
    assert run("doctor").code == 1
    run("ingest", "focus", bill, "--source", "aws")
    assert run("doctor").code == 1
    run("allocate")
    well = run("doctor")
    assert (well.code, "difference of 0" in well.out) == (0, True), well.out
