"""How Cost Management's exports lie in a container, and which files are a month's newest complete ones."""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from apportion.connectors.azure.basis import group, named
from apportion.connectors.contract import Offer, Place
from apportion.connectors.exports import ExportConnector, by_folder, offer
from apportion.connectors.stores import Store, Stored
from apportion.core.errors import BadInput, Terminal

_RANGE = re.compile(r"(20\d{2})-?(\d{2})-?(\d{2})[-_](20\d{2})-?(\d{2})-?(\d{2})")
_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_KINDS = {"actualcost": "actual", "amortizedcost": "amortized", "usage": "actual", "focuscost": "focus"}
_MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Run:
    """One run of one export: the files of `first` to `last`, written at `at`."""

    export: str
    kind: str
    scope: str
    first: date
    last: date
    at: datetime
    files: tuple[Stored, ...]

    @property
    def month(self) -> str:
        return f"{self.first:%Y-%m}"


class AzureLayout(ExportConnector):
    """Offers the newest run of each export and month; `kinds` has what manifests said of files."""

    def __init__(self) -> None:
        self.kinds: dict[str, str] = {}

    def offers(self, place: Place) -> Sequence[Offer]:
        """See `BillConnector`; a month that still runs is not final."""
        running = f"{place.now():%Y-%m}"
        return [
            replace(found, final=False) if found.period and found.period >= running else found
            for found in super().offers(place)
        ]

    def layout(self, store: Store, listed: Sequence[Stored]) -> list[Offer]:
        """See `ExportConnector`."""
        data = [s for s in listed if s.key.lower().endswith(tuple(self.endings))]
        manifests = [s for s in listed if s.key.rpartition("/")[2].lower() in (_MANIFEST, f"_{_MANIFEST}")]
        runs, notes, taken = [], [], set[str]()
        for stored in manifests:
            manifest = _manifest(store, stored)
            run = _of_manifest(store, stored, manifest, data)
            taken |= {s.key for s in data if s.key.startswith(_folder(stored.key) + "/")}
            if run is None:
                notes.append(f"{_folder(stored.key)} is no export of costs: left out.")
            elif run.files:
                runs.append(run)
        rest = [s for s in data if s.key not in taken]
        runs += _without_manifest(rest)
        taken |= {s.key for run in runs for s in run.files}
        self.kinds.update({s.key: run.kind for run in runs for s in run.files if run.kind})
        left = [s for s in rest if s.key not in taken and not _range(s.key)]
        return [*_by_month(runs, notes), *by_folder(_newest_by_name(left))]


def _manifest(store: Store, stored: Stored) -> Mapping[str, object]:
    try:
        read = json.loads(store.read(stored.key).decode("utf-8-sig"))
    except ValueError:
        read = None
    if not isinstance(read, dict):
        raise BadInput("The manifest is no JSON object.", where=stored.key, hint="Run the export again.")
    return read


def _of_manifest(
    store: Store, stored: Stored, manifest: Mapping[str, object], data: Sequence[Stored]
) -> Run | None:
    """The run that a manifest describes; None where it is not about costs. Terminal where a file lacks."""
    config, info = _part(manifest, "exportConfig"), _part(manifest, "runInfo")
    written = str(config.get("type") or "")
    if written and written.lower() not in _KINDS:
        return None
    blobs = manifest.get("blobs")
    names = (
        [str(b.get("blobName") or "") for b in blobs if isinstance(b, dict)]
        if isinstance(blobs, list)
        else []
    )
    files = tuple(_blob(store, stored, name, data) for name in names if name)
    found = _range(stored.key) or _days(info)
    if found is None:
        return None
    return Run(
        _before_range(stored.key),
        _KINDS.get(written.lower(), named(stored.key)),
        str(config.get("resourceId") or "").lower().split("/providers/microsoft.costmanagement/")[0],
        *found,
        _moment(info.get("submittedTime")) or stored.modified,
        tuple(f for f in files if f.key.lower().endswith((".csv", ".csv.gz", ".parquet"))),
    )


def _part(manifest: Mapping[str, object], name: str) -> Mapping[str, object]:
    found = manifest.get(name)
    return found if isinstance(found, dict) else {}


def _blob(store: Store, manifest: Stored, name: str, data: Sequence[Stored]) -> Stored:
    """The file that a manifest names by its path in the container, of which the store may be a part."""
    beside = f"{_folder(manifest.key)}/{name.rpartition('/')[2]}".lstrip("/")
    for stored in data:
        if stored.key in (beside, name) or name.endswith(f"/{stored.key}"):
            return stored
    raise Terminal(
        f"The export's manifest names {name.rpartition('/')[2]}, which is not there.",
        where=f"{store.place}: {manifest.key}",
        hint="Run the export again for this month. Reading needs the role Storage Blob Data Reader.",
    )


def _without_manifest(data: Sequence[Stored]) -> list[Run]:
    """Runs of folders named after days without a manifest: each file with an id of its own is a run."""
    runs: dict[tuple[str, str], list[Run]] = defaultdict(list)
    for stored in data:
        if found := _range(stored.key):
            run = Run(_before_range(stored.key), named(stored.key), "", *found, stored.modified, (stored,))
            own = _GUID.search(stored.key.rpartition("/")[2]) is not None
            runs[_folder(stored.key), stored.key if own else group(stored.key)].append(run)
    return [
        replace(parts[0], at=max(p.at for p in parts), files=tuple(f for p in parts for f in p.files))
        for parts in runs.values()
    ]


def _by_month(runs: Iterable[Run], notes: Sequence[str]) -> list[Offer]:
    months: dict[str, list[Run]] = defaultdict(list)
    for run in runs:
        months["" if f"{run.last:%Y-%m}" != run.month else run.month].append(run)
    if "" in months:  # a run over several months: only reading tells which row is of which
        months = {"": [run for found in months.values() for run in found]}
    return [_offer(month, found, notes) for month, found in sorted(months.items())]


def _offer(month: str, runs: Sequence[Run], notes: Sequence[str]) -> Offer:
    said = list(notes)
    newest: list[Run] = []
    for run in sorted(runs, key=lambda r: (r.at, r.export), reverse=True):
        other = next(
            (n for n in newest if _same(n, run) and n.first <= run.last and run.first <= n.last), None
        )
        if other is None:
            newest.append(run)
        elif other.export != run.export:
            said.append(f"{run.export} exports the same costs as {other.export}: left out.")
    if any(run.kind == "focus" for run in newest):
        said += [
            f"{r.export} has costs that the FOCUS export has, too: left out."
            for r in newest
            if r.kind != "focus"
        ]
        newest = [run for run in newest if run.kind == "focus"]
    return offer(month, [f for run in newest for f in run.files], notes=dict.fromkeys(said))


def _same(one: Run, other: Run) -> bool:
    """Whether two runs are of the same costs: of one export, or of the same scope and kind."""
    if one.export == other.export and one.kind == other.kind:
        return True
    return bool(one.scope) and one.scope == other.scope and one.kind == other.kind


def _newest_by_name(data: Sequence[Stored]) -> list[Stored]:
    """Of files that differ in an id alone the newest."""
    found: dict[str, Stored] = {}
    for stored in sorted(data, key=lambda s: s.modified):
        found[_GUID.sub("", stored.key)] = stored
    return sorted(found.values(), key=lambda s: s.key)


def _range(key: str) -> tuple[date, date] | None:
    """First and last day that a folder above a file is named after."""
    for part in reversed(key.split("/")[:-1]):
        if match := _RANGE.fullmatch(part):
            try:
                return date(*map(int, match.groups()[:3])), date(*map(int, match.groups()[3:]))
            except ValueError:
                continue
    return None


def _days(info: Mapping[str, object]) -> tuple[date, date] | None:
    first, last = _moment(info.get("startDate")), _moment(info.get("endDate"))
    if first is None or last is None:
        return None
    return first.date(), max(first, last - timedelta(seconds=1)).date()


def _moment(text: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", str(text)))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _before_range(key: str) -> str:
    parts = key.split("/")[:-1]
    end = next((i for i, part in enumerate(parts) if _RANGE.fullmatch(part)), len(parts))
    return "/".join(parts[:end])


def _folder(key: str) -> str:
    return key.rpartition("/")[0]
