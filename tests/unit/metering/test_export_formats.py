"""Operations written as CSV, JSON lines and InfluxDB's line protocol: nothing lost, nothing overwritten."""

import csv
import io
import json
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from apportion.ledger.schemas import OPERATIONS
from apportion.metering.export import CsvRows, JsonLines, Points, encoder
from apportion.metering.files import keep_file
from apportion.metering.service import Meter
from apportion.pricing import seeded
from operations import Kept

AT = datetime(2026, 10, 2, 9, 30, 0, 123456, tzinfo=UTC)


def record(name: str = "op-1", **more: Any) -> dict[str, Any]:
    """An operation as the view has it."""
    known = {
        "operation_id": name, "time": AT, "received": AT, "source": "api", "provider": "openai",
        "model": "gpt-4o", "customer": "acme", "input_tokens": 1000, "output_tokens": 200,
        "cost": Decimal("0.004500000000"), "currency": "USD", "price_state": "priced",
        "rate": "openai/gpt-4o#abc", "changed": 7, "period": "2026-10",
    }  # fmt: skip
    return {**dict.fromkeys(OPERATIONS), **known, **more}


def test_a_point_has_its_tags_its_fields_and_its_nanosecond() -> None:
    told = record(user="mia", success=True, latency_ms=812, dimensions={"ring": "canary"})
    line = Points().encode([told])
    assert re.fullmatch(
        r"operation,customer=acme,model=gpt-4o,provider=openai,ring=canary,source=api "
        r'operation_id="op-1",user="mia",price_state="priced",currency="USD",rate="openai/gpt-4o#abc",'
        r"input_tokens=1000i,output_tokens=200i,latency_ms=812i,cost=0.004500000000,"
        r"cost_units=4500000000i,success=true 1790933400123456\d{3}\n",
        line,
    )


def test_a_point_says_nothing_of_what_is_unknown() -> None:
    told = record(cost=None, price_state="unknown", rate="", input_tokens=None)
    line = Points().encode([told])
    assert "cost" not in line
    assert "input_tokens" not in line
    assert "output_tokens=200i" in line


@pytest.mark.parametrize(
    ("customer", "tag"),
    [
        ("acme, inc = one", r"customer=acme\,\ inc\ \=\ one"),
        ('say "hi"', r"customer=say\ \"hi\"".replace(r"\"", '"')),
        ("two\nlines", r"customer=two\ lines"),
        ("ends in \\", r"customer=ends\ in\ "),
        ("Zoë", "customer=Zoë"),
    ],
)
def test_tags_are_escaped(customer: str, tag: str) -> None:
    line = Points().encode([record(customer=customer)])
    assert f",{tag}," in line
    assert line.count("\n") == 1


def test_texts_in_fields_are_quoted() -> None:
    line = Points().encode([record(user='a "b" \\c\nd')])
    assert r'user="a \"b\" \\c d"' in line


def test_a_free_dimension_does_not_take_the_place_of_a_field() -> None:
    line = Points().encode([record(dimensions={"cost": "high", "_field": "x", "time": "noon"})])
    assert "dimension__field=x,dimension_cost=high,dimension_time=noon" in line


def moments(text: str) -> list[tuple[str, int]]:
    """What a point is known by: its tags and its nanosecond."""
    return [(line.partition(" ")[0], int(line.rpartition(" ")[2])) for line in text.splitlines()]


def test_no_point_overwrites_another_and_written_again_each_overwrites_itself() -> None:
    """More operations in one microsecond than it has nanoseconds."""
    told = [record(f"op-{n}", customer=f"c{n % 2}") for n in range(2_500)]
    told += [record(f"later-{n}", time=AT + timedelta(microseconds=1)) for n in range(500)]
    points = Points()
    once = moments(points.encode(told))
    assert len(set(once)) == 3_000
    assert moments(points.encode(told)) == once
    assert moments(Points().encode(told)) == once


def test_an_operation_has_its_moment_whoever_else_is_written() -> None:
    [alone] = moments(Points().encode([record("op-2")]))
    among = moments(Points().encode([record("op-1"), record("op-2"), record("op-3", customer="birch")]))
    assert among[1] == alone


def test_what_is_withdrawn_counts_for_nothing() -> None:
    points = Points()
    before = points.encode([record()])
    after = points.encode([record(price_state="withdrawn", cost=None)])
    assert moments(after) == moments(before)
    assert 'price_state="withdrawn"' in after
    assert "input_tokens=0i" in after
    assert "cost=0,cost_units=0i" in after


def test_csv_has_every_column_of_the_view_and_all_digits() -> None:
    rows = CsvRows()
    told = record(value=Decimal("1E-12"), batch=False, dimensions={"ring": "a,b"}, customer="=1+1")
    [row] = csv.DictReader(io.StringIO(rows.head() + rows.encode([told])))
    assert list(row) == list(OPERATIONS)
    assert (row["cost"], row["value"], row["batch"]) == ("0.004500000000", "0.000000000001", "false")
    assert (row["time"], row["team"]) == ("2026-10-02T09:30:00.123456+00:00", "")
    assert (json.loads(row["dimensions"]), row["customer"]) == ({"ring": "a,b"}, "=1+1")


def test_json_says_what_is_known() -> None:
    found = json.loads(JsonLines().encode([record(batch=False, dimensions={"ring": "x"})]))
    assert (found["cost"], found["batch"], found["dimensions"]) == ("0.004500000000", False, {"ring": "x"})
    assert "team" not in found


@pytest.mark.parametrize("form", ["csv", "json"])
def test_what_is_written_can_be_imported_again(form: str, kept: Kept, tmp_path: Path) -> None:
    known = {
        "plan": "pro", "team": "core", "batch": True, "requests": 3, "cache_read_tokens": 600,
        "latency_ms": 812, "units": Decimal("1.500000000000"), "unit": "ticket", "success": False,
        "value": Decimal("0.900000000000"), "reported_cost": Decimal("0.004000000000"), "trace_id": "t",
        "dimensions": {"ring": "canary", "a b": "c,d"}, "prompt_hash": "abc=", "gpu_seconds": None,
    }  # fmt: skip
    told = record(**known)
    write = encoder(form)
    path = tmp_path / f"operations.{write.ending}"
    path.write_text(write.head() + write.encode([told]), encoding="utf-8")
    receipt = keep_file(Meter(kept.store, seeded(), lambda: AT), path)
    assert (receipt.accepted, receipt.rejected) == (1, [])
    ours = {"received", "source", "changed", "cost", "rate"}
    names = [name for name in OPERATIONS if name not in ours]
    [found] = kept.shown(*(f'"{name}"' for name in names))
    assert dict(zip(names, found, strict=True)) == {name: told[name] for name in names}


def test_times_in_whole_seconds_leave_the_whole_second_to_tell_operations_apart() -> None:
    told = [record(f"op-{n}", time=AT.replace(microsecond=0)) for n in range(2_000)]
    alone = [moments(Points().encode([one]))[0] for one in told]
    assert len(set(alone)) == 2_000  # each by itself, as after a restart
