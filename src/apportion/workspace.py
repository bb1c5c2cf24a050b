"""apportion.yaml as a whole: its shape, and errors that name the line."""

from collections.abc import Container, Hashable, Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from apportion import focus
from apportion.access.settings import AccessSettings
from apportion.alerts.settings import Alerts
from apportion.allocation import Inputs, Rules
from apportion.allocation.match import MATCH_SCHEMA, TEST_SCHEMA, names
from apportion.allocation.models import ATTRIBUTED, COST, Name, Part
from apportion.allocation.nodes import POOL_FIELDS
from apportion.anomalies.settings import Detection
from apportion.budgets.settings import Budgets
from apportion.budgets.settings import mistakes as budget_mistakes
from apportion.connectors import WITHOUT_LOCATION, bill_connector
from apportion.connectors.stores import check_access
from apportion.connectors.usage import AnyMeasure, AnyRows, OperationsMeasure
from apportion.core.errors import BadInput, NotFound
from apportion.credits.settings import Plans
from apportion.metering.fields import FIELDS, LISTED, known_field
from apportion.metering.operation import TREE
from apportion.metering.settings import Database, Earned, Overhead, Tree, TrueUp
from apportion.metering.sinks.settings import Sink
from apportion.pricing.settings import OwnRate

FILE = "apportion.yaml"
SOURCE_NAME = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$"


def _time_zone(name: str) -> str:
    from zoneinfo import available_timezones  # noqa: PLC0415  reads a thousand files, rarely needed

    if name != "UTC" and name not in available_timezones():
        raise ValueError(f"'{name}' is not a time zone; write it like Europe/Berlin")
    return name


class Reporting(Part):
    """In what reports are given unless one asks otherwise."""

    currency: str = Field(default="USD", pattern=r"^[A-Z]{3}$")
    time_zone: Annotated[str, AfterValidator(_time_zone)] = "UTC"
    metric: Literal["EffectiveCost", "BilledCost"] = "EffectiveCost"


def _words(access: Any) -> Any:
    """YAML reads true and false as something other than text."""
    if not isinstance(access, dict):
        return access
    return {key: str(v).lower() if isinstance(v, bool) else v for key, v in access.items()}


Access = Annotated[dict[str, str], BeforeValidator(_words), AfterValidator(check_access)]


class Source(Part):
    """One place that bills come from; settings that are not here are its connector's own."""

    model_config = ConfigDict(extra="allow", frozen=True)

    connector: str = "focus"
    location: str = ""
    access: Access = Field(default_factory=dict)

    @property
    def settings(self) -> dict[str, Any]:
        """What is set for the connector alone."""
        return dict(self.model_extra or {})

    @model_validator(mode="after")
    def _connector_takes_it(self) -> Self:
        try:
            bill_connector(self.connector, self.settings)
        except BadInput as why:
            raise ValueError(f"{why.message} {why.hint}".strip()) from None
        if not self.location and self.connector not in WITHOUT_LOCATION:
            raise ValueError("it needs a location: where the bills are")
        return self


class Limits(Part):
    """When a load is refused: more broken rows, or more of the cost in them, than this (in percent)."""

    rejected_rows: Decimal = Field(default=Decimal(1), ge=0, le=100)
    rejected_cost: Decimal = Field(default=Decimal(1), ge=0, le=100)


class Retention(Part):
    """How long files of older versions are kept, so that runs can be repeated and compared."""

    days: int = Field(default=90, ge=1, le=3660)


def _unknown_fields(name: str, measure: OperationsMeasure) -> Iterator[tuple[list[int | str], str]]:
    at: list[int | str] = ["measures", name]
    named = [(["dimensions", key], field) for key, field in measure.dimensions.items()]
    named += [(["where", field], field) for field in measure.where]
    for path, field in named:
        if not known_field(field):
            yield (
                [*at, *path],
                f"operations have no field '{field}'; a dimension of your own is dimensions.{field}",
            )


class Workspace(Rules):
    """The whole file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    company: str = ""
    reporting: Reporting = Reporting()
    sources: dict[Annotated[str, Field(pattern=SOURCE_NAME)], Source] = Field(default_factory=dict)
    measures: dict[Name, AnyMeasure] = Field(default_factory=dict)
    customers: AnyRows | None = None
    revenue: AnyRows | None = None
    identities: AnyRows | None = None
    identity_dimension: Name = "customer"
    limits: Limits = Limits()
    retention: Retention = Retention()
    rates: list[OwnRate] = Field(default_factory=list)
    database: Database = Database()
    tree: Tree = Tree()
    sinks: list[Sink] = Field(default_factory=list)
    true_up: list[TrueUp] = Field(default_factory=list)
    overhead: Overhead | None = None
    features: dict[str, Earned] = Field(default_factory=dict)
    anomalies: Detection = Detection()
    alerts: Alerts = Alerts()
    plans: Plans = Plans()
    budgets: Budgets = Field(default_factory=dict)
    access: AccessSettings = AccessSettings()

    def mistakes(self) -> Iterator[tuple[list[int | str], str]]:
        """What each part alone cannot know: settings that name something which is not there."""
        yield from self._mistakes_about_rates()
        for word in {COST, ATTRIBUTED} & set(self.measures):
            yield ["measures", word], f"a measure cannot be called '{word}': that name stands for cost itself"
        for name, measure in self.measures.items():
            if isinstance(measure, OperationsMeasure):
                yield from _unknown_fields(name, measure)
        yield from self._mistakes_about_operations()
        yield from self._mistakes_about_anomalies()
        yield from ((["alerts", *path], message) for path, message in self.alerts.mistakes())
        yield from ((["plans", *path], message) for path, message in self.plans.mistakes())
        answers = {*self.dimensions, *POOL_FIELDS}
        yield from budget_mistakes(self.budgets, self.perspectives, answers)
        labels = [sink.label for sink in self.sinks]
        for i, label in enumerate(labels):
            if label in labels[:i]:
                yield ["sinks", i], f"another sink is called '{label}'; give each a `name` of its own"
        if "identity_dimension" in self.model_fields_set:
            named: list[int | str] = ["identity_dimension"]
            yield from self._unknown(named, self.identity_dimension, self.dimensions, "dimension")
        for name, perspective in self.perspectives.items():
            at: list[int | str] = ["perspectives", name]
            yield from self._unknown([*at, "to"], perspective.to, self.dimensions, "dimension")
            for i, rule in enumerate(perspective.rules):
                here = [*at, "rules", i]
                for key in names(rule.match):
                    yield from self._unknown(
                        [*here, "match", key],
                        key,
                        {*self.dimensions, *POOL_FIELDS},
                        "dimension",
                        focus.charge_columns(),
                    )
                yield from self._unknown([*here, "to"], rule.to, self.dimensions, "dimension")
                for driver in rule.drivers:
                    at_driver = [*here, "measures" if rule.measures else "measure"]
                    known = {*self.measures, COST, ATTRIBUTED}
                    yield from self._unknown(at_driver, driver.measure, known, "measure")

    def _mistakes_about_anomalies(self) -> Iterator[tuple[list[int | str], str]]:
        watched = [("live", i, one.measure) for i, one in enumerate(self.anomalies.live)]
        watched += [("usage", i, one.measure) for i, one in enumerate(self.anomalies.usage)]
        for part, i, measure in watched:
            at: list[int | str] = ["anomalies", part, i, "measure"]
            yield from self._unknown(at, measure, self.measures, "measure")

    def _mistakes_about_operations(self) -> Iterator[tuple[list[int | str], str]]:
        answers = {*self.dimensions, *POOL_FIELDS}
        for i, entry in enumerate(self.true_up):
            yield from self._unknown(["true_up", i, "model"], entry.model, self.dimensions, "dimension")
            for name in entry.where:
                yield from self._unknown(["true_up", i, "where", name], name, answers, "dimension")
        if self.overhead:
            at: list[int | str] = ["overhead"]
            wanted = self.overhead.perspective
            yield from self._unknown([*at, "perspective"], wanted, self.perspectives, "perspective")
            yield from self._unknown(
                [*at, "dimension"], self.overhead.dimension, FIELDS - {LISTED, *TREE}, "field of operations"
            )
            for name in self.overhead.where or {}:
                yield from self._unknown([*at, "where", name], name, answers, "dimension")

    def _mistakes_about_rates(self) -> Iterator[tuple[list[int | str], str]]:
        for i, rate in enumerate(self.rates):
            if rate.cluster_cost:
                at: list[int | str] = ["rates", i, "cluster_cost", "perspective"]
                wanted = rate.cluster_cost.perspective
                yield from self._unknown(at, wanted, self.perspectives, "perspective")

    @staticmethod
    def _unknown(
        path: list[int | str],
        wanted: str | None,
        known: Iterable[str],
        kind: str,
        others: Container[str] = (),
    ) -> Iterator[tuple[list[int | str], str]]:
        if wanted is not None and wanted not in known and wanted not in others:
            yield path, f"there is no {kind} '{wanted}' (declared: {', '.join(sorted(known)) or 'none'})"

    def rule_set(self) -> Rules:
        """Only what an allocation follows."""
        return Rules(dimensions=self.dimensions, cost_class=self.cost_class, perspectives=self.perspectives)

    def inputs(self, directory: Path, text: str, **more: Any) -> Inputs:
        """What a run of the allocation follows: `text` is this file's, `more` what is not in it."""
        return Inputs(
            rules=self.rule_set(),
            measures={name: list(measure.dimensions) for name, measure in self.measures.items()},
            directory=directory,
            metric=self.reporting.metric,
            time_zone=self.reporting.time_zone,
            currency=self.reporting.currency,
            text=text,
            identified=self.identity_dimension if self.identities else "",
            **more,
        )


class _Loader(yaml.SafeLoader):
    """Refuses a key that stands twice, where YAML would let the last one win."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                raise BadInput(
                    f"'{key.value}' stands twice",
                    where=f"{FILE}, line {key.start_mark.line + 1}",
                    hint="Keep one.",
                )
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def read_text(directory: Path) -> str:
    """The text of a workspace's file. Raises NotFound where the folder is no workspace."""
    path = directory / FILE
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise NotFound(
            f"{directory} is not a workspace: it has no {FILE}.",
            hint="Make one with 'apportion init DIR', or name one with -w DIR.",
        ) from None
    except (OSError, UnicodeDecodeError) as why:
        raise BadInput(f"cannot be read: {why}", where=str(path)) from None


def parse(text: str) -> Workspace:
    """The workspace that `text` describes. Raises BadInput naming line and setting."""
    try:
        content = yaml.load(text, Loader=_Loader) or {}  # noqa: S506  _Loader is a SafeLoader
    except yaml.MarkedYAMLError as why:
        line = why.problem_mark.line + 1 if why.problem_mark else 1
        raise BadInput(f"is not YAML: {why.problem}", where=f"{FILE}, line {line}") from None
    if not isinstance(content, dict):
        raise BadInput("should be settings like 'company: Fernway'", where=f"{FILE}, line 1")
    try:
        found = Workspace.model_validate(content)
    except ValidationError as why:
        raise _refusal(_mistakes(why), text) from None
    if mistakes := list(found.mistakes()):
        raise _refusal(mistakes, text)
    return found


def _mistakes(why: ValidationError) -> list[tuple[list[int | str], str]]:
    found: list[tuple[list[int | str], str]] = []
    for error in why.errors(include_url=False, include_input=False):
        message = error["msg"].removeprefix("Value error, ")
        if error["type"] == "string_type":
            message = "should be text; numbers like account ids need quotes: '0123'"
        elif error["type"] == "extra_forbidden":
            message = "there is no such setting here"
        found.append((_setting(error["loc"]), message))
    return found


def _setting(location: tuple[int | str, ...]) -> list[int | str]:
    """Where a mistake is, as people wrote it: without the connector that decides what may stand there."""
    path = [p for p in location if p != "[key]"]
    if path[:2] in (["alerts", "rules"], ["alerts", "channels"], ["alerts", "actions"]):
        return path[:3] + path[4:]
    depth = {"measures": 2, "customers": 1, "revenue": 1, "identities": 1}.get(
        str(path[0]) if path else "", len(path)
    )
    return path[:depth] + path[depth + 1 :]


def _refusal(mistakes: list[tuple[list[int | str], str]], text: str) -> BadInput:
    """Every mistake with its line and setting, as people count them."""
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    lines = []
    for path, message in mistakes:
        setting = "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in path).lstrip(".")
        lines.append(f"line {_line(root, path)}: {setting or 'file'}: {message}")
    heading = f"{len(lines)} setting{'s' * (len(lines) > 1)} cannot be used:"
    return BadInput("\n  ".join([heading, *lines]), where=FILE, hint="See docs/reference/workspace.md.")


def _line(node: yaml.Node | None, path: list[int | str]) -> int:
    line = 1
    for step in path:
        if isinstance(node, yaml.MappingNode):
            found = next((pair for pair in node.value if pair[0].value == str(step)), None)
            if found is None:
                return line
            line, node = found[0].start_mark.line + 1, found[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
            line = node.start_mark.line + 1
        else:
            return line
    return line


def schema() -> dict[str, Any]:
    """The JSON Schema of the file."""
    found = Workspace.model_json_schema()
    found["$defs"]["Test"] = TEST_SCHEMA  # it refers to itself, which models cannot say
    found["$defs"]["Rule"]["properties"]["match"] |= MATCH_SCHEMA
    return found


__all__ = ["FILE", "Source", "Workspace", "parse", "read_text", "schema"]
