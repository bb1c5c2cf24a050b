"""Operations over HTTP, priced and on the disk before the answer, against sqlite3 inserting the same rows."""

import http.client
import json
import random
import shutil
import sqlite3
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from apportion.database.state import PRAGMAS
from benchmarks.measure import Ratio
from benchmarks.serve import free_port, serving

BATCH, SENDERS = 100, 4
MODELS = [
    ("openai", "gpt-4o"), ("openai", "gpt-4o-mini"), ("anthropic", "claude-sonnet-4-5"), ("google", "gemini-2.5-pro"),
]  # fmt: skip


def bodies(count: int, seed: int) -> list[bytes]:
    """Batches of a hundred operations of many customers, users and features."""
    chance = random.Random(seed)
    made = []
    for start in range(0, count, BATCH):
        batch = []
        for i in range(start, start + BATCH):
            provider, model = chance.choice(MODELS)
            read = chance.randint(50, 9000)
            batch.append(
                {
                    "id": f"{seed}-{i:08}",
                    "time": f"2026-10-{1 + i % 28:02}T{i % 24:02}:{i % 60:02}:00Z",
                    "customer": f"customer-{chance.randint(0, 999):04}",
                    "plan": chance.choice(["free", "pro", "enterprise"]),
                    "feature": f"feature-{chance.randint(0, 19)}",
                    "team": f"team-{chance.randint(0, 5)}",
                    "project": f"project-{chance.randint(0, 29)}",
                    "user": f"user-{chance.randint(0, 9999)}",
                    "workflow": f"workflow-{i // 3}",
                    "environment": "production",
                    "provider": provider,
                    "model": model,
                    "input_tokens": read,
                    "cache_read_tokens": chance.randint(0, read),
                    "output_tokens": chance.randint(10, 900),
                    "max_tokens": 1024,
                    "latency_ms": chance.randint(200, 9000),
                    "success": chance.random() < 0.97,
                    "prompt": "summarize",
                    "variant": chance.choice("ab"),
                    "dimensions": {"ring": chance.choice("abc")},
                }
            )
        made.append(json.dumps({"operations": batch}).encode())
    return made


def send(port: int, batches: list[bytes]) -> float:
    """Seconds until the last of the batches is answered."""
    shares = [batches[n::SENDERS] for n in range(SENDERS)]

    def one(share: list[bytes]) -> None:
        to = http.client.HTTPConnection("127.0.0.1", port)
        for body in share:
            to.request("POST", "/api/v1/operations", body, {"Content-Type": "application/json"})
            answer = json.loads(to.getresponse().read())
            if answer["accepted"] != BATCH or answer["rejected"] or answer["unpriced"]:
                raise RuntimeError(answer)
        to.close()

    begun = time.perf_counter()
    with ThreadPoolExecutor(SENDERS) as senders:
        list(senders.map(one, shares))
    return time.perf_counter() - begun


def alone(kept: Path, box: Path, like: str) -> float:
    """Seconds that the sqlite3 module takes for the same rows, into a table of the same shape on the same disk."""
    path = box / "alone.db"
    for suffix in ("", "-wal", "-shm"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)
    source = sqlite3.connect(kept)
    shapes = source.execute("SELECT sql FROM sqlite_master WHERE tbl_name = 'operations' AND sql NOT NULL")
    target = sqlite3.connect(path, isolation_level=None)
    for pragma in PRAGMAS:
        target.execute(f"PRAGMA {pragma}")
    for (shape,) in shapes:
        target.execute(shape)
    rows = source.execute("SELECT * FROM operations WHERE operation_id LIKE ?", [like]).fetchall()
    source.close()
    insert = f"INSERT INTO operations VALUES ({', '.join('?' * len(rows[0]))})"
    begun = time.perf_counter()
    for start in range(0, len(rows), BATCH):
        target.execute("BEGIN")
        target.executemany(insert, rows[start : start + BATCH])
        target.execute("COMMIT")
    taken = time.perf_counter() - begun
    target.close()
    return taken


def run(box: Path, rows: int = 10_000_000, rounds: int = 3) -> list[Ratio]:
    """Measure in a folder of its own below `box`; a five-hundredth of `rows` operations a round."""
    root = box / "operations"
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    (root / "apportion.yaml").write_text("company: Fernway\n")
    count = max(BATCH, rows // 500 // BATCH * BATCH)
    ours, theirs = [], []
    port = free_port()
    with serving([sys.executable, "-m", "apportion", "-w", str(root), "serve", "--port", str(port)], port):
        send(port, bodies(BATCH, 0))
        for n in range(1, rounds + 1):
            batches = bodies(count, n)
            ours.append(send(port, batches))
            theirs.append(alone(root / "state.db", root, f"{n}-%"))
    return [Ratio(f"keep {count:,} operations over HTTP, priced, against sqlite3 alone", 5.0, ours, theirs)]
