"""Whatever cuts off the way from a bucket to the ledger, the next run completes it: each charge once, none lost."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path

import pytest

from apportion.app import App
from apportion.connectors.stores import Patience, opening
from apportion.engine import connect
from aws_exports import Export
from servers.buckets import S3Bucket
from servers.faults import Fault, Proxy

MONTHS = ("2026-07", "2026-08", "2026-09")
KILLS = 20
MB = 1 << 20
TOTALS = "SELECT x_BillingPeriod, count(*), sum(BilledCost) FROM charges GROUP BY 1"
DENIED = "<Error><Code>AccessDenied</Code></Error>"


@pytest.fixture
def export(s3: S3Bucket) -> Export:
    """Three months of two files each."""
    made = Export(s3)
    for i, month in enumerate(MONTHS):
        made.put(month, i)
    return made


@pytest.fixture
def proxy(s3: S3Bucket, proxied: Callable[[str], Proxy]) -> Proxy:
    return proxied(s3.endpoint)


@pytest.fixture(autouse=True)
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits between attempts."""
    monkeypatch.setattr(opening, "Patience", lambda: Patience(attempts=3, sleep=lambda _: None))


def workspace(folder: Path, **sources: tuple[Export, Proxy]) -> App:
    """A workspace whose sources are exports, each behind a proxy."""
    folder.mkdir(exist_ok=True)
    declared = {
        name: {
            "connector": "aws",
            "location": export.location,
            "access": export.bucket.access(proxy.endpoint),
        }
        for name, (export, proxy) in sources.items()
    }
    (folder / "apportion.yaml").write_text(json.dumps({"sources": declared}))
    return App(folder)


def totals(app: App) -> dict[str, Decimal]:
    """The cost of each billing period."""
    con = connect()
    app.ledger.snapshot().register(con)
    return {period: billed for period, _, billed in con.execute(TOTALS).fetchall()}


def statuses(app: App) -> dict[str, str]:
    """What a run that succeeds does to each period."""
    ingested = app.ingest_declared()
    assert ingested.problems == []
    return {r["billing_period"]: r["status"] for r in ingested.records}


def fetched(app: App) -> list[str]:
    """Files that were fetched and are still there."""
    return sorted(p.name for p in (app.directory / "ledger" / ".fetched").glob("*/**/*") if p.is_file())


def gets(proxy: Proxy) -> list[str]:
    """Bills that were asked for."""
    return [r.path.rpartition("/")[2] for r in proxy.seen if ".csv" in r.path]


def cli(app: App, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(app, *words), capture_output=True, text=True, check=False, env={**os.environ, "NO_COLOR": "1"}
    )


def command(app: App, *words: str) -> list[str]:
    return [sys.executable, "-m", "apportion", "-w", str(app.directory), *words]


def killed_after(seconds: float, app: App) -> int:
    process = subprocess.Popen(command(app, "ingest"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(seconds)
    process.send_signal(signal.SIGKILL)
    return process.wait()


def test_what_is_unchanged_is_neither_fetched_nor_loaded(
    tmp_path: Path, export: Export, proxy: Proxy
) -> None:
    app = workspace(tmp_path / "ws", aws=(export, proxy))
    assert statuses(app) == dict.fromkeys(MONTHS, "loaded")
    assert totals(app) == export.totals()
    assert len(gets(proxy)) == 6
    assert fetched(app) == []
    version = app.ledger.table("charges").version()
    proxy.seen.clear()
    assert statuses(app) == dict.fromkeys(MONTHS, "unchanged")
    assert gets(proxy) == []
    assert app.ledger.table("charges").version() == version


@pytest.mark.parametrize("versioned", [False, True])
def test_a_restated_period_is_fetched_alone_and_says_what_changed(
    tmp_path: Path, s3: S3Bucket, proxy: Proxy, versioned: bool
) -> None:
    export = Export(s3, versioned=versioned, rows=6)
    for i, month in enumerate(MONTHS):
        export.put(month, i)
    app = workspace(tmp_path / "ws", aws=(export, proxy))
    statuses(app)
    old = dict(export.costs)
    proxy.seen.clear()
    export.put("2026-08", 7)
    assert statuses(app) == {"2026-07": "unchanged", "2026-08": "restated", "2026-09": "unchanged"}
    assert len(gets(proxy)) == 2
    assert totals(app) == export.totals()
    (record,) = [
        r for r in app.loads("bill") if r["billing_period"] == "2026-08" and r["status"] == "restated"
    ]
    found = {
        (c["ServiceName"], c["SubAccountId"]): (Decimal(c["before"]), Decimal(c["after"]))
        for c in record["restatement"]["changes"]
        if c["metric"] == "BilledCost"
    }
    assert found == {
        key: (by_key(old["2026-08"])[key], by_key(export.costs["2026-08"])[key])
        for key in by_key(old["2026-08"])
    }


def by_key(files: list[list[Decimal]]) -> Mapping[tuple[str, str], Decimal]:
    """Cost by service and account, as `aws_exports.report` spreads it over them."""
    found: dict[tuple[str, str], Decimal] = {}
    for costs in files:
        for n, cost in enumerate(costs):
            key = (("AmazonEC2", "AmazonS3")[n % 3 // 2], f"90000000000{n % 2 + 2}")
            found[key] = found.get(key, Decimal(0)) + cost
    return found


@pytest.mark.slow
def test_killed_at_random_moments_nothing_is_counted_twice_or_lost(
    tmp_path: Path, s3: S3Bucket, proxy: Proxy
) -> None:
    seed = int(os.environ.get("APPORTION_SEED", "11"))
    dice = random.Random(seed)
    print(f"seed {seed}")  # noqa: T201  shown where it fails
    export = Export(s3, rows=5000)
    for i, month in enumerate(MONTHS):
        export.put(month, i)
    app = workspace(tmp_path / "ws", aws=(export, proxy))
    assert cli(app, "ingest").returncode == 0
    export.put(MONTHS[0], 9)
    start = time.monotonic()
    assert cli(app, "ingest").returncode == 0  # one month, as in each round below
    took = time.monotonic() - start
    known = {month: {total} for month, total in export.totals().items()}
    killed = 0
    for i in range(KILLS):
        export.put(dice.choice(MONTHS), 10 + i, files=dice.randint(2, 3))
        for month, total in export.totals().items():
            known[month].add(total)
        killed += killed_after(dice.uniform(0.25, 1.0) * took, app) == -signal.SIGKILL
        assert all(total in known[month] for month, total in totals(app).items())
    assert killed > KILLS // 4, "too few runs were still alive when they were killed"
    assert cli(app, "ingest").returncode == 0
    assert totals(app) == export.totals()
    assert fetched(app) == []
    assert cli(app, "allocate").returncode == 0


def test_killed_in_mid_download_only_the_rest_is_fetched(tmp_path: Path, s3: S3Bucket, proxy: Proxy) -> None:
    export = Export(s3, packed=False, rows=20_000)
    export.put("2026-09", 1)
    size = len(export.content("2026-09", 1, 1))
    assert size > 3 * MB
    app = workspace(tmp_path / "ws", aws=(export, proxy))
    proxy.plan(Fault("00002.csv", cut=2 * MB + 5000, hold=True))
    process = subprocess.Popen(command(app, "ingest"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    part = (
        app.directory
        / "ledger/.fetched/aws/2026-09"
        / Path(export.keys["2026-09"][1]).parent
        / ".hourly-00002.csv.part"
    )
    while not (part.exists() and part.stat().st_size >= MB):
        assert process.poll() is None
        os.sched_yield()
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert totals(app) == {}
    proxy.sent.clear()
    assert statuses(app) == {"2026-09": "loaded"}
    served = {path.rpartition("/")[2]: n for path, n in proxy.sent.items()}
    assert "hourly-00001.csv" not in served, "what was complete is not fetched again"
    assert served["hourly-00002.csv"] <= size - MB, "of what was cut off only the rest is"
    assert totals(app) == export.totals()
    assert fetched(app) == []


@pytest.mark.parametrize(
    "fault",
    [Fault("00002.csv", status=500), Fault("00002.csv", status=503, times=2), Fault("00002.csv", cut=700)],
    ids=["500", "503 twice", "cut short"],
)
def test_what_passes_is_passed_over(tmp_path: Path, export: Export, proxy: Proxy, fault: Fault) -> None:
    app = workspace(tmp_path / "ws", aws=(export, proxy))
    proxy.plan(fault)
    assert statuses(app) == dict.fromkeys(MONTHS, "loaded")
    assert totals(app) == export.totals()


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        (Fault("20260801-20260901/hourly-00002", status=500, times=3), "answered 500"),
        (Fault("20260801-20260901/hourly-00002", cut=700, times=3), "ended early"),
        (Fault("20260801-20260901/hourly-00002", status=403, body=DENIED), "s3:GetObject"),
    ],
    ids=["500", "cut short", "permission lost"],
)
def test_a_period_that_fails_leaves_the_others_alone_and_is_made_up_for(
    tmp_path: Path, export: Export, proxy: Proxy, fault: Fault, says: str
) -> None:
    app = workspace(tmp_path / "ws", aws=(export, proxy))
    proxy.plan(fault)
    ingested = app.ingest_declared()
    assert [r["billing_period"] for r in ingested.records] == ["2026-07", "2026-09"]
    (why,) = ingested.problems
    assert says in str(why)
    assert "2026-08" in str(why) or "20260801" in str(why)
    assert proxy.faults == []
    assert statuses(app) == {"2026-07": "unchanged", "2026-08": "loaded", "2026-09": "unchanged"}
    assert totals(app) == export.totals()
    assert fetched(app) == []


def test_the_command_fails_and_names_what_may_not_be_read(
    tmp_path: Path, export: Export, proxy: Proxy
) -> None:
    app = workspace(tmp_path / "ws", aws=(export, proxy))
    proxy.plan(Fault("20260801-20260901/hourly-00002", status=403, body=DENIED))
    done = cli(app, "ingest")
    assert done.returncode == 1
    assert "20260801-20260901/hourly-00002" in done.stderr
    assert "s3:GetObject" in done.stderr
    assert sorted(totals(app)) == ["2026-07", "2026-09"]


@pytest.mark.parametrize("versioned", [False, True])
def test_a_file_that_a_manifest_names_and_nobody_wrote_fails_its_period_alone(
    tmp_path: Path, s3: S3Bucket, proxy: Proxy, versioned: bool
) -> None:
    export = Export(s3, versioned=versioned)
    for i, month in enumerate(MONTHS):
        export.put(month, i, without=month == "2026-08")
    app = workspace(tmp_path / "ws", aws=(export, proxy))
    ingested = app.ingest_declared()
    assert [r["billing_period"] for r in ingested.records] == ["2026-07", "2026-09"]
    (why,) = ingested.problems
    assert "hourly-00002.csv.gz" in str(why)
    assert "There is no" in str(why)
    export.put("2026-08", 1)
    assert statuses(app)["2026-08"] == "loaded"
    assert totals(app) == export.totals()
    assert fetched(app) == []


@pytest.mark.parametrize("versioned", [False, True])
def test_a_month_that_is_written_anew_in_mid_read_is_taken_whole(
    tmp_path: Path, s3: S3Bucket, proxy: Proxy, versioned: bool
) -> None:
    export = Export(s3, versioned=versioned)
    for i, month in enumerate(MONTHS):
        export.put(month, i)
    app = workspace(tmp_path / "ws", aws=(export, proxy))
    old = export.totals()["2026-08"]
    proxy.plan(Fault(export.keys["2026-08"][1], before=lambda: export.put("2026-08", 50)))
    assert statuses(app) == dict.fromkeys(MONTHS, "loaded")
    assert totals(app)["2026-08"] == (old if versioned else export.totals()["2026-08"])
    assert statuses(app)["2026-08"] == ("restated" if versioned else "unchanged")
    assert totals(app) == export.totals()
    assert fetched(app) == []


def test_a_version_that_is_removed_in_mid_read_gives_way_to_the_next(
    tmp_path: Path, s3: S3Bucket, proxy: Proxy
) -> None:
    export = Export(s3, versioned=True)
    export.put("2026-09", 1)
    gone = f"bills/{export.keys['2026-09'][1]}"

    def write_anew() -> None:
        export.put("2026-09", 2)
        s3.client.delete_object(Bucket=s3.name, Key=gone)

    app = workspace(tmp_path / "ws", aws=(export, proxy))
    proxy.plan(Fault(gone, before=write_anew))
    assert statuses(app) == {"2026-09": "loaded"}
    assert totals(app) == export.totals()
    assert fetched(app) == []


def test_a_manifest_that_changes_between_listing_and_reading_is_taken_as_it_is_then(
    tmp_path: Path, s3: S3Bucket, proxy: Proxy
) -> None:
    export = Export(s3, versioned=True)
    for i, month in enumerate(MONTHS):
        export.put(month, i)
    app = workspace(tmp_path / "ws", aws=(export, proxy))
    proxy.plan(Fault("20260801-20260901/hourly-Manifest.json", before=lambda: export.put("2026-08", 60)))
    assert statuses(app) == dict.fromkeys(MONTHS, "loaded")
    assert totals(app) == export.totals()
    assert fetched(app) == []


def test_a_source_that_cannot_be_listed_leaves_the_others_alone(
    tmp_path: Path, export: Export, proxy: Proxy, proxied: Callable[[str], Proxy]
) -> None:
    other = proxied(export.bucket.endpoint)
    app = workspace(tmp_path / "ws", first=(export, other), second=(export, proxy))
    other.plan(Fault("list-type", status=403, body=DENIED))
    ingested = app.ingest_declared()
    assert {(r["source"], r["billing_period"]) for r in ingested.records} == {("second", m) for m in MONTHS}
    (why,) = ingested.problems
    assert "s3:ListBucket" in str(why)
    assert statuses(app)


def test_what_was_left_of_older_runs_is_removed(tmp_path: Path, export: Export, proxy: Proxy) -> None:
    app = workspace(tmp_path / "ws", aws=(export, proxy))
    proxy.plan(Fault("20260801-20260901/hourly-00002", status=403, body=DENIED))
    app.ingest_declared()
    assert "hourly-00001.csv.gz" in fetched(app), "what is fetched waits for the rest"
    export.put("2026-08", 8, files=1)
    stale = app.directory / "ledger/.fetched/aws/2025-01/hourly/old.csv.gz"
    stale.parent.mkdir(parents=True)
    stale.write_bytes(b"old")
    assert statuses(app)["2026-08"] == "loaded"
    assert totals(app) == export.totals()
    assert fetched(app) == []


def test_two_runs_do_not_take_each_others_files(tmp_path: Path, export: Export, proxy: Proxy) -> None:
    app = workspace(tmp_path / "ws", aws=(export, proxy))
    meanwhile: list[str] = []
    proxy.plan(
        Fault(
            "00002.csv",
            before=lambda: meanwhile.extend(map(str, App(app.directory).ingest_declared().problems)),
        )
    )
    assert statuses(app) == dict.fromkeys(MONTHS, "loaded")
    assert meanwhile == ["aws: It is being brought in already. Wait until it has finished."]
    assert totals(app) == export.totals()
