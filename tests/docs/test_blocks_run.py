"""What the pages tell a reader to type works, and prints what they promise."""

import os
import re
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from docs_pages import DOCS, REPOSITORY, Block, all_blocks, blocks, name_of, pages

from apportion import focus
from apportion.allocation.dimensions import Compiler
from apportion.allocation.following import Following
from apportion.allocation.nodes import Map
from apportion.allocation.reachable import check_reachable
from apportion.allocation.shares import Setting, weights_of
from apportion.engine import connect
from apportion.workspace import parse
from conftest import EXAMPLE, environment, follow

BASE = {
    "measures": "measures:\n"
    "  requests: {location: r.csv, dimensions: {customer: c, service: s, team: t}}\n"
    "  storage: {location: s.csv, dimensions: {customer: c, service: s}}\n"
    "  calls: {location: c.csv, dimensions: {caller: s, service: t}}\n",
    "dimensions": "dimensions: {customer: [{tag: c}], service: [{tag: s}], environment: [{tag: e}], team: [{tag: t}]}\n",
}
STARTS = (REPOSITORY / "README.md", DOCS / "start" / "your-own-bill.md")
AFTER_SHARED_COST = [
    page
    for page in pages()
    if page not in STARTS
    and page.name != "shared-cost.md"
    and any(b.marker == "runnable" for b in blocks(page))
]

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("docs")]


@pytest.mark.parametrize("page", STARTS, ids=name_of)
def test_the_first_five_minutes_work_on_a_bill_of_ones_own(page: Path, tmp_path: Path) -> None:
    shutil.copy(EXAMPLE / "bill-2026-09.csv", tmp_path / "bill.csv")
    follow(page, tmp_path)


def test_the_guide_on_shared_cost_ends_with_every_customer_attributed(attributed: Path) -> None:
    assert (attributed / "juniper" / "ledger" / "allocations").is_dir()


@pytest.mark.parametrize("page", AFTER_SHARED_COST, ids=name_of)
def test_the_other_pages_work_from_there(page: Path, reader: Callable[[Path], None]) -> None:
    reader(page)


@pytest.mark.parametrize("block", [b for b in all_blocks("python") if b.marker == "python"], ids=str)
def test_python_examples_run(block: Block, attributed: Path, tmp_path: Path) -> None:
    folder = tmp_path / "reader"
    shutil.copytree(attributed, folder)
    done = subprocess.run(
        [sys.executable, "-c", block.text],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == "2 customers cost more than they pay: Acme Bookshops, Cedar Reading Room\n"


def test_serve_answers_on_this_machine_as_the_front_page_says(server: str) -> None:
    with urllib.request.urlopen(f"{server}/api/v1/health", timeout=5) as response:
        assert b'"status":"ok"' in response.read()


def test_make_demo_runs_the_command_that_first_steps_describes() -> None:
    recipe = (REPOSITORY / "Makefile").read_text().split("\ndemo:")[1].split("\n\n")[0]
    assert "apportion demo --workspace $(DEMO) --port $(PORT)" in recipe
    said = subprocess.run(
        [Path(sys.executable).with_name("apportion"), "demo", "--help"],
        env={**os.environ, **environment()}, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert "--no-serve" in said


@pytest.mark.parametrize("block", all_blocks("yaml"), ids=str)
def test_yaml_examples_are_workspace_files(block: Block, tmp_path: Path) -> None:
    text = block.text
    if block.marker == "yaml: rule":
        text = "perspectives:\n  customer:\n    to: customer\n    rules:\n"
        text += "".join(f"      {line}\n" for line in block.text.splitlines())
    if block.marker in ("yaml: part", "yaml: rule"):
        text += "".join(part for name, part in BASE.items() if name not in yaml.safe_load(text))
    found = parse(text)
    (tmp_path / "accounts.csv").write_text("account,team\n444455556666,platform\n")
    for file in (b for b in blocks(block.page) if re.fullmatch(r"file: \S+\.csv", b.marker)):
        (tmp_path / Path(file.marker).name).write_text(file.text)
    Compiler(focus.charge_columns(), [], tmp_path).compile(found.rule_set())
    for name, perspective in found.perspectives.items():
        check_reachable(name, perspective.rules)
        graph = Map(name, perspective, list(found.dimensions), focus.charge_columns(), currencies=1)
        Following(connect(), graph)
        has = {measure: list(settings.dimensions) for measure, settings in found.measures.items()}
        for rule in perspective.rules:
            for driver in rule.drivers:
                weights_of(
                    rule, driver, Setting(graph.to(rule), 0, has, customer_table=True, where=rule.name)
                )
