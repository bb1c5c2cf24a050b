"""What every store must do: a new one is added to STORES and gets these tests for free."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from apportion.connectors.stores import Changed, Patience, Store, Stored, open_store
from apportion.core.errors import NotFound, Terminal, Transient
from servers.buckets import SECRETS, Bucket
from servers.faults import Fault, Proxy
from servers.running import PAGE

MB = 1 << 20
CONTENT = bytes(range(256)) * (5 * MB // 256)
CLOUDS = ["s3", "blob", "gcs"]
STORES = ["folder", *CLOUDS]
FORBIDDEN = {
    "s3": ("AccessDenied", "s3:ListBucket", "s3:GetObject"),
    "blob": ("AuthorizationPermissionMismatch", "Storage Blob Data Reader", "Storage Blob Data Reader"),
    "gcs": ("AccessDenied", "roles/storage.objectViewer", "roles/storage.objectViewer"),
}


@dataclass
class FolderBucket:
    """A local folder with the verbs of a bucket."""

    location: str
    endpoint: str = ""

    def access(self, endpoint: str = "") -> dict[str, str]:
        return {}

    def put(self, key: str, content: bytes) -> None:
        path = Path(self.location) / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


class Waits:
    """Counts the waits between attempts instead of waiting."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    def patience(self, attempts: int = 4) -> Patience:
        return Patience(attempts=attempts, sleep=self.seconds.append)


@pytest.fixture
def waits() -> Waits:
    return Waits()


@pytest.fixture(params=STORES)
def bucket(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    if request.param == "folder":
        return FolderBucket(str(tmp_path / "bills"))
    return request.getfixturevalue(request.param)


@pytest.fixture(params=CLOUDS)
def cloud(request: pytest.FixtureRequest) -> Any:
    return request.getfixturevalue(request.param)


@pytest.fixture
def proxy(cloud: Bucket, proxied: Callable[[str], Proxy]) -> Proxy:
    return proxied(cloud.endpoint)


@pytest.fixture
def store(cloud: Bucket, proxy: Proxy, waits: Waits) -> Store:
    """The bucket, through the proxy."""
    return open_store(cloud.location, cloud.access(proxy.endpoint), Path(), waits.patience())


def opened(bucket: Bucket, path: str = "") -> Store:
    return open_store(bucket.location + path, bucket.access(), Path())


def silent(_said: str) -> None:
    pass


def one(store: Store, key: str) -> Stored:
    (found,) = [stored for stored in store.list() if stored.key == key]
    return found


def test_lists_every_object_below_a_location_by_its_key(bucket: Bucket) -> None:
    for key in ("a/2026-09/b.csv", "a/2026-09/Manifest.json", "a/ü = %.csv", "ab/c.csv", "a.csv"):
        bucket.put(key, b"12345")
    assert [s.key for s in opened(bucket).list()] == sorted(
        ["a/2026-09/b.csv", "a/2026-09/Manifest.json", "a/ü = %.csv", "ab/c.csv", "a.csv"]
    )
    assert [s.key for s in opened(bucket).list("a")] == [
        "a/2026-09/Manifest.json",
        "a/2026-09/b.csv",
        "a/ü = %.csv",
    ]
    assert [s.key for s in opened(bucket, "/a/").list("2026-09/")] == [
        "2026-09/Manifest.json",
        "2026-09/b.csv",
    ]
    (found,) = opened(bucket, "/ab").list()
    assert (found.key, found.size) == ("c.csv", 5)
    assert abs((datetime.now(UTC) - found.modified).total_seconds()) < 60


def test_a_location_may_be_one_object_or_a_pattern(bucket: Bucket) -> None:
    for key in ("a/2026-08/b.csv", "a/2026-09/b.csv", "a/2026-09/b.json"):
        bucket.put(key, key.encode())
    assert [s.key for s in opened(bucket, "/a/*/*.csv").list()] == ["2026-08/b.csv", "2026-09/b.csv"]
    assert [s.key for s in opened(bucket, "/a/2026-09/b.*").list()] == ["b.csv", "b.json"]
    single = opened(bucket, "/a/2026-09/b.csv")
    assert [s.key for s in single.list()] == ["b.csv"]
    assert single.read("b.csv") == b"a/2026-09/b.csv"


def test_what_tools_leave_behind_is_left_out(bucket: Bucket) -> None:
    for key in ("a.csv", ".b.csv", "_temporary/c.csv", "d/_SUCCESS"):
        bucket.put(key, b"1")
    assert [s.key for s in opened(bucket).list()] == ["a.csv"]


def test_reads_small_objects(bucket: Bucket) -> None:
    bucket.put("a/Manifest.json", b'{"files": []}')
    assert opened(bucket).read("a/Manifest.json") == b'{"files": []}'
    assert opened(bucket, "/a").read("Manifest.json") == b'{"files": []}'
    with pytest.raises(NotFound, match=r"b/Manifest\.json"):
        opened(bucket).read("b/Manifest.json")


def test_fetches_an_object_as_a_file(bucket: Bucket, tmp_path: Path) -> None:
    bucket.put("a/b.csv", CONTENT)
    bucket.put("empty.csv", b"")
    store = opened(bucket)
    for key, content in (("a/b.csv", CONTENT), ("empty.csv", b"")):
        path = store.fetch(one(store, key), tmp_path / "cache", silent)
        assert path.as_posix().endswith(key)
        assert path.read_bytes() == content


def test_the_etag_changes_with_the_content(bucket: Bucket, tmp_path: Path) -> None:
    bucket.put("a.csv", b"old 1")
    store = opened(bucket)
    before = one(store, "a.csv")
    assert one(store, "a.csv") == before
    bucket.put("a.csv", b"new 2")
    assert one(store, "a.csv").etag != before.etag
    with pytest.raises(Changed, match="changed"):
        store.fetch(before, tmp_path / "cache", silent)
    assert store.fetch(one(store, "a.csv"), tmp_path / "cache", silent).read_bytes() == b"new 2"


def test_an_empty_location_is_said(bucket: Bucket) -> None:
    bucket.put("a/b.csv", b"1")
    for path in ("/none", "/a/b", "/a/*.parquet"):
        with pytest.raises(NotFound, match="There is no"):
            opened(bucket, path).list()
    assert opened(bucket).list("none") == []


@pytest.mark.parametrize("kind", ["s3", "gcs"])
def test_more_than_one_page_is_listed(kind: str, request: pytest.FixtureRequest) -> None:
    bucket = request.getfixturevalue(kind)
    for i in range(2 * PAGE + 1):
        bucket.put(f"many/{i:04}.csv", b"1")
    assert len(opened(bucket, "/many").list()) == 2 * PAGE + 1


def test_progress_is_said(cloud: Bucket, tmp_path: Path) -> None:
    cloud.put("a/b.csv", CONTENT)
    said: list[str] = []
    store = opened(cloud)
    store.fetch(one(store, "a/b.csv"), tmp_path, said.append)
    assert said[0].startswith("Fetching a/b.csv 1 of 6 MB")
    assert said[-1] == "Fetching a/b.csv 5 of 6 MB"


def test_what_is_there_already_is_not_fetched_again(
    cloud: Bucket, proxy: Proxy, store: Store, tmp_path: Path
) -> None:
    cloud.put("a.csv", b"12345")
    stored = one(store, "a.csv")
    path = store.fetch(stored, tmp_path, silent)
    asked = len(proxy.seen)
    assert store.fetch(stored, tmp_path, silent) == path
    assert len(proxy.seen) == asked


def test_a_download_that_is_cut_short_is_continued(
    cloud: Bucket, proxy: Proxy, store: Store, waits: Waits, tmp_path: Path
) -> None:
    cloud.put("a.csv", CONTENT)
    stored = one(store, "a.csv")
    proxy.plan(Fault("a.csv", cut=2 * MB + 100), Fault("a.csv", cut=100), Fault("a.csv", status=503))
    assert store.fetch(stored, tmp_path, silent).read_bytes() == CONTENT
    starts = proxy.starts()
    assert starts[0] == 0
    assert all(MB < start < len(CONTENT) for start in starts[1:]), "at most one chunk is asked for again"
    assert len(waits.seconds) == 3


def test_a_download_that_was_given_up_is_continued_by_the_next(
    cloud: Bucket, proxy: Proxy, store: Store, tmp_path: Path
) -> None:
    cloud.put("a.csv", CONTENT)
    stored = one(store, "a.csv")
    proxy.plan(Fault("a.csv", cut=3 * MB), Fault("a.csv", status=500, times=3))
    with pytest.raises(Transient, match="answered 500"):
        store.fetch(stored, tmp_path, silent)
    assert not (tmp_path / "a.csv").exists()
    assert store.fetch(stored, tmp_path, silent).read_bytes() == CONTENT
    assert proxy.starts()[-1] >= 2 * MB


def test_an_object_that_changes_in_mid_download_is_not_mixed(
    cloud: Bucket, proxy: Proxy, store: Store, waits: Waits, tmp_path: Path
) -> None:
    cloud.put("a.csv", CONTENT)
    stored = one(store, "a.csv")
    proxy.plan(Fault("a.csv", cut=2 * MB), Fault("a.csv", before=lambda: cloud.put("a.csv", CONTENT[::-1])))
    with pytest.raises(Changed, match=r"a\.csv changed while it was being fetched"):
        store.fetch(stored, tmp_path, silent)
    assert len(waits.seconds) == 1, "asking for the old content again is no use"
    assert store.fetch(one(store, "a.csv"), tmp_path, silent).read_bytes() == CONTENT[::-1]


def test_an_object_that_is_gone_has_changed(store: Store, cloud: Bucket, tmp_path: Path) -> None:
    cloud.put("a.csv", b"1")
    gone = Stored("b.csv", 1, "etag", datetime.now(UTC))
    with pytest.raises(Changed, match=r"b\.csv (is no longer there|changed)"):
        store.fetch(gone, tmp_path, silent)


@pytest.mark.parametrize("status", [429, 500, 503])
def test_what_passes_is_tried_again(
    cloud: Bucket, proxy: Proxy, store: Store, waits: Waits, status: int
) -> None:
    cloud.put("a.csv", b"12345")
    proxy.plan(Fault(status=status, times=2))
    assert [s.key for s in store.list()] == ["a.csv"]
    proxy.plan(Fault("a.csv", status=status))
    assert store.read("a.csv") == b"12345"
    assert len(waits.seconds) == 3


def test_what_does_not_pass_ends_in_an_error_that_says_so(proxy: Proxy, store: Store, waits: Waits) -> None:
    proxy.plan(Fault(status=503, times=9))
    with pytest.raises(Transient, match=r"answered 503.*run it again later"):
        store.list()
    assert len(waits.seconds) == 3


def test_a_server_that_is_not_there_is_transient(
    cloud: Bucket, proxy: Proxy, store: Store, waits: Waits
) -> None:
    proxy.close()
    with pytest.raises(Transient, match="cannot be reached"):
        store.list()
    assert len(waits.seconds) == 3


def test_a_missing_bucket_is_named_and_not_tried_again(cloud: Bucket, proxy: Proxy, waits: Waits) -> None:
    store = open_store(f"{cloud.location}x", cloud.access(proxy.endpoint), Path(), waits.patience())
    with pytest.raises(NotFound, match=rf"^{cloud.location}x: .* has no such (bucket|container)"):
        store.list()
    with pytest.raises(NotFound):
        store.read("a.csv")
    assert waits.seconds == []


def test_a_refusal_names_the_permission_that_is_needed(
    request: pytest.FixtureRequest, cloud: Bucket, proxy: Proxy, store: Store, waits: Waits, tmp_path: Path
) -> None:
    code, to_list, to_read = FORBIDDEN[request.node.callspec.params["cloud"]]
    cloud.put("a.csv", b"1")
    stored = one(store, "a.csv")
    proxy.plan(Fault(status=403, body=f"<Error><Code>{code}</Code></Error>", times=3))
    with pytest.raises(Terminal, match=rf"does not allow us to list objects \({code}\).*{to_list}"):
        store.list()
    with pytest.raises(Terminal, match=rf"does not allow us to read a\.csv.*{to_read}"):
        store.read("a.csv")
    with pytest.raises(Terminal, match=rf"does not allow us to read a\.csv.*{to_read}"):
        store.fetch(stored, tmp_path, silent)
    assert waits.seconds == []


def test_no_secret_is_ever_said(cloud: Bucket, proxy: Proxy, store: Store, tmp_path: Path) -> None:
    echo = "<Error><Code>AccessDenied</Code><Message>" + " ".join(SECRETS) + "</Message></Error>"
    said: list[str] = []
    cloud.put("a.csv", b"1")
    stored = one(store, "a.csv")
    for status in (301, 400, 401, 403, 404, 409, 412, 500):
        proxy.plan(Fault(status=status, body=echo, times=4))
        with pytest.raises((Terminal, Transient)) as caught:
            store.fetch(stored, tmp_path, said.append)
        said += [str(caught.value), repr(caught.value), repr(caught.value.__cause__)]
        proxy.faults.clear()
    said += [repr(vars(store)), repr(store)]
    assert not [text for text in said for secret in SECRETS if secret in text]
    assert not [text for text in said if "Signature" in text or "Authorization" in text]


FETCH = """
import sys
from pathlib import Path
from apportion.connectors.stores import open_store
location, access, folder = sys.argv[1], eval(sys.argv[2]), Path(sys.argv[3])
store = open_store(location, access, Path())
store.fetch(store.list()[0], folder, lambda said: print(said, flush=True))
"""


def test_killed_in_mid_download_the_next_fetch_completes(
    cloud: Bucket, proxy: Proxy, store: Store, tmp_path: Path
) -> None:
    cloud.put("a.csv", CONTENT)
    proxy.plan(Fault("a.csv", cut=3 * MB, hold=True))
    words = [cloud.location, repr(cloud.access(proxy.endpoint)), str(tmp_path)]
    process = subprocess.Popen(
        [sys.executable, "-c", FETCH, *words], stdout=subprocess.PIPE, text=True, env=dict(os.environ)
    )
    assert process.stdout is not None
    assert any("Fetching a.csv 2 of 6 MB" in line for line in process.stdout)
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    assert not (tmp_path / "a.csv").exists()
    assert store.fetch(one(store, "a.csv"), tmp_path, silent).read_bytes() == CONTENT
    assert proxy.starts()[-1] >= 2 * MB


MEASURED = (
    FETCH
    + """
print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))
"""
)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="peak memory is read from Linux")
def test_memory_does_not_grow_with_the_object(s3: Bucket, tmp_path: Path) -> None:
    peaks = []
    for size in (8, 96):
        s3.put(f"{size}/big.csv", os.urandom(MB) * size)
        words = [f"{s3.location}/{size}", repr(s3.access()), str(tmp_path / str(size))]
        done = subprocess.run(
            [sys.executable, "-c", MEASURED, *words], check=True, capture_output=True, text=True
        )
        assert (tmp_path / f"{size}/big.csv").stat().st_size == size * MB
        peaks.append(int(done.stdout.splitlines()[-1]) / 1024)
    small, large = peaks
    assert large - small < 30, f"{small:.0f} MB for 8, {large:.0f} MB for 96"
