"""The API against its own description: generated requests find no fault, and every answer has its shape."""

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from apportion.api import create_app
from unit.api.access_kept import StaysOpen
from unit.api.conftest import SmallApp


class Company(SmallApp):
    """Generated requests may add an owner; everybody may ask on nevertheless."""

    entrance = StaysOpen


APP = create_app(Company())
DOCUMENT = APP.openapi()
SCHEMA = schemathesis.openapi.from_dict(DOCUMENT)
SCHEMA.app = APP
OPERATIONS = {found.ok().label: found.ok() for found in SCHEMA.get_all_operations()}


@pytest.mark.parametrize("label", OPERATIONS)
def test_generated_requests_are_answered_as_described(label: str) -> None:
    @settings(max_examples=20, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(case=OPERATIONS[label].as_strategy())
    def check(case: schemathesis.Case) -> None:
        answer = case.call(base_url="http://127.0.0.1", headers={"Host": "127.0.0.1"})
        case.validate_response(answer, excluded_checks=[positive_data_acceptance])

    check()


def test_every_operation_is_described() -> None:
    operations = [one for path in DOCUMENT["paths"].values() for one in path.values()]
    assert len({one["operationId"] for one in operations}) == len(operations) >= 20
    for one in operations:
        assert one["summary"]
        assert one["description"]
        [done] = [status for status in one["responses"] if status.startswith("2")]
        written = one["responses"][done].get("content", {})
        assert written or done == "204"
        assert all(kind["schema"] for kind in written.values())


def test_errors_are_described_as_problems() -> None:
    responses = DOCUMENT["paths"]["/api/v1/costs/customers/{customer_id}"]["get"]["responses"]
    for status in ("404", "422"):
        assert set(responses[status]["content"]) == {"application/problem+json"}
    assert {"type", "title", "status", "detail", "instance"} <= set(
        DOCUMENT["components"]["schemas"]["Problem"]["properties"]
    )


def test_amounts_are_described_as_text() -> None:
    row = DOCUMENT["components"]["schemas"]["CustomerRow"]["properties"]
    assert (row["cost"]["type"], row["gross_margin"]["type"]) == ("string", "string")
