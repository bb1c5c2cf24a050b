"""The examples of the API reference are what the API answers for the company they are about."""

import json
import re
from pathlib import Path

import pytest
from docs_pages import DOCS
from starlette.testclient import TestClient

from apportion.api import create_app

PAGE = (DOCS / "reference" / "api.md").read_text(encoding="utf-8")
EXAMPLES = {
    name: (method, address, json.loads(answer))
    for name, method, address, answer in re.findall(
        r"^### (.+?)\n.*?^```text\n(GET|POST) (\S+)\n```\n\n```json\n(.*?)^```$",
        PAGE,
        re.DOTALL | re.MULTILINE,
    )
}
CHANGES = {"run_id", "loaded_at"}


@pytest.fixture(scope="module")
def client(attributed: Path) -> TestClient:
    from apportion.app import App

    return TestClient(create_app(App(attributed / "juniper")), base_url="http://127.0.0.1")


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
@pytest.mark.parametrize("name", EXAMPLES)
def test_the_example_of_a_route_is_what_it_answers(name: str, client: TestClient) -> None:
    method, address, example = EXAMPLES[name]
    for kind in ("load", "run"):
        if f"{{{kind}_id}}" in address:
            listed = client.get(f"/api/v1/{kind}s").json()[f"{kind}s"]
            bill = next(r for r in listed if r.get("connector", "focus") == "focus")
            address = address.replace(f"{{{kind}_id}}", bill[f"{kind}_id"])
    if method == "POST":
        answer = client.post(address, json=example)
        assert answer.json()["rows"][0]["keys"] == {"target": "acme"}
        return
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    assert missing(example, answer.json()) == ""


def test_every_route_has_an_example() -> None:
    assert list(EXAMPLES) == re.findall(r"^### (.+)$", PAGE, re.MULTILINE)
