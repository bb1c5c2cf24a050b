"""Alerts over HTTP: read, taken, muted; and no page of elsewhere may."""

from datetime import UTC, datetime
from typing import Any

import pytest

from apportion.access import LOCAL, audit


def only(client: Any) -> dict[str, Any]:
    [alert] = client.get("/api/v1/alerts").json()["alerts"]
    found: dict[str, Any] = alert
    return found


def test_alerts_are_listed_with_who_was_told(client: Any) -> None:
    alert = only(client)
    assert (alert["rule"], alert["key"], alert["value"]) == ("margin", "customer=globex", "12.50")
    assert [told["channel"] for told in alert["told"]] == ["log"]
    assert client.get("/api/v1/alerts").json()["headline"] == "1 alert open."


def test_alerts_are_chosen_by_state_severity_and_rule(client: Any) -> None:
    for asked, count in (("state=resolved", 0), ("severity=critical", 0), ("rule=margin&state=open", 1)):
        assert len(client.get(f"/api/v1/alerts?{asked}").json()["alerts"]) == count
    assert client.get("/api/v1/alerts?state=gone").status_code == 422


def test_a_cursor_that_is_none_is_said(client: Any) -> None:
    answer = client.get("/api/v1/alerts?cursor=x")
    assert (answer.status_code, answer.json()["detail"]) == (422, "cursor: this is no cursor")


def test_the_rules_say_what_they_look_for(client: Any) -> None:
    [margin] = [r for r in client.get("/api/v1/alerts/rules").json()["rules"] if r["name"] == "margin"]
    assert margin["says"].startswith("gross margin of a customer over 30d below 30 % (warning)")
    assert (margin["is_default"], margin["signals"], margin["open_alerts"]) == (True, 1, 1)


def test_an_alert_has_its_history(client: Any) -> None:
    alert = client.get(f"/api/v1/alerts/{only(client)['alert_id']}").json()
    assert [event["event"] for event in alert["history"]] == ["opened", "told_opened"]
    assert client.get("/api/v1/alerts/nothing").status_code == 404


def test_an_alert_is_taken_muted_and_unmuted(client: Any) -> None:
    path = f"/api/v1/alerts/{only(client)['alert_id']}"
    taken = client.request("POST", f"{path}/acknowledge", json={"who": "ana"}).json()
    assert (taken["state"], taken["who"]) == ("acknowledged", "ana")
    mute = {"who": "ana", "until": "2027-01-01T00:00:00Z", "reason": "A trial"}
    assert client.request("POST", f"{path}/mute", json=mute).json()["reason"] == "A trial"
    assert client.request("POST", f"{path}/unmute", json={"who": "ana"}).json()["muted_until"] is None
    assert only(client)["state"] == "acknowledged", "what changed is seen at once"


def test_a_time_without_a_zone_is_utc(client: Any) -> None:
    path = f"/api/v1/alerts/{only(client)['alert_id']}/mute"
    body = {"who": "ana", "until": "2027-01-01T00:00:00", "reason": "known"}
    assert client.request("POST", path, json=body).json()["muted_until"] == "2027-01-01T00:00:00Z"


def test_a_mute_without_a_reason_or_in_the_past_is_refused(client: Any) -> None:
    path = f"/api/v1/alerts/{only(client)['alert_id']}/mute"
    for until, reason in (("2027-01-01T00:00:00", ""), ("2020-01-01T00:00:00Z", "known")):
        body = {"who": "ana", "until": until, "reason": reason}
        assert client.request("POST", path, json=body).status_code == 422


def test_a_page_of_elsewhere_takes_nothing(client: Any) -> None:
    path = f"/api/v1/alerts/{only(client)['alert_id']}/acknowledge"
    headers = {"Sec-Fetch-Site": "cross-site"}
    assert client.request("POST", path, json={"who": "x"}, headers=headers).status_code == 403


@pytest.fixture
def keyed(client: Any, company: Any) -> Any:
    """Asks with a key, whose id it has, where somebody has an account."""
    now = datetime.now(UTC)
    company.access.people.add(LOCAL, "ana", "owner", "seven green bicycles", now)
    made = company.access.keys.make(LOCAL, "pager", ("read", "watch"), now)

    def ask(method: str, path: str, **given: Any) -> Any:
        shown = {"Authorization": f"Bearer {made.key}"}
        return client.request(method, f"/api/v1/alerts{path}", headers=shown, **given)

    ask.who = made.key_id  # type: ignore[attr-defined]
    return ask


def test_nobody_takes_or_mutes_in_the_name_of_another(keyed: Any, company: Any) -> None:
    [alert] = keyed("GET", "").json()["alerts"]
    path, at = f"/{alert['alert_id']}", "2027-01-01T00:00:00Z"
    assert (
        keyed("POST", f"{path}/acknowledge", json={"who": "ana", "reason": "mine"}).json()["who"] == keyed.who
    )
    assert (
        keyed("POST", f"{path}/mute", json={"until": at, "reason": "known", "who": "ana"}).status_code == 200
    )
    assert keyed("POST", f"{path}/unmute", json={}).status_code == 200
    assert {event["who"] for event in keyed("GET", path).json()["history"]} == {"", keyed.who}
    with company.state.read() as con:
        rows = audit.listed(con).rows[::-1]
    assert [(row.action, row.detail) for row in rows] == [
        ("acknowledge_alert", {"reason": "mine"}),
        ("mute_alert", {"reason": "known"}),
        ("unmute_alert", {}),
    ]
    assert {(row.who, row.kind, row.target, row.address) for row in rows} == {
        (keyed.who, "key", alert["alert_id"], "127.0.0.1")
    }
