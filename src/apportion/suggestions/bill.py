"""The bill as suggestions read it: charges that say the same of themselves, added up, in one currency."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from apportion.allocation import NONE, Rules
from apportion.allocation.dimensions import Compiler, fold
from apportion.core.errors import BadInput
from apportion.engine import quote_ident, quote_text, statement

PACKAGE = "apportion.suggestions"
READ = (
    "x_Source", "ServiceProviderName", "SubAccountId", "SubAccountName", "ServiceCategory", "ServiceName",
    "ResourceId", "ResourceName", "RegionId", "ChargeCategory", "ChargeFrequency", "CommitmentDiscountStatus",
    "CapacityReservationStatus", "Tags",
)  # fmt: skip
Rows = list[tuple[Any, ...]]


class Bill:
    """The table `bill` in a database of its own, and questions to it. Amounts are EffectiveCost."""

    def __init__(
        self,
        con: duckdb.DuckDBPyConnection,
        columns: Mapping[str, str],
        tag_keys: Sequence[str],
        measures: Mapping[str, Sequence[str]],
        directory: Path,
        currency: str,
        locations: Mapping[str, str] | None = None,
    ) -> None:
        self.con, self.tag_keys, self.measures, self.directory = con, tag_keys, measures, directory
        self.columns = columns
        self.customers = bool(con.execute("SELECT 1 FROM customers LIMIT 1").fetchall())
        self._locations = locations or {}
        self.currency, self.other_currencies = _currency(con, currency)

    def read(self, rules: Rules) -> None:
        """Fill `bill` with what proposals look at, and what the file's own rules look at."""
        more = [c for c in columns_of(rules) if c in self.columns and c not in READ]
        listed = ", ".join(quote_ident(c) for c in (*READ, *more) if c in self.columns)
        self.con.execute(statement(PACKAGE, "bill", columns=listed), {"currency": self.currency})

    def answer(self, rules: Rules) -> None:
        """Make the table `answered`: the bill with its answers to the dimensions of `rules`."""
        answers = Compiler(self.columns, self.tag_keys, self.directory).compile(rules)
        self.con.execute(
            f"CREATE OR REPLACE TEMP TABLE answered AS SELECT *, {answers.select_list()} FROM bill"
        )

    def rows(self, query: str, *params: object) -> Rows:
        return self.con.execute(query, list(params)).fetchall()

    def amount(self, query: str, *params: object) -> Decimal:
        """The one amount a query gives; 0 where it gives none."""
        found = self.rows(query, *params)
        return Decimal(found[0][0]) if found and found[0][0] is not None else Decimal(0)

    def said_of(self, measure: str) -> str:
        """What a measure's place is called, without its folders: words that may name what was used."""
        return Path(self._locations.get(measure, "")).stem

    def charged(self) -> Decimal:
        return self.amount("SELECT sum(cost) FROM bill")

    def spellings(self) -> dict[str, list[str]]:
        """Tag keys by what is left of them without case and signs."""
        found: dict[str, list[str]] = {}
        for key in sorted(self.tag_keys):
            found.setdefault(fold(key), []).append(key)
        return found

    def keys_of(self, rules: Rules) -> list[str]:
        """The tag keys, in every spelling, that the answers of `rules` look at."""
        answers = [a for part in (*rules.dimensions.values(), rules.cost_class) for a in part]
        asked = [k for a in answers for k in ([a.tag] if isinstance(a.tag, str) else a.tag or [])]
        named = [name for a in answers for name in (a.key or "", *(a.when or {}))]
        asked += [n.removeprefix("tag:") for n in named if n.startswith("tag:")]
        spelled = self.spellings()
        return sorted({s for key in asked for s in spelled.get(fold(key), [])})

    def tag(self, keys: Sequence[str]) -> str:
        """SQL for the value of the first of these tag keys, in any spelling, that has one; else NULL."""
        spelled = self.spellings()
        found = [s for key in keys for s in sorted(spelled.get(fold(key), []), key=lambda s: (s != key, s))]
        parts = [f"nullif(nullif(trim(Tags[{quote_text(k)}]), ''), {quote_text(NONE)})" for k in found]
        return f"coalesce({', '.join(parts)})" if parts else "CAST(NULL AS VARCHAR)"

    def known(self, dimension: str) -> set[str]:
        """Values that usage or the customers file give to a dimension: those that answers should give."""
        listed = [m for m, has in self.measures.items() if dimension in has]
        query = (
            "SELECT DISTINCT dimensions[?] FROM usage "
            "WHERE list_contains(?, measure) AND dimensions[?] IS NOT NULL"
        )
        found = {str(r[0]) for r in self.rows(query, dimension, listed, dimension)}
        if dimension == "customer":
            found |= {str(r[0]) for r in self.rows("SELECT customer_id FROM customers")}
        return found - {NONE, "(idle)"}


def columns_of(rules: Rules) -> list[str]:
    """Names of what the answers and rules look at, FOCUS columns among them."""
    answers = [a for part in (*rules.dimensions.values(), rules.cost_class) for a in part]
    found = [name for a in answers for name in (a.column, a.key, a.dimension, *(a.when or {})) if name]
    for perspective in rules.perspectives.values():
        for rule in perspective.rules:
            found += [*names_in(rule.match), *(getattr(rule, "by", None) or [])]
    return list(dict.fromkeys(found))


def names_in(match: Mapping[str, Any]) -> list[str]:
    found = []
    for key, value in match.items():
        parts = [value] if isinstance(value, dict) else value if isinstance(value, list) else []
        below = [name for part in parts if isinstance(part, dict) for name in names_in(part)]
        found += below if key in ("any", "all", "not") else [key]
    return found


def _currency(con: duckdb.DuckDBPyConnection, wanted: str) -> tuple[str, list[str]]:
    """The reporting currency, or the one with most charges where the bills do not have it; and the others."""
    found = con.execute(
        "SELECT BillingCurrency FROM charges WHERE BillingCurrency IS NOT NULL "
        "GROUP BY 1 ORDER BY BillingCurrency = ? DESC, count(*) DESC, 1", [wanted]
    ).fetchall()  # fmt: skip
    if not found:
        raise BadInput(
            "there are no charges to read",
            hint="Bring in a bill: apportion ingest focus PATH --source NAME",
        )
    return str(found[0][0]), sorted(str(r[0]) for r in found[1:])
