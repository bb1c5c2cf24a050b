"""What was planted in the operations and in the invoices for them, with its numbers."""

from collections.abc import Callable, Sequence
from typing import Any

from apportion.demo.ai_features import (
    BRIEF,
    CHEAP_MODEL,
    DEAR_MODEL,
    MESSAGE_PROMPT,
    MESSAGES,
    OWN_MODEL,
    OWN_PROVIDER,
    TRIAGE,
    WITH_EXAMPLES,
)
from apportion.demo.ai_invoices import AGREED, UNMETERED
from apportion.demo.charges import Charges
from apportion.demo.operations import Operation
from apportion.demo.truth import text


def planted_in_operations(operations: Sequence[Operation]) -> dict[str, Any]:
    """A cheap model that would do, a variant that costs much for what it adds, a model without a price."""
    triage = [o for o in operations if o["feature"] == TRIAGE]
    messages = [o for o in operations if o["prompt"] == MESSAGE_PROMPT]
    return {
        "cheap_model_would_do": {
            "feature": TRIAGE,
            "dear": {"model": DEAR_MODEL, **_came_out(triage, lambda o: o["model"] == DEAR_MODEL)},
            "cheap": {"model": CHEAP_MODEL, **_came_out(triage, lambda o: o["model"] == CHEAP_MODEL)},
        },
        "dear_variant": {
            "feature": MESSAGES,
            "prompt": MESSAGE_PROMPT,
            "cheap": {"variant": BRIEF, **_came_out(messages, lambda o: o["variant"] == BRIEF)},
            "dear": {
                "variant": WITH_EXAMPLES,
                **_came_out(messages, lambda o: o["variant"] == WITH_EXAMPLES),
            },
        },
        "without_a_price": {
            "provider": OWN_PROVIDER,
            "model": OWN_MODEL,
            "operations": sum(o["model"] == OWN_MODEL for o in operations),
        },
    }


def planted_in_invoices(charges: Charges) -> dict[str, Any]:
    """A discount that no rate knows, and a model that is charged but not metered."""
    [(agreed_with, percent)] = AGREED.items()
    provider, model = UNMETERED
    billed: dict[str, int] = {}
    for (index, _), units in charges.billed.items():
        name = charges.lines[index].model
        billed[name] = billed.get(name, 0) + units
    return {
        "negotiated": {"provider": agreed_with, "discount_pct": 100 - percent},
        "not_metered": {"provider": provider, "model": model, "BilledCost": text(billed.get(model, 0))},
        "invoiced": {name: text(units) for name, units in sorted(billed.items()) if name},
    }


def _came_out(operations: Sequence[Operation], which: Callable[[Operation], bool]) -> dict[str, int]:
    chosen = [o for o in operations if which(o)]
    done = [o for o in chosen if "success" in o]
    return {"operations": len(chosen), "units": len(done), "successes": sum(o["success"] for o in done)}
