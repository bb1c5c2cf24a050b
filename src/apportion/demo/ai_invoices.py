"""What the providers of models charge: by day, model and kind of tokens, less what was agreed with them."""

import random
from collections.abc import Iterator
from datetime import date

from apportion.demo.ai_prices import Asked, Model, models
from apportion.demo.charges import DAY, Charges, Line, fingerprint, hours_since_epoch
from apportion.demo.company import (
    ANTHROPIC_WORKSPACE,
    GCP_PROJECTS,
    OPENAI_DATA_SCIENCE,
    OPENAI_PROJECT,
    PRODUCTION,
    Owner,
)
from apportion.demo.prices import PRICE_UNIT, QUANTITY_UNIT

AGREED = {"anthropic": 88}  # percent of the price list that is paid; the others are paid in full
UNMETERED = ("openai", "o3")  # asked by data scientists, with a key of their own
UNMETERED_SINCE = date(2026, 9, 7)
ROUNDED_TO = dict.fromkeys(("openai", "anthropic"), PRICE_UNIT // 10**6)  # each line of the invoice
_SOURCES = {"google": "gcp"}
_SERVICES = {"openai": "OpenAI API", "anthropic": "Claude API", "google": "Gemini API"}
_ACCOUNTS = {
    "openai": OPENAI_PROJECT,
    "anthropic": ANTHROPIC_WORKSPACE,
    "google": GCP_PROJECTS[PRODUCTION],
}
_KINDS = {
    "input": "input tokens",
    "cache_read": "cached input tokens",
    "cache_write": "tokens kept for 5 minutes",
    "cache_write_1h": "tokens kept for 1 hour",
    "output": "output tokens",
}


def bill_models(charges: Charges, asked: Asked, seed: int) -> None:
    """A charge for each day, model and kind of tokens; those that nobody meters come last."""
    lines: dict[tuple[Model, str], int] = {}
    for (day, model, kind), tokens in asked.tokens.items():
        if (model, kind) not in lines:
            lines[model, kind] = charges.open(_line(model, kind))
        _charge(charges, lines[model, kind], day, tokens)
    unmetered = models()[UNMETERED]
    indexes = {kind: charges.open(_line(unmetered, kind, metered=False)) for kind in unmetered.prices}
    for day, kind, tokens in _data_science(charges.days, seed):
        _charge(charges, indexes[kind], day, tokens)


def _charge(charges: Charges, index: int, day: date, tokens: int) -> None:
    line, start = charges.lines[index], hours_since_epoch(day)
    unit = ROUNDED_TO.get(line.provider, 1)
    listed, paid = (_rounded(tokens * price, unit) for price in (line.list_price, line.contracted_price))
    if paid:
        charges.charge(index, start, start + DAY, tokens * QUANTITY_UNIT, [listed, paid, paid, paid])


def _rounded(amount: int, unit: int) -> int:
    return (amount + unit // 2) // unit * unit


def _data_science(days: tuple[date, ...], seed: int) -> Iterator[tuple[date, str, int]]:
    """Day, kind and tokens of experiments, on working days."""
    for day in days:
        dice = random.Random(f"{seed}/data science/{day}")
        if day >= UNMETERED_SINCE and day.weekday() < 5:
            yield day, "input", 120_000 + int(260_000 * dice.random())
            yield day, "output", 20_000 + int(50_000 * dice.random())


def _line(model: Model, kind: str, *, metered: bool = True) -> Line:
    """Google says in words alone which model it was, the others in a tag, too."""
    google = model.provider == "google"
    listed = model.price(kind)
    return Line(
        provider=_SOURCES.get(model.provider, model.provider),
        account=_ACCOUNTS[model.provider] if metered else OPENAI_DATA_SCIENCE,
        region="",
        service=_SERVICES[model.provider],
        category="AI and Machine Learning",
        subcategory="Generative AI",
        sku=fingerprint(f"{model.provider}/{model.listed}/{kind}", 16).upper(),
        meter=_KINDS[kind],
        unit="Tokens",
        description=f"{model.charged}: {_KINDS[kind]}",
        resource_id="",
        resource_name="",
        resource_type="",
        owner=Owner(environment=PRODUCTION) if metered else Owner(),
        tags={"environment": PRODUCTION} if google else {"model": model.charged},
        list_price=listed,
        contracted_price=listed * AGREED.get(model.provider, 100) // 100,
        model=model.listed,
    )
