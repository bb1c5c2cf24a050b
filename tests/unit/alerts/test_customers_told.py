"""A customer's own contact hears of its usage: once, alone, and through the outbox."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from apportion.alerts import watching
from apportion.alerts.channels import open_channel
from apportion.alerts.channels.contacts import for_contact, is_contact
from apportion.alerts.delivery import Delivery
from apportion.alerts.evaluate import evaluate
from apportion.alerts.rules.results import Results
from apportion.alerts.settings import Alerts
from apportion.alerts.state import Outcome
from apportion.alerts.watching import watch
from apportion.core.errors import BadInput
from apportion.credits.watched import Used
from apportion.database import State
from servers.alert_mail import Mailbox, mail_server
from unit.alerts.test_budget_alerts import no_sources
from unit.alerts.watched import LOG

NOON = datetime(2026, 10, 20, 12, tzinfo=UTC)
CHANNELS = {
    "finops": LOG,
    "customers": {"type": "apprise", "url": {"env": "CUSTOMERS_MAIL"}, "contacts": True},
}


def settings(**more: Any) -> Alerts:
    rules = {"plan": {"contacts": "customers", **more.pop("plan", {})}}
    given = Alerts.model_validate({"channels": CHANNELS, "rules": rules, **more})
    assert list(given.mistakes()) == []
    return given.declaring(budgets=False, plans=True).in_zone("UTC")


def used(percent: int = 83, customer: str = "acme", contact: str = "ana@acme.example") -> Used:
    return Used(
        customer=customer,
        name=customer.title(),
        plan="scale",
        title="Scale",
        start=date(2026, 10, 1),
        until=date(2026, 11, 1),
        resets_at=datetime(2026, 11, 1, tzinfo=UTC),
        included=Decimal(10000),
        used=Decimal(percent * 100),
        percent=Decimal(percent),
        marks=(80, 100),
        beyond="overage",
        contact=contact,
        buy_url=f"https://buy.fernway.example/{customer}",
    )


def tells(state: State, *customers: Used, now: datetime = NOON, **more: Any) -> Outcome:
    given = settings(**more)
    asked = Results(now, None, None, no_sources, used=lambda _: customers)
    return watch(state, given, {"plan": evaluate(asked, given).signals["plan"]}, now)


@pytest.fixture
def box(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    monkeypatch.setattr("apprise.plugins.email.NotifyEmail.request_rate_per_sec", 0)
    with mail_server(Mailbox()) as found:
        address = f"mailto://127.0.0.1:{found.port}?from=us@fernway.example&to={{contact}}"
        monkeypatch.setenv("CUSTOMERS_MAIL", address)
        yield found


def deliver(state: State, directory: Path) -> None:
    channels = settings().known_channels
    Delivery(
        state, channels, directory, base_url="https://cost.fernway.example", now=lambda: NOON,
        chance=random.Random(7),
    ).run()  # fmt: skip


def test_a_customer_reads_what_it_has_used_and_nothing_of_the_house(
    state: State, box: Mailbox, tmp_path: Path
) -> None:
    tells(state, used())
    deliver(state, tmp_path)
    [mail] = box.messages
    assert (str(mail["To"]), str(mail["Cc"] or "")) == ("ana@acme.example", "")
    assert str(mail["Subject"]) == "Warning: Acme has used 80 % of the credits of Scale"
    body = mail.get_body(("plain",))
    assert body is not None
    text = body.get_content()
    assert (
        "8,300 of 10,000 credits since 1 Oct 2026. They are filled up again on 1 Nov 2026, in 12 days."
        in text
    )
    assert "https://buy.fernway.example/acme" in text
    assert "cost.fernway.example" not in text


def told_of(state: State, one: Used) -> str:
    [message] = tells(state, one).messages
    return str(message.body["alerts"][0]["text"])  # type: ignore[index]


def test_credits_that_are_left_beside_the_plan_are_told_instead_of_an_end(state: State) -> None:
    stopped = replace(used(175, contact=""), beyond="stop")
    assert told_of(state, stopped).endswith(" Beyond them nothing more is done.")
    said = told_of(state, replace(stopped, customer="birch", beside=Decimal("35.000000000")))
    assert said.endswith("in 12 days. 35 credits beside them are left.")


def test_days_are_counted_by_the_calendar_of_reports(state: State) -> None:
    """At noon in UTC the 20th is over in Auckland."""
    assert "in 12 days." in told_of(state, used(contact=""))
    east = replace(used(customer="birch", contact=""), zone=ZoneInfo("Pacific/Auckland"))
    assert "in 11 days." in told_of(state, east)


def test_each_customer_gets_a_message_of_its_own_also_at_one_address(
    state: State, box: Mailbox, tmp_path: Path
) -> None:
    tells(state, used(), used(customer="birch"), used(customer="cedar", contact="cem@cedar.example"))
    deliver(state, tmp_path)
    found = {(str(mail["To"]), str(mail["Subject"]).split()[1]) for mail in box.messages}
    assert found == {
        ("ana@acme.example", "Acme"),
        ("ana@acme.example", "Birch"),
        ("cem@cedar.example", "Cedar"),
    }
    assert len(box.messages) == 3


def test_a_customer_without_a_contact_goes_the_usual_way(state: State) -> None:
    [message] = tells(state, used(contact="")).messages
    assert (message.channel, message.body.get("contact")) == ("finops", None)
    assert message.body["alerts"][0]["link"] == "/credits/acme"  # type: ignore[index]


def test_what_is_no_address_goes_the_usual_way_and_says_so(state: State) -> None:
    [message] = tells(state, used(contact="ana@acme.example, everybody@birch.example")).messages
    assert message.channel == "finops"
    [line] = message.body["alerts"][0]["lines"]  # type: ignore[index]
    assert line == "Its contact is no e-mail address, so nobody there was told."


def test_people_of_the_house_hear_too_where_the_rule_says_so(state: State) -> None:
    messages = tells(state, used(), plan={"to": ["finops"]}).messages
    assert {m.channel: m.body.get("contact") for m in messages} == {
        "customers": "ana@acme.example",
        "finops": None,
    }


def test_from_none_to_over_all_is_one_message_and_each_mark_once_a_period(state: State) -> None:
    [message] = tells(state, used(104)).messages
    assert message.title == "Acme has used 100 % of the credits of Scale"
    assert len(message.alerts) == 2
    for percent in (85, 60, 104, 130):
        assert tells(state, used(percent), now=NOON + timedelta(days=1)).messages == []


def test_marks_that_are_reached_one_after_the_other_are_told_each(state: State) -> None:
    assert [m.title for m in tells(state, used(79)).messages] == []
    assert len(tells(state, used(80), now=NOON + timedelta(hours=1)).messages) == 1
    [message] = tells(state, used(100), now=NOON + timedelta(hours=2)).messages
    assert message.title == "Acme has used 100 % of the credits of Scale"


class Killed(BaseException):
    """As with kill -9, nothing after it is done."""


def test_a_crash_in_between_neither_loses_nor_doubles(
    state: State, box: Mailbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(*_: object) -> int:
        raise Killed

    with monkeypatch.context() as broken:
        broken.setattr(watching, "enqueue", dies)  # the alert is written, its message not yet
        with pytest.raises(Killed):
            tells(state, used())
    assert len(tells(state, used(), now=NOON).messages) == 1
    assert tells(state, used(), now=NOON + timedelta(minutes=5)).messages == []
    for _ in range(2):
        deliver(state, tmp_path)
    assert [str(mail["To"]) for mail in box.messages] == ["ana@acme.example"]


@pytest.mark.parametrize(
    "given",
    [
        {"otherwise": "customers"},
        {"routes": [{"when": {"team": "core"}, "to": ["finops", "customers"]}]},
        {"rules": {"margin": {"to": ["customers"]}}},
        {"escalate": [{"after": "30m", "to": "customers"}]},
        {"rules": {"plan": {"contacts": "finops"}}},
        {"channels": {"customers": {**CHANNELS["customers"], "page": True}}},
    ],
)
def test_nothing_but_plans_reaches_customers(given: dict[str, Any]) -> None:
    assert len(list(Alerts.model_validate({"channels": CHANNELS, **given}).mistakes())) == 1


def test_what_fits_no_route_does_not_go_to_customers() -> None:
    only = Alerts.model_validate({"channels": {"customers": CHANNELS["customers"]}})
    assert set(only.known_channels) == {"customers", "log"}


@pytest.mark.parametrize("contacts", [True, False])
def test_an_address_has_a_place_for_the_contact_if_and_only_if_it_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, contacts: bool
) -> None:
    address = "mailto://127.0.0.1:9?from=us@fernway.example&to="
    monkeypatch.setenv("CUSTOMERS_MAIL", address + ("us@fernway.example" if contacts else "{contact}"))
    channel = settings().channels["customers"].model_copy(update={"contacts": contacts})
    with pytest.raises(BadInput, match="contact"):
        open_channel(channel, tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        "", "ana", "ana@acme", "@acme.example", "a b@acme.example", "<ana@acme.example>", "a@x.example,b@x.example",
        "a@x.example;b@x.example", "a@x.example\nBcc: b@x.example", "a@x.example?cc=b@x.example", "a&to=b@x.example",
        "a%2Cb@x.example", "ana@acme.example ", "a..b@x.example", f"{'a' * 250}@x.example", "{contact}@x.example",
    ],
)  # fmt: skip
def test_only_one_plain_address_is_a_contact(text: str) -> None:
    assert not is_contact(text)


def test_a_contact_stays_one_value_in_its_address() -> None:
    assert is_contact("ana.lee+billing@acme.co.example")
    made = for_contact("mailtos://u:p@mail.example?to={contact}&from=a@b.example", "ana+x@acme.example")
    assert made == "mailtos://u:p@mail.example?to=ana%2Bx%40acme.example&from=a@b.example"
