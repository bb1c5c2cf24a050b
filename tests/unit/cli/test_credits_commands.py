"""Plans and credits on the command line."""

import json
from pathlib import Path

import pytest

from unit.cli.conftest import Run

PLANS = """\
plans:
  default: free
  usage: [{by: call, credits: 1}]
  offered:
    free: {title: Free, included: 2, starts: calendar, features: {chat: true, summaries: {calls: 1}}}
    pro: {title: Pro, included: 100, overage: {price: 0.02, cap: 1}}
"""


@pytest.fixture
def credited(run: Run, workspace: Path) -> Path:
    (workspace / "apportion.yaml").write_text(PLANS)
    calls = workspace / "calls.jsonl"
    calls.write_text("".join(f'{{"id": "call-{n}", "customer": "acme", "feature": "chat"}}\n' for n in "123"))
    assert run("operations", "import", calls).code == 0
    return workspace


def test_plans_are_listed(run: Run, credited: Path) -> None:
    rows = run("plans", "--format", "json").rows
    assert [(row["name"], row["included"], row["beyond"], row["customers"]) for row in rows] == [
        ("free", "2.000000000", "stop", 1),
        ("pro", "100.000000000", "overage", 0),
    ]
    assert "Customers without one have 'free'." in run("plans").out


def test_where_no_plan_is_declared_that_is_said_with_what_to_read(run: Run, workspace: Path) -> None:
    (workspace / "customers.csv").write_text(
        "customer_id,customer_name,plan,status,start_date,end_date\nacme,Acme,,active,2024-03-01,\n"
    )
    lists = "customers: {location: customers.csv}\n"
    (workspace / "apportion.yaml").write_text(lists)
    assert run("ingest").code == 0
    for words in (("plans",), ("credits", "list")):
        said = run(*words)
        assert (said.code, "No plan is declared; see docs/guides/credits.md." in said.out) == (0, True)
        assert run(*words, "--format", "json").rows == []
    (workspace / "apportion.yaml").write_text(f"{lists}plans: {{offered: {{pro: {{included: 1}}}}}}\n")
    [acme] = run("credits", "list", "--format", "json").rows
    assert (acme["customer"], acme["plan"]) == ("acme", None)


def test_a_customer_is_given_a_plan_and_credits(run: Run, credited: Path) -> None:
    assert run("credits", "plan", "globex", "pro", "--contact", "ops@globex.example").code == 0
    assert run("credits", "grant", "globex", "12.5", "--id", "order-1", "--expires", "2099-01-01").code == 0
    assert run("credits", "grant", "globex", "12.5", "--id", "order-1", "--expires", "2099-01-01").code == 0
    rows = run("credits", "list", "--format", "json").rows
    assert [(row["customer"], row["state"], row["balance"], row["contact"]) for row in rows] == [
        ("acme", "over", "0.000000000", ""),
        ("globex", "within", "112.500000000", "ops@globex.example"),
    ]
    said = run("credits", "list", "--limit", "1").out
    assert "1 customer: 1 over, 0 near. --after 'acme' shows more." in said


def test_what_was_done_before_says_so(run: Run, credited: Path) -> None:
    grant = ("credits", "grant", "acme", "50", "--id", "order-1")
    refund = ("credits", "refund", "acme", "call-1", "--amount", "1", "--id", "r1")
    for words in (grant, refund):
        first, again = run(*words), run(*words)
        assert "This was done before." not in first.out
        assert again.out == f"{first.out}This was done before.\n"


def test_credits_for_whom_nobody_knows_are_given_with_a_warning(run: Run, credited: Path) -> None:
    assert run("credits", "grant", "acme", "1").err == ""
    said = run("credits", "grant", "amce", "5", "--id", "order 7")
    assert said.code == 0
    assert said.err == (
        "Nothing else is known of 'amce' yet. Did you mean 'acme'? "
        "To take the grant back: apportion credits take-back amce 'order 7'\n"
    )
    assert run("credits", "grant", "amce", "5").err == ""
    said = run("credits", "plan", "zedoary", "pro", "--since", "2026-10-31")
    assert said.code == 0
    assert said.err == (
        "Nothing else is known of 'zedoary' yet. "
        "To end the plan: apportion credits plan zedoary pro --since 2026-10-31 --until 2026-11-01\n"
    )


def test_a_plan_without_a_limit_has_no_balance_of_0(run: Run, workspace: Path) -> None:
    (workspace / "apportion.yaml").write_text("plans: {offered: {open: {title: Open}}}\n")
    said = run("credits", "plan", "acme", "open", "--since", "2026-10-01")
    assert said.out.startswith("acme: Open, within; 0 used, unlimited until ")
    [row] = [line for line in run("credits", "list").out.splitlines() if line.lstrip().startswith("acme")]
    assert "unlimited" in row
    [acme] = run("credits", "list", "--format", "json").rows
    assert (acme["unlimited"], acme["balance"]) == (True, "0.000000000")


def test_the_ledger_is_shown_and_a_call_paid_back(run: Run, credited: Path) -> None:
    [acme] = run("credits", "show", "acme", "--format", "json").rows
    assert [(e["kind"], e["credits"]) for e in acme["entries"]] == [
        ("use", "-1.000000000"),
        ("use", "-1.000000000"),
        ("use", "-1.000000000"),
        ("grant", "2.000000000"),
    ]
    assert "1 credits back of overage." in run("credits", "refund", "acme", "call-3").out
    assert "Free, over; 2 of 2 used, 0 left" in run("credits", "show", "acme").out
    missing = run("credits", "refund", "acme", "call-9")
    assert (missing.code, "has no operation 'call-9'" in missing.err) == (3, True)


def test_a_mistyped_grant_is_taken_back(run: Run, credited: Path) -> None:
    assert run("credits", "grant", "acme", "5000", "--id", "order-1").code == 0
    said = run("credits", "take-back", "acme", "order-1", "--reason", "5,000 instead of 500")
    assert (said.code, said.out) == (0, "5,000 of 5,000 credits are taken back; none of it was used.\n")
    [row] = run("credits", "take-back", "acme", "order-1", "--format", "json").rows
    assert (row["credits"], row["used"]) == ("5000.000000000", "0.000000000")
    [acme] = run("credits", "show", "acme", "--format", "json").rows
    assert (acme["balance"], acme["entries"][0]["kind"]) == ("0.000000000", "take_back")
    [included] = [g["grant_id"] for g in acme["grants"] if g["kind"] == "included"]
    refused = run("credits", "take-back", "acme", included)
    assert (refused.code, "included in a plan" in refused.err) == (4, True)
    assert run("credits", "take-back", "acme", "order-9").code == 3


def test_entitlements_end_with_a_code_that_scripts_can_use(run: Run, credited: Path) -> None:
    refused = run("credits", "entitlements", "acme", "--feature", "chat", "--format", "json")
    assert (refused.code, json.loads(refused.out)["reason"]) == (1, "no_credits")
    said = run("credits", "entitlements", "acme", "--feature", "chat").out
    assert "acme, chat: not allowed: its credits are used up\n" in said
    assert "• chat: no, its credits are used up\n" in said
    video = run("credits", "entitlements", "acme", "--feature", "video").out
    assert "acme, video: not allowed: its plan does not include this\n" in video
    assert run("credits", "entitlements", "new one").code == 0


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("grant", "acme", "many"), "is no amount"),
        (("grant", "acme", "0"), "above 0"),
        (("grant", "acme", "-50"), "above 0"),
        (("plan", "acme", "pro", "--contact", "notanemail"), "'notanemail' is no e-mail address"),
        (("grant", "acme", "5", "--expires", "soon"), "is no time"),
        (("plan", "acme", "pro", "--since", "today"), "is no day"),
    ],
)
def test_what_cannot_be_used_says_so(run: Run, credited: Path, words: tuple[str, ...], why: str) -> None:
    said = run("credits", *words)
    assert (said.code, why in said.err) == (2, True)


def test_lists_say_who_a_customer_is_and_which_plan_it_has(run: Run, workspace: Path) -> None:
    (workspace / "customers.csv").write_text(
        "customer_id,customer_name,plan,status,start_date,end_date\nacme,Acme Bookshops,PRO,active,2024-03-01,\n"
    )
    (workspace / "identities.csv").write_text("customer_id,kind,value\nacme,tenant,t-17\n")
    lists = "customers: {location: customers.csv}\nidentities: {location: identities.csv}\n"
    (workspace / "apportion.yaml").write_text(PLANS + lists)
    loaded = run("ingest")
    assert loaded.code == 0, loaded.err
    (workspace / "calls.jsonl").write_text('{"id": "call-1", "customer": "T-17"}\n')
    assert run("operations", "import", workspace / "calls.jsonl").code == 0
    [acme] = run("credits", "list", "--format", "json").rows
    assert (acme["customer"], acme["name"], acme["used"]) == ("acme", "Acme Bookshops", "1.000000000")
    assert acme["plan"] == {"name": "pro", "title": "Pro", "source": "list"}
    for name in ("t-17", "ACME", "acme bookshops"):
        assert run("credits", "show", name).out.startswith("acme: Pro, within; 1 of 100 used")
    assert run("credits", "grant", "Acme bookshops", "5").err == ""
    assert [row["customer"] for row in run("credits", "list", "--format", "json").rows] == ["acme"]
