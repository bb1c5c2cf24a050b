"""Answers and exports of OpenCost, broken in every way, and what reading one may come to."""

import gzip
import json
from copy import deepcopy
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import strategies as st

from apportion.connectors.contract import SourceFile
from apportion.connectors.opencost import Wanted, read_allocations
from apportion.core.errors import ApportionError
from fuzz.files import damaged
from fuzz.judging import in_time, judge_words
from fuzz.values import JSONS, NUMBERS, TEXTS, TIMES

WANTED = Wanted("totalCost", {"team": "label:team", "service": "controller", "namespace": "namespace"})
ALLOCATION = {
    "name": "one/shop/deployment/web",
    "properties": {"cluster": "one", "namespace": "shop", "controller": "web", "labels": {"team": "core"}},
    "window": {"start": "2026-09-01T00:00:00Z", "end": "2026-09-03T00:00:00Z"},
    "start": "2026-09-01T00:00:00Z",
    "end": "2026-09-03T00:00:00Z",
    "totalCost": 1.5,
}
HEADER = ["Window Start", "Namespace", "Controller", "label:team", "Total Cost"]
_ANY: st.SearchStrategy[Any] = st.one_of(
    *map(st.sampled_from, (NUMBERS, TIMES, TEXTS)),
    st.sampled_from(JSONS[:20]),
    st.sampled_from([None, True, 0, -1, 1e300, 10**400, [], {}, [None], {"a": []}]),
)


@st.composite
def allocations(draw: st.DrawFn) -> tuple[str, bytes]:
    """Name and bytes of a file."""
    if draw(st.booleans()):
        name, content = "bill.json", draw(_answers())
    else:
        name, content = "bill.csv", draw(_exports())
    if draw(st.integers(0, 5)) == 5:
        name, content = f"{name}.gz", gzip.compress(content, mtime=0)
    return name, draw(damaged(content)) if draw(st.integers(0, 3)) == 3 else content


@st.composite
def _answers(draw: st.DrawFn) -> bytes:
    answer: Any = {"code": 200, "data": [{"a": dict(ALLOCATION), "__idle__": dict(ALLOCATION)}]}
    answer = json.loads(json.dumps(answer))
    for _ in range(draw(st.integers(0, 3))):
        _replace(answer, draw)
    if draw(st.integers(0, 15)) == 15:
        return b'{"data":' + b"[" * 100_000
    return json.dumps(answer).encode("utf-8", "replace")


def _replace(inside: Any, draw: st.DrawFn) -> None:
    """Put something else in the place of a value at any depth."""
    while True:
        keys = list(inside) if isinstance(inside, dict) else range(len(inside))
        if not keys:
            return
        key = draw(st.sampled_from(keys))
        if isinstance(inside[key], dict | list) and inside[key] and draw(st.integers(0, 3)):
            inside = inside[key]
            continue
        if isinstance(inside, dict) and draw(st.integers(0, 4)) == 4:
            del inside[key]
        else:
            inside[key] = deepcopy(draw(_ANY))  # what is drawn is shared by all examples
        return


@st.composite
def _exports(draw: st.DrawFn) -> bytes:
    header = [*HEADER]
    row = ["2026-09-01T00:00:00Z", "shop", "web", "core", "1.5"]
    for _ in range(draw(st.integers(0, 2))):
        row[draw(st.integers(0, 4))] = str(draw(_ANY))
    if draw(st.integers(0, 4)) == 4:
        header[draw(st.integers(0, 4))] = draw(st.sampled_from(TEXTS))
    quoted = draw(st.booleans())
    lines = [",".join(f'"{c}"' if quoted else c for c in cells) for cells in (header, row, row)]
    return draw(st.sampled_from(["\n", "\r\n", "\r"])).join(lines).encode("utf-8", "replace")


def judge_allocations(name: str, content: bytes) -> str:
    """'loaded' or the class of the error; AssertionError where it says too little."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        file = SourceFile(path, name, len(content))
        try:
            found = in_time(lambda: list(read_allocations(file, WANTED)))
        except ApportionError as why:
            judge_words(why, name)
            return type(why).__name__
        assert all(isinstance(s.time, str) and isinstance(s.quantity, str) for s in found)
        return "loaded"
