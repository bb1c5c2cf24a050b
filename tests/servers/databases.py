"""Starts the servers that Debian packages: PostgreSQL and Prometheus, each on a free port of the loopback."""

import os
import pwd
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from servers.install import HERE

PASSWORD = "s3cr@t/of fernway"
_POSTGRES = Path("/usr/lib/postgresql")
_READY = {"postgres": "ready to accept connections", "prometheus": "ready to receive web requests"}


def missing(program: str) -> str:
    """Why a server cannot be started here, or ''."""
    return "" if _found(program) else f"{program} is not installed: apt-get install {_PACKAGES[program]}"


_PACKAGES = {
    "postgres": "postgresql",
    "prometheus": "prometheus",
    "promtool": "prometheus",
    "initdb": "postgresql",
}


def _found(program: str) -> str:
    packaged = sorted(_POSTGRES.glob(f"*/bin/{program}"))
    return str(packaged[-1]) if packaged else shutil.which(program) or ""


@dataclass(frozen=True)
class Postgres:
    """A running server; its one user and superuser is fernway."""

    port: int

    def url(self, database: str = "postgres", user: str = "fernway", password: str = PASSWORD) -> str:
        """The address that an application would have in its environment."""
        return f"postgresql://{user}:{quote(password, safe='')}@127.0.0.1:{self.port}/{database}"


@contextmanager
def postgres(*, fsync: bool = False) -> Iterator[Postgres]:
    """A server with password authentication and pg_stat_statements; not as root, which it refuses.

    With `fsync`, what is committed is on the disk, as where it is not for tests.
    """
    with tempfile.TemporaryDirectory(prefix="postgres-") as folder:
        home, secret = Path(folder), Path(folder) / "password"
        secret.write_text(PASSWORD)
        as_other = _given_to_other(home)
        subprocess.run(
            [*as_other, _found("initdb"), "-D", str(home / "data"), "-U", "fernway", "--no-sync",
             "--auth=scram-sha-256", f"--pwfile={secret}", "-E", "UTF8", "--locale=C"],
            check=True, capture_output=True,
        )  # fmt: skip
        port = _free_port()
        settings = {
            "listen_addresses": "127.0.0.1", "port": port, "unix_socket_directories": "",
            "fsync": "on" if fsync else "off",
            "shared_preload_libraries": "pg_stat_statements", "timezone": "America/New_York",
            "log_min_messages": "log",
        }  # fmt: skip
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        with _running([*as_other, _found("postgres"), "-D", str(home / "data"), *options], "postgres"):
            yield Postgres(port)


@contextmanager
def prometheus(metrics: str) -> Iterator[str]:
    """The address of a server that has the samples of a text in the OpenMetrics format, and scrapes nothing."""
    with tempfile.TemporaryDirectory(prefix="prometheus-") as folder:
        home = Path(folder)
        (home / "metrics").write_text(metrics)
        (home / "prometheus.yml").write_text("global: {}\n")
        subprocess.run(
            [_found("promtool"), "tsdb", "create-blocks-from", "openmetrics",
             str(home / "metrics"), str(home / "data")],
            check=True, capture_output=True,
        )  # fmt: skip
        port = _free_port()
        command = [
            _found("prometheus"), f"--config.file={home / 'prometheus.yml'}", f"--storage.tsdb.path={home / 'data'}",
            "--storage.tsdb.retention.time=100y", f"--web.listen-address=127.0.0.1:{port}",
        ]  # fmt: skip
        with _running(command, "prometheus"):
            yield f"http://127.0.0.1:{port}"


def _given_to_other(folder: Path) -> list[str]:
    """Where the tests run as root, give the folder to the user postgres, and say how to become that user."""
    if os.geteuid() != 0:
        return []
    other = pwd.getpwnam("postgres")
    for path in (folder, *folder.iterdir()):
        os.chown(path, other.pw_uid, other.pw_gid)
    return ["setpriv", f"--reuid={other.pw_uid}", f"--regid={other.pw_gid}", "--clear-groups"]


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@contextmanager
def _running(command: Sequence[str], program: str) -> Iterator[None]:
    """Run a command until the block ends, which begins when it says that it is ready."""
    process = subprocess.Popen(
        [sys.executable, str(HERE / "attached.py"), *command],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd="/",
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        said = []
        for line in process.stdout:
            said.append(line)
            if re.search(_READY[program], line):
                break
        else:
            raise AssertionError(f"{program} did not start: {''.join(said)[-2000:]}")
        yield
    finally:
        process.stdin.close()
        process.wait()
        process.stdout.close()
