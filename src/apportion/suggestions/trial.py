"""Tries rules on a bill made small: how much of it each perspective attributes, by the engine itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from apportion.allocation.daily import daily_costs, register_charge_days
from apportion.allocation.dimensions import Compiler
from apportion.allocation.models import Perspective, Rules
from apportion.allocation.passing import Facts
from apportion.allocation.perspective import Allocator
from apportion.engine import connect, quote_ident, quote_text, statement
from apportion.ledger.schemas import FOCUS_KEPT
from apportion.suggestions.bill import PACKAGE, Bill, columns_of, names_in

SUMS = ("BilledCost", "EffectiveCost", "ContractedCost", "ListCost")
NEEDED = (
    "x_Source", "x_BillingPeriod", "BillingCurrency", "ChargeFrequency", "CommitmentDiscountStatus",
    "CapacityReservationStatus", *FOCUS_KEPT,
)  # fmt: skip


@dataclass(frozen=True)
class Outcome:
    """EffectiveCost of a perspective by where it ended."""

    allocated: Decimal = Decimal(0)
    idle: Decimal = Decimal(0)
    unallocated: Decimal = Decimal(0)

    @property
    def charged(self) -> Decimal:
        return self.allocated + self.idle + self.unallocated


class Trials:
    """Runs of the engine over a bill that holds what `rules` look at, in a database of its own."""

    def __init__(self, bill: Bill, rules: Rules) -> None:
        self._bill, self._answered = bill, ""
        self.con = connect(memory_limit="2GB")
        self._copy("charges", *_lines(bill, rules))
        merged = _merged(rules)
        self._copy("usage", statement(PACKAGE, "usage"), {"merged": merged})
        self._copy("customers", statement(PACKAGE, "customers"), {"merged": "customer" in merged})

    def close(self) -> None:
        self.con.close()

    def run(self, rules: Rules, perspectives: Sequence[str] | None = None) -> dict[str, Outcome]:
        """Outcomes by perspective; the table `results` holds where each pool ended."""
        wanted = [n for n in rules.perspectives if perspectives is None or n in perspectives]
        if not wanted:
            return {}
        compiler = Compiler(self._bill.columns, self._bill.tag_keys, self._bill.directory)
        answers = compiler.compile(rules)
        dimensions, tests = list(answers.dimensions), list(answers.tests)
        if answers.select_list() != self._answered:  # most trials change rules alone
            self._answered = answers.select_list()
            register_charge_days(self.con, self._answered, [*dimensions, *tests])
            daily_costs(self.con, dimensions, tests)
        facts = Facts(self._bill.measures, self._bill.customers, self._bill.currency)
        allocator = Allocator(self.con, dimensions, self._bill.columns, facts, currencies=1)
        for name in wanted:
            allocator.run(name, rules.perspectives[name], lambda _: None)
        return self._outcomes()

    def _outcomes(self) -> dict[str, Outcome]:
        found: dict[str, dict[str, Decimal]] = {}
        for name, kind, amount in self.con.execute(
            "SELECT perspective, target_kind, money(sum(effective)) FROM results GROUP BY ALL"
        ).fetchall():
            found.setdefault(name, {})[kind] = amount
        return {name: Outcome(**kinds) for name, kinds in found.items()}

    def _copy(self, name: str, query: str, parameters: Mapping[str, object]) -> None:
        table = self._bill.con.execute(query, parameters).to_arrow_table()
        self.con.register("copied", table)
        self.con.execute(f"CREATE TABLE {quote_ident(name)} AS FROM copied")
        self.con.unregister("copied")


def _lines(bill: Bill, rules: Rules) -> tuple[str, dict[str, object]]:
    """The bill by day with the columns and tags that any of the rules look at."""
    used = [c for c in columns_of(rules) if c in bill.columns and c not in NEEDED and c not in SUMS]
    answers = [a for part in (*rules.dimensions.values(), rules.cost_class) for a in part]
    used += ["ResourceId"] if any(a.resource for a in answers) and "ResourceId" not in used else []
    listed = ", ".join(quote_ident(c) for c in (*NEEDED, *used) if c in bill.columns and c != "Tags")
    sums = ", ".join(f"CAST(sum({c}) AS DECIMAL(28, 12)) AS {c}" for c in SUMS)
    keys = ", ".join(quote_text(k) for k in bill.keys_of(rules))
    tags = (
        "map_from_entries(list_filter(map_entries(Tags), lambda e: "
        f"list_contains([{keys}]::VARCHAR[], e.key)))"
    )
    return statement(PACKAGE, "lines", columns=listed, tags=tags, sums=sums), {"currency": bill.currency}


def _merged(rules: Rules) -> list[str]:
    """Dimensions that cost only ends at: no rule tells their values apart."""
    ends = {p.to for p in rules.perspectives.values()}
    told = {d for p in rules.perspectives.values() for d in _told_apart(p)}
    return sorted(ends - told)


def _told_apart(perspective: Perspective) -> set[str]:
    """Dimensions whose values make a difference to where cost goes on its way, or to which usage counts."""
    found: set[str] = set()
    for rule in perspective.rules:
        final = rule.to in (None, perspective.to)
        named = set(names_in(rule.match)) - ({perspective.to} if final else set())
        found |= named | set(rule.where or {}) | (set() if final else {str(rule.to)})
    return found
