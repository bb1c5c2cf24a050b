"""apportion.yaml: what it says, and where it is wrong."""

from importlib.resources import files
from pathlib import Path

import pytest

from apportion.core.errors import BadInput, NotFound
from apportion.workspace import parse, read_text


def mistake(text: str) -> str:
    with pytest.raises(BadInput) as caught:
        parse(text)
    return str(caught.value)


def test_the_starter_is_valid_and_has_both_perspectives() -> None:
    starter = files("apportion").joinpath("starter.yaml").read_text("utf-8")
    assert set(parse(starter).perspectives) == {"customer", "team"}


def test_an_empty_file_is_a_workspace() -> None:
    assert parse("").reporting.currency == "USD"


def test_a_folder_without_the_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="apportion init"):
        read_text(tmp_path)


def test_a_key_that_stands_twice_is_refused() -> None:
    assert "line 3: 'team' stands twice" in mistake("dimensions:\n  team: []\n  team: []\n")


def test_every_mistake_is_named_with_its_line() -> None:
    said = mistake("company: x\nsources:\n  aws: {conector: focus}\nreporting: {currency: dollars}\n")
    assert "line 3: sources.aws: connector 'focus' has no setting 'conector'" in said
    assert "line 4: reporting.currency" in said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: [", "is not YAML"),
        ("just text", "should be settings"),
        ("dimensions:\n  team:\n    - account: {'1': x}\n      tag: y\n", "exactly one of tag, account"),
        ("dimensions:\n  team:\n    - account: {123456789012: x}\n", "need quotes"),
        ("reporting: {time_zone: Mars/Base}", "not a time zone"),
        ("dimensions: {Team: []}", "cannot be a name"),
        (
            "perspectives:\n  c:\n    to: customer\n    rules:\n    - {name: x, match: {a: b}, method: fixed}",
            "needs `shares`",
        ),
        (
            "perspectives:\n  c:\n    to: c\n    rules:\n    - {name: x, match: {a: b}, method: proportional, measure: m}",
            "there is no measure 'm'",
        ),
    ],
)
def test_what_cannot_be_used_says_why(text: str, said: str) -> None:
    assert said in mistake(text)


def test_access_says_how_a_place_is_reached() -> None:
    source = parse(
        'sources: {a: {location: "s3://bills", access: {region: eu-west-1, anonymous: true}}}'
    ).sources["a"]
    assert source.access == {"region": "eu-west-1", "anonymous": "true"}


def test_a_secret_has_no_place_in_the_file() -> None:
    said = mistake('sources:\n  a:\n    location: "s3://bills"\n    access: {secret_access_key: c2VjcmV0}\n')
    assert "line 4: sources.a.access: 'secret_access_key' looks like a secret" in said
    assert "environment" in said
    assert "c2VjcmV0" not in said
