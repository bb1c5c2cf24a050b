"""The pages on the SDK: what they tell a reader to type works, and every public name has its place."""

import gc
import inspect
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from model_upstream import Upstream
from operations_receiver import Receiver

import apportion_sdk
from apportion_sdk.operation import CONTEXT, FIELDS

DOCS = Path(__file__).parents[2] / "docs"
GUIDE = (DOCS / "guides" / "sdk.md").read_text(encoding="utf-8")
REFERENCE = (DOCS / "reference" / "sdk.md").read_text(encoding="utf-8")


def examples(marker: str) -> str:
    """The Python of a page, in order, as one program."""
    blocks = re.findall(rf"<!-- {marker} -->\n```python\n(.*?)^```$", GUIDE, re.DOTALL | re.MULTILINE)
    assert blocks
    return "\n".join(blocks).replace("http://127.0.0.1:8080", os.environ["APPORTION_URL"])


@pytest.fixture
def surroundings(receiver: Receiver, upstream: Upstream, monkeypatch: pytest.MonkeyPatch) -> Receiver:
    """A reader's environment, in which models and Apportion are near."""
    monkeypatch.setattr("apportion_sdk.default._held", {})
    for name, value in {
        "APPORTION_URL": receiver.url, "OPENAI_BASE_URL": f"{upstream.url}/v1", "OPENAI_API_KEY": "k",
        "OPENAI_API_BASE": f"{upstream.url}/v1", "ANTHROPIC_BASE_URL": upstream.url, "ANTHROPIC_API_KEY": "k",
        "OLLAMA_HOST": upstream.url, "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    return receiver


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_the_examples_of_the_guide_work(surroundings: Receiver, capsys: pytest.CaptureFixture[str]) -> None:
    exec(compile(examples("sdk"), "sdk.md", "exec"), {})
    assert capsys.readouterr().out.startswith("1\n")
    assert apportion_sdk.flush()
    operations = list(surroundings.operations.values())
    assert [one.get("customer") for one in operations] == ["acme"] * 10
    assert [one.get("feature") for one in operations if one.get("feature")] == [
        "summaries", "summaries", "summaries", "summaries", "answers", "tags", "summaries",
    ]  # fmt: skip
    assert {one["environment"] for one in operations} == {"production"}
    assert surroundings.outcomes == [
        {"id": operations[-1]["id"], "success": True, "value": "0.9", "units": "1", "unit": "summary"}
    ]
    assert apportion_sdk.stats()["left_out"] == 0
    apportion_sdk.close()
    gc.collect()  # the clients that a reader leaves open, within this test


@pytest.mark.slow
def test_the_example_with_litellm_works(surroundings: Receiver) -> None:
    program = "import apportion_sdk\nfrom apportion_sdk import context\n" + examples("sdk: litellm")
    subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, timeout=60)
    assert surroundings.only()["customer"] == "acme"
    assert surroundings.only()["feature"] == "answers"


def headings() -> set[str]:
    return set(re.findall(r"^### (\S+)$", REFERENCE, re.MULTILINE))


def rows(heading: str) -> set[str]:
    """Names in the first cells of the table below a heading."""
    table = REFERENCE.split(f" {heading}\n", 1)[1].split("\n#", 1)[0]
    cells = re.findall(r"^\| ([^|]+) \|", table, re.MULTILINE)
    return {name.partition("(")[0] for cell in cells for name in re.findall(r"`([^`]+)`", cell)}


def test_every_public_name_is_in_the_reference_and_no_other() -> None:
    assert headings() == set(apportion_sdk.__all__) - {"__version__"} | {"ApportionLogger"}


def test_every_option_of_the_client_is_in_the_reference_with_its_default() -> None:
    options = dict(inspect.signature(apportion_sdk.Client).parameters)
    assert rows("Client") == set(options)
    for name, option in options.items():
        if option.default not in (None, inspect.Parameter.empty):
            shown = f"{option.default:,}" if isinstance(option.default, int) else str(option.default)
            shown = str(option.default) if isinstance(option.default, bool) else shown
            assert re.search(rf"\| `{name}` \| `?{re.escape(shown)}`? \|", REFERENCE), name


def test_every_count_and_every_field_is_in_the_reference() -> None:
    assert rows("Stats") == set(apportion_sdk.Stats.__annotations__)
    assert rows("Fields of a context") == CONTEXT
    assert rows("Fields") == FIELDS - CONTEXT
