"""A month of a large company whose services serve each other: a hundred pools in three levels, with one cycle."""

from pathlib import Path

from apportion.ledger import Ledger
from benchmarks.ledgers import CHARGES, CUSTOMERS, DAYS, Month, fill

PLATFORM, MIDDLE, FRONT = 10, 30, 60
POOLS = PLATFORM + MIDDLE + FRONT
CYCLE = 4
"""The first of the platform's services, each of which serves the others of these, too."""
MEASURES = {"requests": ["service", "customer"], "calls": ["from", "service"]}
NAME = f"CASE WHEN p < {PLATFORM} THEN 'platform-' WHEN p < {PLATFORM + MIDDLE} THEN 'middle-' ELSE 'shared-' END || p"
REQUESTS = f"""
SELECT 'requests' AS measure, '2026-10' AS period, DATE '2026-10-01' + d::INTEGER AS day,
    CAST(1 + hash(d * 1000003 + p * 1009 + c) % 1000000 AS DECIMAL(38, 12)) AS quantity,
    MAP {{'service': {NAME}, 'customer': 'customer-' || lpad(c::VARCHAR, 4, '0')}} AS dimensions
FROM range({DAYS}) AS a(d), range({PLATFORM + MIDDLE}, {POOLS}) AS b(p), range({CUSTOMERS}) AS e(c)
"""
CALLS = f"""
SELECT 'calls' AS measure, '2026-10' AS period, DATE '2026-10-01' + d::INTEGER AS day,
    CAST(1 + hash(d * 1000003 + p * 1009 + q) % 1000000 AS DECIMAL(38, 12)) AS quantity,
    MAP {{'from': {NAME}, 'service': {NAME.replace("p <", "q <").replace("|| p", "|| q")}}} AS dimensions
FROM range({DAYS}) AS a(d), range({PLATFORM + MIDDLE}) AS b(p), range({POOLS}) AS e(q)
WHERE (p < {CYCLE} AND q < {CYCLE} AND p <> q)
    OR (p < {PLATFORM} AND q >= {PLATFORM} AND q < {PLATFORM + MIDDLE})
    OR (p >= {PLATFORM} AND q >= {PLATFORM + MIDDLE} AND (p + q) % 4 = 0)
"""
RULES = {
    "dimensions": {
        "team": [{"tag": ["team", "owner"]}],
        "service": [{"tag": "service"}],
        "environment": [{"tag": ["environment", "env"], "map": {"prd": "production"}}],
        "customer": [{"tag": "customer"}],
        "cost_center": [{"tag": ["cost_center"]}],
    },
    "perspectives": {
        "customer": {
            "to": "customer",
            "rules": [
                {"name": "dedicated", "match": {"customer": "*"}, "method": "direct"},
                {
                    "name": "platform",
                    "match": {"service": ["platform-*", "middle-*"]},
                    "method": "proportional",
                    "measure": "calls",
                    "where": {"from": "{service}"},
                    "to": "service",
                },
                {
                    "name": "shared",
                    "match": {"service": "shared-*"},
                    "method": "proportional",
                    "measure": "requests",
                },
            ],
        }
    },
}


def graph_ledger(root: Path, rows: int) -> Ledger:
    """A ledger below `root` with `rows` charges of one month in a hundred pools, and what used them."""
    names = f"WHEN @ < {PLATFORM} THEN 'platform-' WHEN @ < {PLATFORM + MIDDLE} THEN 'middle-' ELSE 'shared-'"
    service = f"CASE {names} END"
    pool = f"(r // 10 % {POOLS})"  # whatever r % 10 is, which decides what is dedicated
    charges = CHARGES.replace("'shared-' || (r % 40)", f"{service.replace('@', pool)} || {pool}").replace(
        "r % 40", pool
    )
    return fill(root, rows, Month(charges, {"requests": REQUESTS, "calls": CALLS}))
