"""Starts the servers that tests speak to, each on a free port of the loopback."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from servers.install import HERE, NODE

AZURITE = HERE / "node_modules" / "azurite" / "dist" / "src" / "blob" / "main.js"
PAGE = 100
ACCOUNT, ACCOUNT_KEY = "fernway", "bm90IGEgc2VjcmV0IGF0IGFsbA=="


@contextmanager
def moto() -> Iterator[str]:
    """The address of S3 and Cost Explorer; listings come in pages of PAGE."""
    settings = {"MOTO_S3_DEFAULT_MAX_KEYS": str(PAGE)}
    with _running([sys.executable, str(HERE / "moto_main.py")], settings) as address:
        yield address


@contextmanager
def azurite() -> Iterator[str]:
    """The address of Blob Storage, whose one account is ACCOUNT."""
    if not AZURITE.is_file():
        raise FileNotFoundError("Azurite is not installed: run 'make servers'.")
    options = ["--inMemoryPersistence", "--disableTelemetry", "--skipApiVersionCheck", "--silent"]
    where = ["--blobHost", "127.0.0.1", "--blobPort", "0"]
    command = [str(NODE), str(AZURITE), *where, *options]
    with _running(command, {"AZURITE_ACCOUNTS": f"{ACCOUNT}:{ACCOUNT_KEY}"}) as address:
        yield address


@contextmanager
def _running(command: Sequence[str], environment: Mapping[str, str]) -> Iterator[str]:
    """Run a command until the block ends, and give the first address that it prints."""
    process = subprocess.Popen(
        [sys.executable, str(HERE / "attached.py"), *command],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        env={**os.environ, **environment},
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        found = (re.search(r"http://127\.0\.0\.1:[1-9]\d*", line) for line in process.stdout)
        address = next((match[0] for match in found if match), None)
        assert address, f"{command} printed no address"
        yield address
    finally:
        process.stdin.close()
        process.wait()
        process.stdout.close()
