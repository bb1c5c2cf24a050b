"""The file as it becomes with each proposal, and what the bill then answers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from apportion.allocation.models import Rules
from apportion.engine import quote_ident, quote_text
from apportion.suggestions.bill import Bill
from apportion.suggestions.edits import Edit, applied
from apportion.suggestions.models import Draft

Parse = Callable[[str], Rules]
NONE = quote_text("(none)")


@dataclass(frozen=True)
class State:
    """One text of the file with its rules. `made` are the drafts accepted so far, by key."""

    text: str
    rules: Rules
    bill: Bill
    parse: Parse
    made: tuple[Draft, ...] = ()

    @classmethod
    def begin(cls, text: str, bill: Bill, parse: Parse) -> "State":
        state = cls(text, parse(text), bill, parse)
        bill.answer(state.rules)
        return state

    def accept(self, draft: Draft) -> "State":
        """The state after the draft; the table `answered` follows."""
        text = applied(self.text, draft.edits)
        rules = self.parse(text)
        if rules.dimensions != self.rules.dimensions:
            self.bill.answer(rules)
        return replace(self, text=text, rules=rules, made=(*self.made, draft))

    def needs(self, *keys: str) -> tuple[str, ...]:
        """Those of the keys that stand for drafts, not for what the file had."""
        return tuple(d.key for d in self.made if d.key in keys)

    def has(self, dimension: str) -> bool:
        return dimension in self.rules.dimensions

    def perspective(self, to: str) -> str | None:
        """The name of the perspective that attributes to a dimension, as reports choose it."""
        found = [name for name, p in self.rules.perspectives.items() if p.to == to]
        return to if to in found else found[0] if found else None

    def unanswered(self, dimension: str) -> str:
        """SQL: the row has no answer."""
        return f"{quote_ident(dimension)} = {NONE}" if self.has(dimension) else "true"

    def cost(self, *conditions: str) -> Decimal:
        """EffectiveCost of the rows that meet all conditions (SQL)."""
        return self.bill.amount(f"SELECT sum(cost) FROM answered WHERE {' AND '.join(conditions) or 'true'}")


def edits(*parts: Edit | Sequence[Edit]) -> tuple[Edit, ...]:
    """One list of edits from some and lists of some."""
    return tuple(e for part in parts for e in ([part] if not isinstance(part, Sequence) else part))
