import pytest

from apportion.api import create_app
from apportion.core.errors import NotFound, Refused, Transient
from unit.api.conftest import Client, SmallApp

UNKNOWN = [
    "/costs/customers/nobody",
    "/costs/services/nothing",
    "/explain/customers/nobody",
    "/loads/l2",
    "/runs/other",
    "/nothing/here",
    "/costs/customers/acme/more",
]
JSON = {"Content-Type": "application/json"}
WRONG = [
    "/overview?window=yesterday",
    "/overview?metric=Cost",
    "/overview?format=xml",
    "/overview?nonsense=1",
    "/overview?currency=EUR",
    "/costs/customers?window=2026-13",
    "/costs/customers?table=daily",
    "/costs/customers?format=csv&table=nothing",
    "/costs/trend?days=0",
    "/costs/trend?by=nothing",
    "/costs/trend?days=7&window=7d",
    "/costs/environments?by=environment",
    "/costs/query?group_by=a,b,c,d",
    "/costs/query?group_by=nothing",
    "/costs/query?filter={",
    "/costs/query?limit=0",
    "/costs/query?from=2026-09-01",
    "/costs/query?from=2026-09-01&to=never",
    "/explain?target=acme",
    "/explain?nonsense=1",
    "/explain?cursor=-1",
    "/explain/customers/acme?cursor=1000",
    "/search",
]


@pytest.mark.parametrize("path", UNKNOWN)
def test_what_is_not_there(client: Client, path: str) -> None:
    answer = client.get(f"/api/v1{path}")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
    problem = answer.json()
    assert problem["status"] == 404
    assert problem["instance"] == f"/api/v1{path}"
    assert problem["detail"]


@pytest.mark.parametrize("path", WRONG)
def test_what_cannot_be_asked(client: Client, path: str) -> None:
    answer = client.get(f"/api/v1{path}")
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert answer.json()["detail"]
    assert "etag" not in answer.headers


def test_a_parameter_that_is_wrong_is_named(client: Client) -> None:
    problem = client.get("/api/v1/costs/trend?days=x").json()
    assert problem["errors"][0]["parameter"] == "days"


def test_a_body_that_is_no_json_is_said_to_be_none(client: Client) -> None:
    answer = client.request("POST", "/api/v1/budgets/reserve", content=b'{"names": x}', headers=JSON)
    assert (answer.status_code, answer.json()["title"]) == (422, "Input not usable")
    assert answer.json()["detail"] == "The body is not JSON: expecting value, at character 11."
    answer = client.request("POST", "/api/v1/budgets/reserve", headers=JSON)
    assert answer.json()["detail"] == "The body is missing."
    assert answer.json()["errors"] == [{"parameter": "", "message": "The body is missing."}]


def test_what_is_wrong_with_a_body_as_a_whole_stands_without_a_name(client: Client) -> None:
    answer = client.request("POST", "/api/v1/budgets/settle", json={"id": "r1"})
    assert answer.status_code == 422
    assert answer.json()["detail"].lower().startswith("say one of ")
    answer = client.request("POST", "/api/v1/budgets/settle", json={"id": "r1", "cost": "x"})
    assert answer.json()["detail"].startswith("cost: ")


def test_a_body_that_is_no_query(client: Client) -> None:
    for body in (b"", b"[", b'{"limit": 0}', b'{"nonsense": 1}', b'{"filter": {"team": ["\\ud800"]}}'):
        answer = client.request("POST", "/api/v1/costs/query", content=body)
        assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")


def test_a_method_that_is_not_there(client: Client) -> None:
    answer = client.request("DELETE", "/api/v1/overview")
    assert (answer.status_code, answer.headers["content-type"]) == (405, "application/problem+json")


@pytest.mark.parametrize(
    ("error", "status"),
    [(NotFound("nothing allocated", hint="allocate"), 404), (Transient("busy"), 503), (Refused("no"), 409)],
)
def test_an_expected_error_has_its_own_status(
    asking: type[Client], company: SmallApp, error: Exception, status: int
) -> None:
    company.failure = error
    answer = asking(create_app(company)).get("/api/v1/overview")
    assert (answer.status_code, answer.json()["detail"]) == (status, error.message)


def test_a_fault_of_the_program_tells_nothing_of_itself(
    asking: type[Client], company: SmallApp, caplog: pytest.LogCaptureFixture
) -> None:
    company.failure = RuntimeError("secret path")
    answer = asking(create_app(company)).get("/api/v1/overview")
    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
    assert "secret" not in answer.text
    assert "secret path" in caplog.text
    assert answer.headers["x-content-type-options"] == "nosniff"
