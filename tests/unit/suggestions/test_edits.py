"""A change to apportion.yaml adds lines where they belong and leaves every other line as it was."""

import subprocess
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from apportion.core.errors import Refused
from apportion.suggestions.edits import Edit, Insert, Put, applied, changed, unified
from apportion.suggestions.yaml_text import block

WRITTEN = """\
# Ours since 2024.
company:   Juniper     # three spaces, as I like them

dimensions:
  team:
  - {tag: [team, owner]}   # a list at the key's own column
  service: [{tag: app}]

perspectives:
  team:
    to: team
    rules:
      # The first.
      - {name: owned, match: {team: "*"}, method: direct}
      #  - {name: perhaps, match: {team: core}, method: even}
# The end.
"""


def added(edit: Edit, text: str = WRITTEN) -> list[str]:
    """The lines that an edit adds; it takes none away."""
    after = applied(text, [edit])
    lines = unified(text, after, lines=0).splitlines()[2:]
    assert not [line for line in lines if line.startswith("-")]
    return [line[1:] for line in lines if line.startswith("+")]


def test_an_answer_joins_a_list_in_the_layout_of_the_list() -> None:
    assert added(Insert(("dimensions", "team"), {"account": {"0042": "core"}})) == [
        '  - {account: {"0042": core}}'
    ]


def test_a_rule_goes_to_the_end_of_its_list_or_before_the_first_and_its_comment() -> None:
    rule = {"name": "rest", "match": {"team": "(none)"}, "method": "even"}
    path = ("perspectives", "team", "rules")
    line = "      - {name: rest, match: {team: (none)}, method: even}"
    assert added(Insert(path, rule)) == [line]
    first = applied(WRITTEN, [Insert(path, rule, first=True)])
    assert first.index(line) < first.index("# The first.")
    assert first.index("# The first.") < first.index("owned")


def test_a_list_on_one_line_grows_on_its_line() -> None:
    after = applied(WRITTEN, [Insert(("dimensions", "service"), {"tag": "svc"})])
    assert "  service: [{tag: app}, {tag: svc}]\n" in after


def test_a_setting_joins_an_answer_on_its_line_and_the_comment_stays() -> None:
    after = applied(WRITTEN, [Put(("dimensions", "team", 0), "case", "lower")])
    assert "  - {tag: [team, owner], case: lower}   # a list at the key's own column\n" in after


def test_what_is_missing_on_the_way_is_made() -> None:
    rule = {"name": "tagged", "match": {"customer": "*"}, "method": "direct"}
    assert added(Put(("perspectives",), "customer", {"to": "customer", "rules": [rule]}))[:3] == [
        "  customer:",
        "    to: customer",
        "    rules:",
    ]
    empty = applied("company: x\nperspectives:\n  # none yet\n", [Put(("perspectives",), "a", {"to": "b"})])
    assert yaml.safe_load(empty) == {"company": "x", "perspectives": {"a": {"to": "b"}}}
    assert "# none yet" in empty
    assert yaml.safe_load(applied("", [Insert(("dimensions", "team"), {"tag": "t"})])) == {
        "dimensions": {"team": [{"tag": "t"}]}
    }


def test_lines_end_as_the_file_s_lines_end() -> None:
    after = applied(WRITTEN.replace("\n", "\r\n"), [Insert(("dimensions", "team"), {"tag": "t"})])
    assert "\n" not in after.replace("\r\n", "")


def test_a_long_rule_is_broken_within_the_width_of_a_line() -> None:
    services = [f"service-number-{n}" for n in range(20)]
    rule = {
        "name": "by requests",
        "match": {"service": services},
        "method": "proportional",
        "measure": "requests",
    }
    lines = added(Insert(("perspectives", "team", "rules"), rule))
    assert max(map(len, lines)) <= 110
    assert len(lines) > 3


def test_account_ids_stay_text() -> None:
    assert block({"account": {"041877203316": "no", "12": "on"}}, 0) == [
        'account: {"041877203316": "no", "12": "on"}'
    ]


def test_patch_takes_the_diff(tmp_path: Path) -> None:
    text = WRITTEN.removesuffix("\n")  # without an end of line, too
    after = applied(
        text, [Insert(("dimensions", "team"), {"tag": "t"}), Put((), "limits", {"rejected_rows": 2})]
    )
    (tmp_path / "apportion.yaml").write_text(text)
    subprocess.run(["patch", "-p0", "-s"], input=unified(text, after), cwd=tmp_path, check=True, text=True)
    assert (tmp_path / "apportion.yaml").read_text() == after


def test_a_layout_that_defeats_the_edit_is_refused_with_what_to_write() -> None:
    shared = "dimensions:\n  team: &answers\n    - {tag: team}\n  owner: *answers\n"
    with pytest.raises(Refused, match="laid out") as refused:
        applied(shared, [Insert(("dimensions", "owner"), {"tag": "owner"})])
    assert "dimensions.owner: {tag: owner}" in refused.value.hint


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1, max_size=12)
VALUES = st.recursive(
    TEXTS | st.integers() | st.booleans(),
    lambda inner: (
        st.lists(inner, min_size=1, max_size=3) | st.dictionaries(TEXTS, inner, min_size=1, max_size=3)
    ),
    max_leaves=8,
)


@settings(deadline=None)
@given(st.dictionaries(TEXTS, VALUES, min_size=1, max_size=3))
def test_any_value_reads_back_as_it_was(value: dict[str, object]) -> None:
    assert yaml.safe_load("\n".join(block(value, 2))) == value


@settings(deadline=None)
@given(st.sampled_from([("team",), ("service",), ("new",)]), VALUES, st.booleans())
def test_any_answer_lands_where_it_should(path: tuple[str], value: object, first: bool) -> None:
    edit = Insert(("dimensions", *path), {"value": value}, first=first)
    assert yaml.safe_load(applied(WRITTEN, [edit])) == changed(yaml.safe_load(WRITTEN), edit)
