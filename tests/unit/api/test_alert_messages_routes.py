"""Messages and channels over HTTP."""

from typing import Any

MESSAGES, CHANNELS = "/api/v1/alerts/messages", "/api/v1/alerts/channels"


def test_messages_are_read_page_by_page_and_by_state(client: Any) -> None:
    first = client.get(f"{MESSAGES}?limit=3").json()
    rest = client.get(f"{MESSAGES}?limit=3&cursor={first['next_cursor']}").json()
    names = [row["message_id"] for row in (*first["messages"], *rest["messages"])]
    assert (names, rest["next_cursor"]) == (["m3", "m2", "m1", "m0"], None)
    assert first["headline"] == "4 messages: 3 sent, 1 waiting."
    waits = client.get(f"{MESSAGES}?state=waiting&channel=broken").json()["messages"]
    assert [row["message_id"] for row in waits] == ["m3"]
    assert "the file cannot be written" in waits[0]["last_error"]
    assert client.get(f"{MESSAGES}?since=2026-10-03T00:00:00Z").json()["messages"] == []
    assert client.get(f"{MESSAGES}?format=csv&limit=1").text.startswith("message_id,channel,event")


def test_what_cannot_be_asked_is_told(client: Any) -> None:
    for query in ("cursor=x", "state=lost", "since=2026-10-03T00:00:00", "limit=0", "chanel=ops"):
        assert client.get(f"{MESSAGES}?{query}").status_code == 422
    assert client.get(f"{MESSAGES}/m9").status_code == 404


def test_one_message_has_its_text_and_attempts(client: Any) -> None:
    found = client.get(f"{MESSAGES}/m0").json()
    assert (found["text"], found["alerts"]) == ("…", ["a0"])
    assert [(one["attempt"], one["outcome"], one["said"]) for one in found["deliveries"]] == [
        (1, "sent", "written")
    ]


def test_what_was_sent_or_waits_is_not_sent_again(client: Any) -> None:
    for name in ("m0", "m3"):
        assert client.request("POST", f"{MESSAGES}/{name}/retry").status_code == 409
    assert client.request("POST", f"{MESSAGES}/m9/retry").status_code == 404


def test_channels_say_how_they_do_at_every_moment(client: Any) -> None:
    def counts() -> dict[str, tuple[int, int]]:
        rows = client.get(CHANNELS).json()["channels"]
        return {row["name"]: (row["sent"], row["waiting"]) for row in rows}

    assert counts() == {"ops": (3, 0), "broken": (0, 1), "unset": (0, 0)}
    assert client.request("POST", f"{CHANNELS}/ops/test").json()["state"] == "sent"
    assert counts()["ops"] == (4, 0)


def test_a_test_says_what_went_wrong_and_where_a_secret_is_missing(client: Any) -> None:
    failed = client.request("POST", f"{CHANNELS}/broken/test").json()
    assert (failed["state"], failed["deliveries"][0]["outcome"]) == ("failed", "failed")
    missing = client.request("POST", f"{CHANNELS}/unset/test")
    assert (missing.status_code, missing.json()["detail"]) == (
        422,
        "$NO_SUCH_SECRET: There is no secret here.",
    )
    assert client.request("POST", f"{CHANNELS}/pager/test").status_code == 404
