"""How alerts read."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from pydantic import TypeAdapter, ValidationError

from apportion.alerts.channel_settings import AnyChannel
from apportion.alerts.messages import Message
from apportion.alerts.signals import Signal
from apportion.alerts.templates import alert_document, written

AT = datetime(2026, 10, 14, 9, tzinfo=UTC)
SPIKE = Signal(
    "anomaly", "incident=8f2c", "critical", "lambda-events cost $4,213.55 on 13 Oct, usually $110 to $190",
    "$4,023.55 more than usual.", AT, {"service": "lambda-events"}, Decimal("4213.5500"), Decimal(190), "USD",
    "/anomalies/8f2c", ("GB-Second in us-east-1: $4,101.20", "function *resize*: $4,009.11"),
)  # fmt: skip
ONE = Message(
    "9c1f", "ops", "opened", "critical", SPIKE.title, SPIKE.text, ("a1",), AT,
    {"rule": "anomaly", "alerts": [alert_document("a1", SPIKE)]},
)  # fmt: skip
OTHER = replace(SPIKE, title="rds cost $80.00 on 13 Oct", text="$30.00 more than usual.", lines=(), link="")
TWO = replace(
    ONE, title="anomaly: 2 alerts", text="", alerts=("a1", "a2"),
    body={"rule": "anomaly", "alerts": [alert_document("a1", SPIKE), alert_document("a2", OTHER)]},
)  # fmt: skip
BASE = "https://cost.fernway.example/"


def test_one_alert_as_text() -> None:
    found = written(ONE, base_url=BASE)
    assert found.title == "Critical: lambda-events cost $4,213.55 on 13 Oct, usually $110 to $190"
    assert found.text == (
        "$4,023.55 more than usual.\n"
        "• GB-Second in us-east-1: $4,101.20\n"
        "• function *resize*: $4,009.11\n"
        "https://cost.fernway.example/anomalies/8f2c\n"
        "\n"
        "14 Oct 2026 09:00 UTC · message 9c1f"
    )


def test_several_alerts_as_text_each_with_its_title() -> None:
    found = written(TWO, base_url=BASE)
    assert found.title == "Critical: anomaly: 2 alerts"
    assert found.text.splitlines()[0] == SPIKE.title
    assert "\n\nrds cost $80.00 on 13 Oct\n$30.00 more than usual.\n\n" in found.text


def test_markdown_shows_what_is_in_names_and_does_not_follow_it() -> None:
    found = written(ONE, base_url=BASE).markdown
    assert "- function \\*resize\\*: $4,009.11" in found
    assert "<https://cost.fernway.example/anomalies/8f2c>" in found
    sly = replace(ONE, body={}, text="[pay here](https://evil.example) <img src=x> @channel")
    assert "\\[pay here\\](https://evil.example) \\<img src=x\\>" in written(sly).markdown


def test_the_document_has_exact_amounts_as_text_and_a_version() -> None:
    document = written(ONE, base_url=BASE).document
    assert {name: document[name] for name in ("version", "id", "event", "severity", "channel", "time")} == {
        "version": 1, "id": "9c1f", "event": "opened", "severity": "critical", "channel": "ops",
        "time": "2026-10-14T09:00:00Z",
    }  # fmt: skip
    [alert] = document["alerts"]  # type: ignore[misc]
    assert (alert["value"], alert["limit"], alert["unit"]) == ("4213.5500", "190", "USD")
    assert alert["link"] == "https://cost.fernway.example/anomalies/8f2c"
    assert alert["dimensions"] == {"service": "lambda-events"}


@pytest.mark.parametrize(
    ("event", "head"),
    [
        ("opened", "Critical: "), ("worse", "Now critical: "), ("reminder", "Still critical: "),
        ("escalated", "Critical, nobody took it yet: "), ("resolved", "Resolved: "), ("test", "Test: "),
    ],
)  # fmt: skip
def test_the_title_says_what_it_is_about(event: str, head: str) -> None:
    message = replace(ONE, event=event)  # type: ignore[arg-type]
    assert written(message).title == head + SPIKE.title


def test_messages_about_the_same_alerts_belong_together() -> None:
    opened, resolved = ONE, replace(ONE, message_id="77aa", event="resolved")
    assert written(opened).thread == written(resolved).thread != written(TWO).thread


def test_a_template_replaces_title_and_text() -> None:
    found = written(
        ONE, base_url=BASE, title="[{severity}] {title} ({count})", text="{rule}: see {link} {{{id}}}"
    )
    assert found.title == f"[critical] {SPIKE.title} (1)"
    assert found.text.startswith("anomaly: see https://cost.fernway.example/anomalies/8f2c {9c1f}\n\n")


def test_what_a_name_has_in_braces_is_text() -> None:
    sly = replace(ONE, title="{id} {0.__class__}\nBcc: all@fernway.example")
    assert written(sly, title="{title}").title == "{id} {0.__class__} Bcc: all@fernway.example"


@pytest.mark.parametrize(
    "template",
    ["{titel}", "{title.__class__}", "{title[0]}", "{title!r}", "{title:>9}", "{}", "{0}", "{title"],
)
def test_a_template_with_anything_else_is_a_mistake_in_the_settings(template: str) -> None:
    with pytest.raises(ValidationError, match=r"there is no field|braces do not match"):
        TypeAdapter[AnyChannel](AnyChannel).validate_python({"type": "log", "title": template})


def test_a_long_text_is_cut_and_keeps_its_id() -> None:
    found = written(replace(ONE, body={}, title="t" * 999, text="x" * 99_999))
    assert len(found.title) == 300
    assert len(found.text) < 8_100
    assert found.text.endswith("message 9c1f")
