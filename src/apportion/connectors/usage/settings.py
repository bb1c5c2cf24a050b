"""The settings of measures in apportion.yaml, one model for each connector."""

import re
from datetime import date, timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Discriminator, Field, Tag, model_validator

from apportion.connectors.sql.query import check_rows, check_spans
from apportion.core.settings import Name, Part, Secret

_STEP = re.compile(r"([1-9][0-9]{0,4})([smhd])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_LOOKS_BACK = re.compile(r"\[\s*([^\]:\s]+)\s*\]")


def seconds_of(step: str) -> int:
    """Seconds in a step such as `5m`; ValueError where it is none, or does not divide a day."""
    match = _STEP.fullmatch(step)
    seconds = int(match[1]) * _SECONDS[match[2]] if match else 0
    if not seconds or 86400 % seconds:
        raise ValueError(f"'{step}' does not divide a day; write it like 1h, 15m or 1d")
    return seconds


def _step(step: str) -> str:
    seconds_of(step)
    return step


def _address(url: str) -> str:
    if not re.fullmatch(r"https?://[^@?#\s]+", url):
        raise ValueError("write it like http://prometheus.example:9090; secrets belong in the environment")
    return url


Dimensions = Annotated[dict[Name, str], Field(min_length=1)]
Days = Annotated[int, Field(ge=1, le=366)]


class Measure(Part):
    """A named quantity over time and dimensions."""

    connector: str
    dimensions: Dimensions
    unit: str = ""


class _Columns(Measure):
    """What tables of usage have in common."""

    unit_column: str = ""

    @model_validator(mode="after")
    def _unit_is_known(self) -> Self:
        if self.unit_column and not self.unit:
            raise ValueError("`unit_column` is compared with `unit`: say which unit is the right one")
        return self


class FilesMeasure(_Columns):
    """Usage in files; `time`, `quantity` and the values of `dimensions` are columns."""

    connector: Literal["files"] = "files"
    location: str
    time: str = "time"
    quantity: str = "quantity"


class OpenCostMeasure(Measure):
    """Usage of Kubernetes; `quantity` and the values of `dimensions` are fields of allocations."""

    connector: Literal["opencost"]
    location: str
    quantity: str = "totalCost"
    days: Days = 14
    step: Literal["1d", "1h"] = "1d"


class SqlMeasure(_Columns):
    """Usage that a query over an SQL database answers; the other names are columns of the query."""

    connector: Literal["sql"]
    url: Secret
    query: Annotated[str, AfterValidator(check_spans)]
    time: str = "time"
    quantity: str = "quantity"
    since: date | None = None
    days: Days = 14


class PrometheusMeasure(Measure):
    """Usage that a PromQL expression answers; the values of `dimensions` are labels."""

    connector: Literal["prometheus"]
    url: Annotated[str, AfterValidator(_address)]
    query: Annotated[str, Field(min_length=1)]
    sum: Literal["increase", "average"]
    step: Annotated[str, AfterValidator(_step)] = "1h"
    token: Secret | None = None
    days: Days = 14

    @property
    def width(self) -> timedelta:
        """The time that each sample stands for."""
        return timedelta(seconds=seconds_of(self.step))

    @property
    def expression(self) -> str:
        """The query with the step in the place of `$step`."""
        return self.query.replace("$step", self.step)

    @model_validator(mode="after")
    def _looks_back_one_step(self) -> Self:
        other = [back for back in _LOOKS_BACK.findall(self.expression) if not _same(back, self.step)]
        if self.sum == "increase" and other:
            raise ValueError(
                f"the query looks back {other[0]} and its step is {self.step}, so usage would be counted "
                "twice or lost; write [$step]"
            )
        return self


def _same(duration: str, step: str) -> bool:
    try:
        return seconds_of(duration) == seconds_of(step)
    except ValueError:
        return False


class OperationsMeasure(Measure):
    """Usage that the workspace's own operations are; the values of `dimensions` are their fields."""

    connector: Literal["operations"]
    quantity: Literal[
        "cost", "requests", "tokens", "input_tokens", "output_tokens", "units", "gpu_seconds", "latency_ms"
    ] = "cost"
    where: dict[Name, str | list[str]] = Field(default_factory=dict)


class PushMeasure(Measure):
    """Usage that others send, one batch after the other."""

    connector: Literal["push"]


class Files(Part):
    """Rows from files; `columns` renames them: our name → theirs."""

    connector: Literal["files"] = "files"
    location: str
    columns: dict[str, str] = Field(default_factory=dict)


class SqlRows(Part):
    """Rows that a query over an SQL database answers, all of them each time."""

    connector: Literal["sql"]
    url: Secret
    query: Annotated[str, AfterValidator(check_rows)]
    columns: dict[str, str] = Field(default_factory=dict)


def _connector(settings: Any) -> Any:
    return settings.get("connector", "files") if isinstance(settings, dict) else settings.connector


def _known(*names: str) -> Discriminator:
    known = ", ".join(names)
    return Discriminator(
        _connector, custom_error_type="connector", custom_error_message=f"it has no such connector ({known})"
    )


AnyMeasure = Annotated[
    Annotated[FilesMeasure, Tag("files")]
    | Annotated[OpenCostMeasure, Tag("opencost")]
    | Annotated[SqlMeasure, Tag("sql")]
    | Annotated[PrometheusMeasure, Tag("prometheus")]
    | Annotated[OperationsMeasure, Tag("operations")]
    | Annotated[PushMeasure, Tag("push")],
    _known("files", "opencost", "sql", "prometheus", "operations", "push"),
]
AnyRows = Annotated[
    Annotated[Files, Tag("files")] | Annotated[SqlRows, Tag("sql")],
    _known("files", "sql"),
]
