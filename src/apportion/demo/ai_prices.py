"""What the models that Fernway asks cost by their providers' price lists, and what each operation came to."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache

from apportion.demo.operations import Operation
from apportion.demo.prices import PRICE_UNIT
from apportion.demo.tables import rows

MILLION = 10**6
BOOK_UNIT = 10**12
DIMENSIONS = ("customer", "feature", "team")


@dataclass(frozen=True)
class Model:
    """A model by the price list's name and the invoice's; `prices` are dollars a million tokens."""

    provider: str
    listed: str
    charged: str
    prices: Mapping[str, Decimal] = field(hash=False)

    def price(self, kind: str, unit: int = PRICE_UNIT) -> int:
        """What one token of a kind costs, in parts of a dollar: 10⁻¹⁰, or as `unit` says."""
        return int(self.prices[kind] * unit / MILLION)


@dataclass
class Asked:
    """What was asked of models: tokens by day, model and kind, and what they cost at list price.

    `costs` are 10⁻¹² dollars by dimension, day and model (as the price list calls it), of each value.
    """

    tokens: dict[tuple[date, Model, str], int] = field(default_factory=lambda: defaultdict(int))
    costs: dict[str, dict[tuple[date, str], dict[str, int]]] = field(
        default_factory=lambda: {name: defaultdict(lambda: defaultdict(int)) for name in DIMENSIONS}
    )


@cache
def models() -> dict[tuple[str, str], Model]:
    """Every model with a price, by its provider and the name that operations say."""
    found: dict[tuple[str, str], Model] = {}
    prices: dict[tuple[str, str], dict[str, Decimal]] = defaultdict(dict)
    for row in rows("ai_prices"):
        key = row["provider"], row["model"]
        prices[key][row["kind"]] = Decimal(row["price"])
        found[key] = Model(row["provider"], row["listed"], row["charged"], prices[key])
    return found


def asked(operations: Iterable[Operation]) -> Asked:
    """All operations added up; those of models without a price are in no invoice."""
    result, known = Asked(), models()
    for operation in operations:
        model = known.get((operation["provider"], operation["model"]))
        if model is None:
            continue
        day, cost = date.fromisoformat(operation["time"][:10]), 0
        for kind, tokens in tokens_by_kind(operation).items():
            result.tokens[day, model, kind] += tokens
            cost += tokens * model.price(kind, BOOK_UNIT)
        for name, costs in result.costs.items():
            costs[day, model.listed][operation[name]] += cost
    return result


def tokens_by_kind(operation: Operation) -> dict[str, int]:
    """Tokens that each have one price: input without what a cache gave or took, and so on; no zeros."""
    read, hour = operation.get("cache_read_tokens", 0), operation.get("cache_write_1h_tokens", 0)
    written = operation.get("cache_write_tokens", 0)
    found = {
        "input": operation["input_tokens"] - read - written,
        "cache_read": read,
        "cache_write": written - hour,
        "cache_write_1h": hour,
        "output": operation["output_tokens"],
    }
    return {kind: tokens for kind, tokens in found.items() if tokens}
