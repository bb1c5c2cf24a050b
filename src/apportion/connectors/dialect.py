"""One shape of bill: what a provider calls its columns, and the SQL that makes FOCUS charges of its rows."""

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Literal

from apportion import focus

Stored = Literal["money", "number", "time", "map", "json", "text", "keys", "nested"]

SQL_TYPES: Mapping[str, str] = {**focus.SQL_TYPES, "keys": focus.SQL_TYPES["map"]}
_OUTPUT = re.compile(r"^\s*(?P<source>.*?)\s*\bAS (?P<name>[A-Z]\w+|x_\w+),?\s*(?:-- (?P<note>.*))?$")


@dataclass(frozen=True)
class Given:
    """A column as the provider has it.

    `name` is what the SQL calls it; a file's header means it where it equals the name or one of `aliases`,
    letters and digits compared alone. `stored` 'keys': every column whose header begins with an alias, as one
    map from the rest of the header to the value; an alias `a=b` puts `b` before that
    rest. 'nested': as it comes, cast to the SQL type `type`.
    """

    name: str
    stored: Stored
    required: bool = False
    aliases: tuple[str, ...] = ()
    type: str = ""
    note: str = ""
    allowed: tuple[str, ...] = ()

    @property
    def sql_type(self) -> str:
        return self.type or SQL_TYPES[self.stored]


@dataclass(frozen=True)
class Output:
    """A column of FOCUS as a dialect's SQL makes it: from what, and a note for people."""

    name: str
    source: str
    note: str


@dataclass(frozen=True)
class Dialect:
    """How one shape of bill is read.

    `body` is a SELECT from `$rows` of `$kept` and of FOCUS columns, each on lines of its own that end in
    `AS Name,  -- note`; '' where the columns are those of FOCUS already. Rows whose `broken` is true must
    pass it. The others are SQL over the columns: `period` a moment in the billing period, `currency`, and
    what the provider's own console adds up: `amount` by `account` and `kind` of line. Lines whose kind is in
    `left_out` become no charge, for the reason given there. Columns of the file whose headers begin with one
    of `ignored` and that no column means are known and not kept; all others end in x_Columns.
    `local`: amounts, times and tags may be written as people somewhere do, each file in its own way.
    """

    name: str
    title: str
    columns: Mapping[str, Given]
    body: str = ""
    version: str = ""
    period: str = ""
    currency: str = ""
    account: str = ""
    kind: str = ""
    amount: str = ""
    left_out: Mapping[str, str] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()
    local: bool = False

    def positions(self, headers: Sequence[str]) -> dict[str, int]:
        """Position in `headers` of each column but those of keys; of two that fold alike the exact one."""
        found: dict[str, int] = {}
        meant = _meant(tuple(self.columns.values()))
        for i, header in enumerate(headers):
            name = meant.get(folded(header))
            if name and (name not in found or header == name):
                found[name] = i
        return found

    def keys(self, headers: Sequence[str]) -> dict[str, dict[str, int]]:
        """For each column of keys: position by key."""
        found: dict[str, dict[str, int]] = {}
        for given in self.columns.values():
            if given.stored == "keys":
                found[given.name] = {
                    key + header[len(prefix) :]: i
                    for prefix, _, key in (alias.partition("=") for alias in given.aliases)
                    for i, header in reversed(list(enumerate(headers)))
                    if header.lower().startswith(prefix.lower()) and len(header) > len(prefix)
                }
        return found

    def outputs(self) -> list[Output]:
        """The columns that `body` makes, in its order."""
        return outputs(self.body)

    def missing(self, headers: Sequence[str]) -> list[str]:
        """Required columns that none of `headers` means."""
        found = self.positions(headers)
        return [g.name for g in self.columns.values() if g.required and g.name not in found]

    def knows(self, header: str) -> bool:
        """Whether a column that is not among `columns` is left out all the same."""
        return (
            folded(header).startswith(tuple(folded(prefix) for prefix in self.ignored))
            if self.ignored
            else False
        )

    def likeness(self, headers: Sequence[str]) -> int:
        """How many of its columns are among `headers`."""
        return len(self.positions(headers)) + sum(map(bool, self.keys(headers).values()))


@cache
def outputs(body: str) -> list[Output]:
    """What a dialect's SQL makes: one `AS Name` ends each column."""
    found, source = [], ""
    for line in body.splitlines():
        match = _OUTPUT.match(line)
        if match is None:
            source = (
                f"{source} {line.strip()}" if line.strip() and not line.strip().startswith("--") else source
            )
            continue
        whole = f"{source} {match['source']}".strip()
        found.append(Output(match["name"], whole.removeprefix("SELECT $kept,").strip(), match["note"] or ""))
        source = ""
    return found


def given(package: str, name: str = "columns") -> dict[str, Given]:
    """The columns listed in `NAME.csv` of a package: name, stored, required, aliases, type, note."""
    text = files(package).joinpath(f"{name}.csv").read_text(encoding="utf-8")
    return {
        row["name"]: Given(
            row["name"],
            row["stored"],  # type: ignore[arg-type]  # a test checks the words in the file
            row["required"] == "yes",
            tuple(filter(None, (row["aliases"] or "").split("|"))),
            row.get("type") or "",
            row.get("note") or "",
        )
        for row in csv.DictReader(text.splitlines())
    }


def body(package: str, name: str) -> str:
    """The text of `NAME.sql` in a package."""
    return files(package).joinpath(f"{name}.sql").read_text(encoding="utf-8")


def folded(header: str) -> str:
    """Letters and digits of a header in lower case: `lineItem/UsageAmount` is `line_item_usage_amount`."""
    return re.sub(r"[\W_]", "", header.lower())


@cache
def _meant(columns: tuple[Given, ...]) -> Mapping[str, str]:
    names = {folded(alias): g.name for g in columns if g.stored != "keys" for alias in g.aliases}
    return {**names, **{folded(g.name): g.name for g in columns if g.stored != "keys"}}
