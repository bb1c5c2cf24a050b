"""How AWS lays out its exports: a manifest for each billing period names the files of its newest version."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from apportion.connectors.contract import Offer
from apportion.connectors.exports import by_folder, month_of, offer
from apportion.connectors.stores import Store, Stored
from apportion.core.errors import ApportionError, BadInput

_MANIFEST = "manifest.json"
_DATA = (".csv", ".csv.gz", ".gz", ".parquet")
_VERSION = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|20\d{6}T\d{6}.*|20\d\d-\d\d-\d\dT\d\d.*", re.IGNORECASE)


@dataclass(frozen=True)
class _Manifest:
    """One manifest: `names` are full names of its files, with bucket and prefix; or why it cannot be used."""

    stored: Stored
    export: str
    period: str
    names: tuple[str, ...]
    problem: ApportionError | None = None


def offers(store: Store, listed: Sequence[Stored]) -> list[Offer]:
    """The newest complete version of each billing period below a store's root.

    By manifests where there are any; else by the month in the folders' names. BadInput where several exports
    lie there, for each holds the whole bill.
    """
    found = list(_manifests(store, listed))
    exports = sorted({m.export for m in found if m.export})
    if len(exports) > 1:
        raise BadInput(
            f"{len(exports)} exports lie here: {', '.join(exports)}. Each has the whole bill.",
            where=store.place,
            hint=f"Let the location name one of them, such as {store.place.rstrip('/')}/{exports[0]}/.",
        )
    if any(m.names for m in found) or any(not m.export for m in found):
        return [
            _newest([m for m in found if m.period == p], listed) for p in sorted({m.period for m in found})
        ]
    return [_latest_version(o) for o in by_folder([s for s in listed if s.key.lower().endswith(_DATA)])]


def _manifests(store: Store, listed: Sequence[Stored]) -> Iterator[_Manifest]:
    for stored in listed:
        if not stored.key.lower().endswith(_MANIFEST):
            continue
        try:
            content = _content(store, stored)
        except ApportionError as why:
            if not month_of(stored.key):
                raise
            yield _Manifest(stored, "", month_of(stored.key), (), why)
            continue
        named = content.get("reportKeys") or content.get("dataFiles")
        names = tuple(map(str, named)) if isinstance(named, list) else ()
        period = _period(content) or month_of(stored.key)
        if period:
            problem = None if names else _half_written(store, stored, "names no files")
            yield _Manifest(stored, _export(content, stored), period, names, problem)


def _content(store: Store, stored: Stored) -> Mapping[str, Any]:
    try:
        content = json.loads(store.read(stored.key))
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        raise _half_written(store, stored, "is no JSON object")
    return content


def _half_written(store: Store, stored: Stored, what: str) -> BadInput:
    return BadInput(
        f"This manifest {what}.",
        where=f"{store.place}: {stored.key}",
        hint="It may be half written: try again when the export has finished.",
    )


def _period(content: Mapping[str, Any]) -> str:
    span = content.get("billingPeriod")
    start = span.get("start") if isinstance(span, dict) else ""
    match = re.match(r"(20\d\d)-?(0[1-9]|1[0-2])", str(start))
    return f"{match[1]}-{match[2]}" if match else ""


def _export(content: Mapping[str, Any], stored: Stored) -> str:
    """The export that a manifest belongs to; its file is called after it."""
    named = content.get("reportName") or str(content.get("exportArn") or "").rpartition("/")[2]
    return str(named or stored.key.rpartition("/")[2][: -len("-" + _MANIFEST)])


def _newest(manifests: Sequence[_Manifest], listed: Sequence[Stored]) -> Offer:
    """The offer of the manifest written last; the one above the versions' folders is a copy of the newest."""
    chosen = max(manifests, key=lambda m: (m.stored.modified, -m.stored.key.count("/"), m.stored.key))
    by_key = {stored.key: stored for stored in listed}
    objects = [_object(name, by_key, chosen) for name in chosen.names]
    superseded = {name for m in manifests for name in m.names} - set(chosen.names)
    notes = [f"{len(superseded)} files of older versions were left out."] if superseded else []
    return replace(offer(chosen.period, objects, notes=notes), problem=chosen.problem)


def _object(name: str, by_key: Mapping[str, Stored], manifest: _Manifest) -> Stored:
    """What a manifest's full name is called below the store's root, which may lie deeper."""
    parts = [part for part in name.removeprefix("s3://").split("/") if part]
    for start in range(len(parts)):
        if found := by_key.get("/".join(parts[start:])):
            return found
    # Fetching it says that it is missing, and fails this period alone.
    return Stored("/".join(parts[1:]) if "://" in name else "/".join(parts), 0, "", manifest.stored.modified)


def _latest_version(found: Offer) -> Offer:
    """Without a manifest: of folders named after versions only the one written to last."""
    versions = {_version(s.key): s.modified for s in sorted(found.objects, key=lambda s: s.modified)}
    if len(versions) < 2 or "" in versions:
        return found
    latest = max(versions, key=lambda v: (versions[v], v))
    kept = [s for s in found.objects if _version(s.key) == latest]
    left = len(found.objects) - len(kept)
    return offer(
        found.period, kept, certain=found.certain, notes=[f"{left} files of older versions were left out."]
    )


def _version(key: str) -> str:
    return next((part for part in reversed(key.split("/")[:-1]) if _VERSION.fullmatch(part)), "")
