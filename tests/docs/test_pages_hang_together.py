"""Links lead somewhere, and every page can be found."""

import re
from pathlib import Path

import pytest
from docs_pages import DOCS, REPOSITORY, all_blocks, anchors, commands_in, name_of, pages

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")


def links(page: Path) -> list[str]:
    text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    return [link for link in LINK.findall(text) if "://" not in link and not link.startswith("mailto:")]


@pytest.mark.parametrize("page", pages(), ids=name_of)
def test_each_link_leads_to_a_file_and_a_heading_that_exist(page: Path) -> None:
    for link in links(page):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), f"{link} leads nowhere"
        assert not anchor or anchor in anchors(target), f"{link}: no such heading in {target.name}"


def test_the_index_leads_to_every_page_of_the_four_kinds() -> None:
    linked = {(DOCS / link.partition("#")[0]).resolve() for link in links(DOCS / "index.md")}
    kinds = ("start", "guides", "concepts", "reference")
    assert {page for kind in kinds for page in (DOCS / kind).glob("*.md")} <= linked


def test_every_make_target_that_a_page_names_exists() -> None:
    known = set(re.findall(r"^(\w+):", (REPOSITORY / "Makefile").read_text(), re.MULTILINE))
    named = {w[0] for block in all_blocks("bash") for w in commands_in(block.text, "make") if w}
    assert named <= known


def test_every_make_target_is_in_contributing_or_on_the_front_page() -> None:
    listed = re.findall(r"^(\w+):.*##", (REPOSITORY / "Makefile").read_text(), re.MULTILINE)
    text = "".join((REPOSITORY / name).read_text() for name in ("README.md", "CONTRIBUTING.md"))
    assert [target for target in listed if f"make {target}" not in text] == []


@pytest.mark.parametrize("page", pages(), ids=name_of)
def test_no_page_names_a_place_on_somebodys_machine(page: Path) -> None:
    assert not re.search(r"/(home|Users|root|tmp)/", page.read_text(encoding="utf-8"))
