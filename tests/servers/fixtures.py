"""Fixtures: `s3`, `blob` and `gcs` are fresh and empty buckets; `proxied` puts faults before a server.

`postgres` is a server with a database of the test's own, `metrics` makes Prometheus servers from text.
"""

import itertools
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache

import psycopg
import pytest

from servers import ai_admin, databases, running
from servers.buckets import AWS_ENVIRONMENT, BLOB_ENVIRONMENT, Container, GoogleBucket, S3Bucket
from servers.costs import Costs
from servers.faults import Proxy

# Without hyphens: obstore writes them as %2D for Cloud Storage, which moto takes literally in a bucket's name.
_names = (f"bills{os.getpid()}n{i}" for i in itertools.count())


@pytest.fixture(scope="session")
def moto_server() -> Iterator[str]:
    """The address of S3 and Cost Explorer."""
    with running.moto() as address:
        yield address


@pytest.fixture(scope="session")
def azurite_server() -> Iterator[str]:
    """The address of Blob Storage."""
    with running.azurite() as address:
        yield address


@pytest.fixture
def no_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the one who runs the tests."""
    for name in list(os.environ):
        if name.startswith(("AWS_", "AZURE_", "GOOGLE_")):
            monkeypatch.delenv(name)
    for name in ("AWS_EC2_METADATA_DISABLED", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, AWS_ENVIRONMENT[name])
    monkeypatch.setenv("NO_GCE_CHECK", "true")
    monkeypatch.setenv("CLOUDSDK_CONFIG", "/dev/null")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
def s3(moto_server: str, no_credentials: None, monkeypatch: pytest.MonkeyPatch) -> S3Bucket:
    """An empty bucket, and credentials for it in the environment."""
    for name, value in AWS_ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    return S3Bucket(next(_names), moto_server)


@pytest.fixture
def blob(azurite_server: str, no_credentials: None, monkeypatch: pytest.MonkeyPatch) -> Container:
    """An empty container, and the account's key in the environment."""
    for name, value in BLOB_ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    return Container(next(_names), azurite_server)


@pytest.fixture
def gcs(moto_server: str, no_credentials: None) -> GoogleBucket:
    """An empty bucket that anyone may read."""
    return GoogleBucket(next(_names), moto_server)


@pytest.fixture
def costs(moto_server: str, no_credentials: None, monkeypatch: pytest.MonkeyPatch) -> Costs:
    """Cost Explorer without any answers yet, and credentials for it in the environment."""
    for name, value in AWS_ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    return Costs(moto_server)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[databases.Postgres]:
    """A PostgreSQL server."""
    if why := databases.missing("postgres"):
        pytest.skip(why)
    with databases.postgres() as server:
        yield server


@pytest.fixture
def postgres(postgres_server: databases.Postgres) -> str:
    """The address of an empty PostgreSQL database."""
    name = next(_names)
    with psycopg.connect(postgres_server.url(), autocommit=True) as con:
        con.execute(f"CREATE DATABASE {name}")
    return postgres_server.url(name)


@pytest.fixture(scope="session")
def metrics() -> Iterator[Callable[[str], str]]:
    """Takes a text in the OpenMetrics format and gives the address of a Prometheus server that has it."""
    if why := databases.missing("prometheus"):
        pytest.skip(why)
    with ExitStack() as servers:
        yield cache(lambda text: servers.enter_context(databases.prometheus(text)))


@pytest.fixture
def ai_reports() -> Iterator[ai_admin.Admin]:
    """OpenAI's and Anthropic's reports, which tell of nothing yet."""
    with ai_admin.running(ai_admin.Admin()) as admin:
        yield admin


@pytest.fixture
def proxied() -> Iterator[Callable[[str], Proxy]]:
    """Takes the address of a server and gives a proxy before it."""
    made: list[Proxy] = []

    def make(upstream: str) -> Proxy:
        made.append(Proxy(upstream))
        return made[-1]

    yield make
    for proxy in made:
        proxy.close()
