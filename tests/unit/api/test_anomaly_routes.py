"""Anomalies and jobs over the API."""

from typing import Any

import pytest


def test_anomalies_begin_with_the_answer(client: Any) -> None:
    found = client.get("/api/v1/costs/anomalies?state=going_on").json()
    assert found["sentence"].startswith("Nobody has looked")
    assert [row["incident_id"] for row in found["anomalies"]] == ["2844c6efdd52"]
    assert found["anomalies"][0]["current"] == "4025.458350574600"
    assert found["anomalies"][0]["driver"] == "ResourceName: exports-render"


@pytest.mark.parametrize(
    ("asked", "count"),
    [
        ("", 2),
        ("severity=critical", 1),
        ("state=expected", 1),
        ("grain=hour", 0),
        ("since=2026-10-01", 0),
        ("where=service=exports", 2),
        ("where=ResourceName=exports-render", 2),
        ("where=service=api", 0),
        ("limit=1", 1),
        ("cursor=1", 1),
    ],
)
def test_conditions_leave_out_what_they_do_not_mean(client: Any, asked: str, count: int) -> None:
    assert len(client.get(f"/api/v1/costs/anomalies?{asked}").json()["anomalies"]) == count


def test_a_condition_that_is_none_is_an_error(client: Any) -> None:
    answer = client.get("/api/v1/costs/anomalies?where=exports")
    assert answer.status_code == 422
    assert "service=exports" in answer.text


def test_one_anomaly_has_its_chart_as_csv(client: Any) -> None:
    rows = client.get("/api/v1/costs/anomalies/2844?format=csv").text.splitlines()
    assert "anomalous" in rows[0]
    assert "4025.458350574600" in rows[1]
    assert client.get("/api/v1/costs/anomalies/none").status_code == 404


def test_what_is_expected_needs_a_reason(client: Any) -> None:
    assert (
        client.request("POST", "/api/v1/costs/anomalies/2844/state", json={"state": "expected"}).status_code
        == 422
    )
    told = {"state": "expected", "reason": "load test", "who": "kim"}
    assert (
        client.request("POST", "/api/v1/costs/anomalies/2844/state", json=told).json()["state"] == "expected"
    )
    assert client.get("/api/v1/costs/anomalies?state=going_on").json()["anomalies"] == []


def test_jobs_say_how_they_went(client: Any) -> None:
    found = {row["job"]: row for row in client.get("/api/v1/jobs").json()["jobs"]}
    assert found["anomalies"]["outcome"] == "ok"
    assert found["ingest"]["started"] is None
