"""What an application may say of an operation, well or badly, and what of it is sent."""

import json
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from operations_receiver import SCHEMA, Receiver

from apportion.metering.operation import Operation
from apportion_sdk import Client
from apportion_sdk.operation import FIELDS, fit


def sent(**fields: Any) -> dict[str, Any]:
    """What is sent of `fields`; it has to fit the server's schema."""
    kept = fit({"id": "op-1", **fields}, lambda _name, _reason: None)
    SCHEMA.validate_json(json.dumps(kept))
    assert kept.pop("id") == "op-1"
    return kept


def test_the_fields_are_those_of_the_server() -> None:
    assert set(Operation.__annotations__) == FIELDS | {"id", "requests"}  # a call of an application is one


@pytest.mark.parametrize(
    ("field", "value", "kept"),
    [
        ("customer", "  acme ", "acme"),
        ("customer", 42, "42"),
        ("user", UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        ("value", 0.1, "0.1"),
        ("value", Decimal("1E+3"), "1000"),
        ("value", -1, "-1"),
        ("units", "0.1234567890123", "0.123456789012"),
        ("latency_ms", 12.7, 13),
        ("time", datetime(2026, 9, 30, 15, tzinfo=timezone(timedelta(hours=2))), "2026-09-30T13:00:00Z"),
        ("time", datetime(2026, 9, 30, 13), "2026-09-30T13:00:00Z"),  # noqa: DTZ001 (taken as UTC)
        ("batch", False, False),
        ("output_tokens", 0, 0),
    ],
)
def test_a_value_is_sent_as_the_schema_has_it(field: str, value: object, kept: object) -> None:
    assert sent(**{field: value}) == {field: kept}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("customer", None), ("customer", ""), ("customer", "   "), ("customer", "x" * 201), ("customer", True),
        ("customer", object()), ("customer", "\ud800"), ("input_tokens", -1), ("input_tokens", 1.5),
        ("input_tokens", True), ("input_tokens", "12"), ("value", "much"), ("value", float("nan")),
        ("value", Decimal("Infinity")), ("value", 10**12), ("latency_ms", -1), ("latency_ms", "soon"),
        ("time", "yesterday"), ("success", "yes"), ("prompt_hash", "no hash!"), ("prompt_hash", 5),
        ("dimensions", 1.5j), ("dimensions", {"a": object()}),
    ],
)  # fmt: skip
def test_what_cannot_be_sent_is_left_out_and_the_rest_arrives(field: str, value: object) -> None:
    assert sent(**{field: value, "model": "m"}) == {"model": "m"}


def test_a_name_that_is_no_field_is_kept_as_a_dimension() -> None:
    assert sent(custmer="acme", dimensions={"shop": "eu", "beta": True, "share": 0.5}) == {
        "dimensions": {"shop": "eu", "beta": "True", "share": "0.5", "custmer": "acme"}
    }


def test_dimensions_beyond_thirty_are_left_out() -> None:
    assert len(sent(dimensions={f"d{n}": "x" for n in range(40)})["dimensions"]) == 30


def test_parts_larger_than_their_whole_are_left_out() -> None:
    assert sent(input_tokens=10, cache_read_tokens=8, cache_write_tokens=3, output_tokens=1, reasoning_tokens=5) == {
        "input_tokens": 10, "output_tokens": 1,
    }  # fmt: skip


anything = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=250), st.decimals(), st.datetimes(),
    st.binary(max_size=5), st.lists(st.integers(), max_size=2), st.uuids(),
    st.dictionaries(st.text(max_size=5), st.one_of(st.text(max_size=5), st.integers(), st.binary()), max_size=3),
)  # fmt: skip


@given(st.dictionaries(st.sampled_from(sorted(FIELDS)), anything, max_size=8))
def test_whatever_is_said_the_server_takes_what_is_sent(fields: dict[str, Any]) -> None:
    sent(**fields)


@given(st.dictionaries(st.text(max_size=10), anything, max_size=4), anything)
def test_track_never_raises(fields: dict[str, Any], key: Any) -> None:
    client = Client("http://127.0.0.1:9", enabled=False)
    assert client.track(fields, id=key)


def test_an_id_that_cannot_be_one_is_replaced(client: Client, receiver: Receiver) -> None:
    key = client.track(id="x" * 300, customer="acme")
    assert client.flush()
    assert receiver.only()["id"] == key
    assert client.stats()["left_out"] == 1


def test_a_mapping_will_do_and_keywords_add_to_it(client: Client, receiver: Receiver) -> None:
    assert client.track({"id": "op-1", "customer": "acme", "model": "m"}, model="n") == "op-1"
    assert client.flush()
    assert (receiver.only()["customer"], receiver.only()["model"]) == ("acme", "n")


def test_the_operation_is_what_it_was_when_it_was_told(client: Client, receiver: Receiver) -> None:
    dimensions = {"a": "1"}
    client.track(dimensions=dimensions)
    dimensions["a"] = "2"
    assert client.flush()
    assert receiver.only()["dimensions"] == {"a": "1"}
