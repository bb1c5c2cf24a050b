"""What a run of the allocation says of itself: the versions it was made from and what came out."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any


@dataclass(frozen=True)
class RunRecord:
    """One finished run.

    `versions` names the table versions read and written; `rules` is the workspace file it followed,
    `perspectives` the rules in it, `answers` the SQL that its dimensions and the `tests` of FOCUS columns in
    its rules became; days are ISO dates. `kept_from` is the run whose results it kept for all but `days_run`
    days, '' where it ran all. Two runs with the same `digest` have the same digits; `as_of` is the run that
    this one repeats, `software` the version of Apportion that computed it. `identity` is the SQL that names a
    charge's customer, where an identity map says who that is. What runs of before did not keep is '' in them.
    """

    run_id: str
    started_at: str
    finished_at: str
    versions: Mapping[str, int]
    rules_hash: str
    rules: str
    answers: str
    dimensions: list[str]
    perspectives: dict[str, dict[str, Any]]
    measures: list[str]
    currencies: list[str]
    metric: str
    time_zone: str
    first_day: str
    last_day: str
    charges: int
    results: int
    notes: list[str] = field(default_factory=list)
    tests: list[str] = field(default_factory=list)
    identity: str = ""
    kept_from: str = ""
    days_run: int = 0
    digest: str = ""
    as_of: str = ""
    software: str = ""

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> "RunRecord":
        names = {f.name for f in fields(cls)}
        return cls(**{k: v for k, v in record.items() if k in names})
