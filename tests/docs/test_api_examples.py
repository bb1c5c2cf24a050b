"""The examples of the API reference are what the API answers for the company they are about."""

import json
import re
import urllib.request
from typing import Any, Literal
from urllib.parse import quote

import pytest
from docs_pages import DOCS
from pydantic import TypeAdapter

from apportion.access.audit import AuditList
from apportion.access.keys import Key, KeyList
from apportion.access.people import PersonList
from apportion.alerts.history import MessageList, OneMessage
from apportion.alerts.report import AlertList, OneAlert
from apportion.anomalies.chart import Point
from apportion.anomalies.report import AnomaliesReport
from apportion.api.routes.access import (
    ChangedPerson,
    LoggingIn,
    Me,
    NewEmbedToken,
    NewKey,
    NewPassword,
    NewPerson,
)
from apportion.api.routes.alerts import Muted, Taken, Unmuted
from apportion.api.routes.anomalies import Mark
from apportion.api.routes.budgets import AdjustBody
from apportion.api.routes.credits import Granted, PaidBack, Subscribed, TakenBack
from apportion.api.routes.usage import UsageBatch
from apportion.budgets.bodies import ReserveBody, SettleBody
from apportion.budgets.report import BudgetList, Checked, OneBudget
from apportion.credits.entitlements import Entitlements
from apportion.credits.page import UsagePage
from apportion.credits.report import CreditsList, OneAccount, PlanList
from apportion.economics.operations.margin import EarningGroup
from apportion.economics.operations.true_up import TruedProvider
from apportion.metering import Operation, Outcome

PAGE = (DOCS / "reference" / "api.md").read_text(encoding="utf-8")
EXAMPLES = {
    name: (method, address, json.loads(answer))
    for name, method, address, answer in re.findall(
        r"^### (.+?)\n.*?^```text\n(GET|POST) ([^\n]+)\n```\n\n```json\n(.*?)^```$",
        PAGE,
        re.DOTALL | re.MULTILINE,
    )
}
EXAMPLES_OF_BODIES = {
    "POST /usage": TypeAdapter(UsageBatch),
    "POST /operations": TypeAdapter(dict[Literal["operations"], list[Operation]]),
    "POST /operations/outcomes": TypeAdapter(dict[Literal["outcomes"], list[Outcome]]),
    "GET /operations/true-up": TypeAdapter(dict[Literal["providers"], list[TruedProvider]]),
    "GET /operations/margin": TypeAdapter(dict[Literal["groups"], list[EarningGroup]]),
    "GET /costs/anomalies": TypeAdapter(AnomaliesReport),
    "GET /costs/anomalies/{name}": TypeAdapter(dict[Literal["chart"], list[Point]]),
    "POST /costs/anomalies/{name}/state": TypeAdapter(Mark),
    "GET /alerts": TypeAdapter(AlertList),
    "GET /alerts/{alert_id}": TypeAdapter(OneAlert),
    "POST /alerts/{alert_id}/acknowledge": TypeAdapter(Taken),
    "POST /alerts/{alert_id}/mute": TypeAdapter(Muted),
    "POST /alerts/{alert_id}/unmute": TypeAdapter(Unmuted),
    "GET /alerts/messages": TypeAdapter(MessageList),
    "GET /alerts/messages/{message_id}": TypeAdapter(OneMessage),
    "POST /alerts/messages/{message_id}/retry": TypeAdapter(OneMessage),
    "POST /alerts/channels/{name}/test": TypeAdapter(OneMessage),
    "GET /access/me": TypeAdapter(Me),
    "POST /access/login": TypeAdapter(LoggingIn),
    "POST /access/logout": TypeAdapter(dict[str, str]),
    "POST /access/password": TypeAdapter(NewPassword),
    "GET /access/people": TypeAdapter(PersonList),
    "POST /access/people": TypeAdapter(NewPerson),
    "POST /access/people/{login}": TypeAdapter(ChangedPerson),
    "GET /access/keys": TypeAdapter(KeyList),
    "POST /access/keys": TypeAdapter(NewKey),
    "POST /access/keys/{key_id}/revoke": TypeAdapter(Key),
    "POST /access/embed-tokens": TypeAdapter(NewEmbedToken),
    "GET /audit": TypeAdapter(AuditList),
    "GET /budgets": TypeAdapter(BudgetList),
    "GET /budgets/check": TypeAdapter(Checked),
    "POST /budgets/reserve": TypeAdapter(ReserveBody),
    "POST /budgets/settle": TypeAdapter(SettleBody),
    "GET /budgets/{name}": TypeAdapter(OneBudget),
    "POST /budgets/{name}/adjust": TypeAdapter(AdjustBody),
    "GET /plans": TypeAdapter(PlanList),
    "GET /credits": TypeAdapter(CreditsList),
    "GET /credits/{customer}": TypeAdapter(OneAccount),
    "POST /credits/{customer}/grants": TypeAdapter(Granted),
    "POST /credits/{customer}/grants/{grant_id}/take-back": TypeAdapter(TakenBack),
    "POST /credits/{customer}/refunds": TypeAdapter(PaidBack),
    "POST /credits/{customer}/plan": TypeAdapter(Subscribed),
    "GET /entitlements/{customer}": TypeAdapter(Entitlements),
    "GET /customers/{customer}/usage": TypeAdapter(UsagePage),
    "POST /v1/traces": TypeAdapter(dict[Literal["resourceSpans"], list[None]]),
}
CHANGES = {"run_id", "loaded_at"}


def ask(address: str, body: object = None) -> Any:
    """What the server answers; `body` makes it a POST."""
    data = None if body is None else json.dumps(body).encode()
    place, _, query = address.partition("?")
    quoted = f"{place}?{quote(query, safe='=&,')}"
    request = urllib.request.Request(quoted, data, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as response:
        return json.load(response)


def missing(example: object, answer: object, path: str = "") -> str:
    """Where `answer` lacks what `example` shows, or ''; lists in examples may be shorter."""
    if isinstance(example, dict) and isinstance(answer, dict):
        for key, value in example.items():
            if key not in answer:
                return f"{path}.{key} is not there"
            if key not in CHANGES and (found := missing(value, answer[key], f"{path}.{key}")):
                return found
        return ""
    if isinstance(example, list) and isinstance(answer, list):
        for item in example:
            found = [missing(item, other, f"{path}[]") for other in answer]
            if "" not in found:
                return found[0] if found else f"{path} is empty"
        return ""
    return "" if example == answer else f"{path} is {answer!r}, not {example!r}"


@pytest.mark.slow
@pytest.mark.xdist_group("docs")
@pytest.mark.parametrize("name", EXAMPLES)
def test_the_example_of_a_route_is_what_it_answers(name: str, server: str) -> None:
    method, address, example = EXAMPLES[name]
    for kind, asked in (("load", "loads?kind=bill"), ("run", "runs")):
        if f"{{{kind}_id}}" in address:
            newest = ask(f"{server}/api/v1/{asked}")[f"{kind}s"][0]
            address = address.replace(f"{{{kind}_id}}", newest[f"{kind}_id"])
    if name.startswith(("GET /operations", "GET /rates")):  # about the one that the page posts
        ask(f"{server}/api/v1/operations", EXAMPLES["POST /operations"][2])
    if name in EXAMPLES_OF_BODIES:  # nothing of it is this company's
        EXAMPLES_OF_BODIES[name].validate_python(example)
    elif method == "POST":
        assert ask(server + address, example)["rows"][0]["keys"] == {"target": "acme"}
    else:
        assert missing(example, ask(server + address)) == ""


def test_every_route_has_an_example() -> None:
    assert list(EXAMPLES) == re.findall(r"^### (.+)$", PAGE, re.MULTILINE)
