"""Operations as JSON lines: what is known of each, amounts as text with all their digits."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from apportion.metering.export.csv_rows import cell


class JsonLines:
    """One object for each operation; what is left out is unknown."""

    media_type = "application/x-ndjson"
    ending = "jsonl"

    def head(self) -> str:
        """Nothing."""
        return ""

    def encode(self, records: Iterable[Mapping[str, Any]]) -> str:
        """One line for each."""
        return "".join(json.dumps(known(record), ensure_ascii=False) + "\n" for record in records)


def known(record: Mapping[str, Any]) -> dict[str, Any]:
    """What is known of an operation, as JSON has it."""
    found = {name: value for name, value in record.items() if value is not None and value != {}}
    return {n: v if isinstance(v, bool | int | dict) else cell(v) for n, v in found.items()}
