"""Generated requests over the whole OpenAPI document, as everybody: none is a fault, none tells of others."""

from collections.abc import Mapping
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings

from apportion.access import SCOPES
from apportion.access.rules import RULES
from apportion.api import create_app
from planted import ALPHA, Planted
from unit.api.conftest import SmallApp


class Late:
    """An application that is made when the tests begin: what they ask is known before."""

    app: Any = None

    async def __call__(self, *given: Any) -> None:
        await self.app(*given)


SERVED = Late()
SCHEMA = schemathesis.openapi.from_dict(create_app(SmallApp()).openapi())
SCHEMA.app = SERVED
OPERATIONS = {found.ok().label: found.ok() for found in SCHEMA.get_all_operations()}
OFTEN, SELDOM = 6, 2
SLOW = {"log_in", "change_password", "add_person", "change_person", "get_plan"}
"""Hashes of passwords take their time, and so does an allocation."""


@pytest.fixture(scope="module")
def callers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Mapping[str, str]]:
    company = Planted(tmp_path_factory.mktemp("planted"))
    company.person("owner")
    SERVED.app = create_app(company.app)
    return {
        "owner": company.key(*SCOPES),
        "team": company.key("read", tenant=("team", ALPHA)),
        "customer": company.key("read", "spend", tenant=("customer", "alpha-customer")),
        "nobody": {},
    }


@pytest.mark.parametrize("label", OPERATIONS)
def test_whatever_is_asked_is_answered(callers: dict[str, Mapping[str, str]], label: str) -> None:
    operation = OPERATIONS[label]
    name = operation.definition.raw["operationId"]
    rule = RULES[name]
    for who, shown in callers.items():
        admitted = who == "owner" or who in rule.tenants
        _ask(operation, shown, who, often=admitted and name not in SLOW)


def _ask(operation: Any, shown: Mapping[str, str], who: str, *, often: bool) -> None:
    @settings(
        max_examples=OFTEN if often else SELDOM,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def check(case: schemathesis.Case) -> None:
        answer = case.call(base_url="http://127.0.0.1", headers={"Host": "127.0.0.1", **shown})
        assert answer.status_code < 500 or answer.status_code == 503, answer.text
        if who == "nobody":
            assert answer.status_code in (200, 401, 422)
        if who != "owner":
            assert "BRAVO" not in answer.text

    check()
