"""Spans from OTLP's JSON: ids in hex, enumerations as numbers or names, large numbers as strings."""

import base64
import binascii
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from apportion.core.errors import BadInput
from apportion.metering.otlp.building import CLIENT, Came, Resource, build
from apportion.metering.otlp.from_protobuf import STATUS, without_ids
from apportion.metering.otlp.span import Span

_HEX = re.compile(r"[0-9a-f]*")
_INTEGER = re.compile(r"-?\d{1,20}")


def from_json(body: bytes, refused: list[str] | None = None) -> list[Span]:
    """The spans of an export in JSON. Raises BadInput for what is none; see `read_spans` for `refused`."""
    try:
        request = json.loads(body)
    except (ValueError, RecursionError) as why:
        at = f"line {why.lineno}, column {why.colno}" if isinstance(why, json.JSONDecodeError) else "body"
        raise BadInput(
            "the body is no JSON", where=at, hint="Send OTLP as JSON, or protobuf as application/x-protobuf."
        ) from None
    if not isinstance(request, dict):
        raise _misshapen("body", "an object with resourceSpans")
    spans = []
    for group, where in _each(request, "resourceSpans", ""):
        resource = Resource.of(_pairs(_object(group, "resource", where), f"{where}.resource"), _plain)
        for scoped, inner in _each(group, "scopeSpans", f"{where}."):
            scope = _object(scoped, "scope", inner).get("name")
            for span, place in _each(scoped, "spans", f"{inner}."):
                found = _span(span, scope if isinstance(scope, str) else "", resource, place)
                if found is None:
                    without_ids(place, refused)
                else:
                    spans.append(found)
    return spans


def _each(holder: Mapping[str, Any], name: str, path: str) -> Iterator[tuple[dict[str, Any], str]]:
    """The objects of a list in `holder`, each with its place; a list left out or null is an empty one."""
    listed = holder.get(name)
    if listed is None:
        return
    if not isinstance(listed, list):
        raise _misshapen(path + name, "a list")
    for n, one in enumerate(listed):
        if not isinstance(one, dict):
            raise _misshapen(f"{path}{name}[{n}]", "an object")
        yield one, f"{path}{name}[{n}]"


def _object(holder: Mapping[str, Any], name: str, path: str) -> dict[str, Any]:
    found = holder.get(name)
    if found is not None and not isinstance(found, dict):
        raise _misshapen(f"{path}.{name}", "an object")
    return found or {}


def _misshapen(where: str, expected: str) -> BadInput:
    return BadInput(f"this has to be {expected}", where=where, hint="Send OTLP's JSON as exporters write it.")


def _span(span: dict[str, Any], scope: str, resource: Resource, where: str) -> Span | None:
    """None where it has no valid ids."""
    trace_id, span_id = _id(span.get("traceId"), 16), _id(span.get("spanId"), 8)
    if not trace_id or not span_id:
        return None
    code, kind = _object(span, "status", where).get("code"), span.get("kind")
    name = span.get("name")
    came = Came(
        trace_id,
        span_id,
        _id(span.get("parentSpanId"), 8) or "",
        scope,
        name if isinstance(name, str) else "",
        CLIENT if kind in (CLIENT, "SPAN_KIND_CLIENT") else 0,
        _whole(span.get("startTimeUnixNano")) or 0,
        _whole(span.get("endTimeUnixNano")) or 0,
        _status(code),
    )
    events = (pair for event, place in _each(span, "events", f"{where}.") for pair in _pairs(event, place))
    return build(came, _pairs(span, where), events, _plain, resource)


def _status(code: Any) -> str:
    if isinstance(code, str):
        return {"STATUS_CODE_OK": "ok", "STATUS_CODE_ERROR": "error"}.get(code, "")
    return STATUS.get(code, "") if isinstance(code, int) else ""


def _id(told: Any, size: int) -> str | None:
    """An id in lower-case hex: from hex, or from base64 as converters of protobuf write it; not all zero."""
    if not isinstance(told, str) or not told.strip("0"):
        return None
    lower = told.lower()
    if len(told) == 2 * size and _HEX.fullmatch(lower):
        return lower
    try:
        raw = base64.b64decode(told, validate=True)
    except (binascii.Error, ValueError):
        return None
    return raw.hex() if len(raw) == size and any(raw) else None


def _pairs(holder: Mapping[str, Any], where: str) -> Iterator[tuple[str, Any]]:
    for one, _ in _each(holder, "attributes", f"{where}."):
        key = one.get("key")
        if isinstance(key, str):
            yield key, one.get("value")


def _plain(value: Any, deepest: int = 8) -> Any:
    """Strings, numbers, yes and no; objects as dicts; lists and bytes tell nothing that is looked for."""
    if not isinstance(value, dict) or not deepest:
        return None
    if isinstance(string := value.get("stringValue"), str):
        return string
    if "intValue" in value:
        return _whole(value["intValue"])
    if isinstance(double := value.get("doubleValue"), int | float):
        return float(double) if abs(double) < 1e300 else None
    if isinstance(boolean := value.get("boolValue"), bool):
        return boolean
    return _object_of(value.get("kvlistValue"), deepest - 1)


def _object_of(inner: Any, deepest: int) -> dict[str, Any] | None:
    if not isinstance(inner, dict) or not isinstance(inner.get("values"), list):
        return None
    pairs = [one for one in inner["values"] if isinstance(one, dict) and isinstance(one.get("key"), str)]
    return {one["key"]: _plain(one.get("value"), deepest) for one in pairs}


def _whole(told: Any) -> int | None:
    if isinstance(told, str) and _INTEGER.fullmatch(told):
        told = int(told)
    if isinstance(told, bool) or not isinstance(told, int | float) or not abs(told) < 2**64:
        return None
    return int(told)
