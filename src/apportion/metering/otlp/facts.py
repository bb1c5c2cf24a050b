"""What a span is and what it tells of a call, from its attributes sorted by meaning."""

from decimal import Decimal
from typing import Any

from apportion.metering.otlp.attributes import Found
from apportion.metering.otlp.names import ANSWERS, KINDS, OPERATIONS, PARAMETERS, ROLES, USAGES
from apportion.metering.otlp.providers import provider
from apportion.metering.otlp.span import CALL, CONTAINER, OTHER, TOOL, Fact
from apportion.metering.otlp.usage import (
    INPUTS,
    OUTPUTS,
    Slots,
    counted_apart,
    find_usage,
    inclusive,
    slots_within,
)  # fmt: skip
from apportion.metering.otlp.values import canonical, count, flag, money, structure, text

_OF_FRAMEWORKS = ("run-", "lc_run", "run_")
_OF_ANSWERS = {"model", "choices", "content", "object"}
_NO_TIERS = {"auto", "none", "null"}


class Answer:
    """What a usage object found in JSON tells, and the answer that holds it; empty where there is none."""

    def __init__(self, found: Found) -> None:
        self.slots: Slots = {}
        self.apart = False
        self.holder: dict[str, Any] = {}
        told_by = found.group("answer")
        for name in ANSWERS if told_by else ():
            told = structure(told_by.get(name))
            if told and (usage := find_usage(told, itself=name in USAGES)):
                self.slots = slots_within(usage[0])
                by_langfuse = name.startswith("langfuse") and "prompt_tokens" not in usage[0]
                self.apart = by_langfuse or counted_apart(usage[0])
                self.holder = usage[1]
                self.tier = text(usage[0].get("service_tier") or usage[1].get("service_tier"))
                return
        self.tier = None

    @property
    def id(self) -> str | None:
        """The provider's id of the answer; those that frameworks give are not taken."""
        told = self.holder.get("id") if _OF_ANSWERS & self.holder.keys() else None
        return text(told) if isinstance(told, str) and not told.startswith(_OF_FRAMEWORKS) else None

    @property
    def model(self) -> str | None:
        """The model that answered."""
        told = self.holder.get("model")
        return text(told) if isinstance(told, str) else None


def kind_of(found: Found) -> tuple[str, str]:
    """The role that a span says it has and the operation, each '' where it does not say."""
    told = found.group("kind")
    for kind in KINDS:
        value = told.get(kind)
        if not isinstance(value, str):
            continue
        if kind == "ai_operation_id":
            return _of_vercel(value)
        name = canonical(value[:100])
        if name in ROLES:
            return ROLES[name], OPERATIONS.get(name, name)
    return "", ""


def _of_vercel(value: str) -> tuple[str, str]:
    """`ai.generateText` wraps its calls, `ai.generateText.doGenerate` is one."""
    if ".do" in value:
        return CALL, "embeddings" if value.endswith("doEmbed") else "chat"
    return (TOOL if "tool" in value.lower() else CONTAINER), ""


def role_of(said: str, found: Found, counts: dict[str, int], answered: bool) -> str:
    """What a span is: as it says, or by what it carries. A count or an answer's id makes it a call."""
    if found.get("fact", "log_like") == "pending_span":  # Logfire's announcement of a span that comes later
        return OTHER
    if said:
        return said
    if found.get("fact", "tool"):
        return TOOL
    if found.get("fact", "agent_run"):
        return CONTAINER
    return CALL if counts or answered else OTHER


def counts_of(found: Found, answer: Answer) -> tuple[dict[str, int], bool]:
    """The tokens of a call, and whether they are the provider's own numbers.

    The provider's answer in JSON counts before attributes, which fill in what it lacks.
    """
    told = inclusive(found.group("count"))
    if not answer.slots:
        return told, False
    exact = inclusive(answer.slots, apart=answer.apart)
    if not exact.keys() >= {"input_tokens", "output_tokens"}:
        return (complete(told, exact), False) if told else (exact, bool(exact))
    return complete(exact, told), True


def complete(best: dict[str, int], other: dict[str, int]) -> dict[str, int]:
    """`best` with what it lacks and `other` has, where both count the same whole."""
    whole = dict(best)
    for side in (INPUTS, OUTPUTS):
        mine, theirs = best.get(side[0]), other.get(side[0])
        if theirs is not None and mine in (None, theirs):
            whole = {**{n: other[n] for n in side if n in other}, **whole}
    return whole


def call_facts(found: Found, answer: Answer, operation: str, counts: dict[str, int]) -> dict[str, Fact]:
    """What else is told of a call; what is not told is left out."""
    asked = _parameters(found)

    def told(name: str) -> str | None:
        return text(found.get("fact", name))

    requested = told("requested_model") or text(asked.get("model"))
    tier = answer.tier or told("response_tier") or told("request_tier") or text(asked.get("service_tier"))
    said = told("provider") or text(found.get("vendor", "provider"))
    facts: dict[str, Fact | None] = {
        "operation": operation or _operation(told("operation")),
        "provider": provider(said) if said else None,
        "model": told("response_model") or answer.model or told("model") or requested,
        "requested_model": requested,
        "response_id": told("response_id") or answer.id,
        "service_tier": None if tier and tier.lower() in _NO_TIERS else tier,
        "max_tokens": _limit(found.get("fact", "max_tokens"), asked),
        "batch": (flag(found.get("fact", "batch")) or (tier or "").lower() == "batch") or None,
        "reported_cost": _cost(found, counts),
        "log": found.get("fact", "log_like") == "log" or None,
        "litellm": found.get("fact", "litellm") is not None or None,
    }
    return {name: value for name, value in facts.items() if value is not None}


_LIMITS = ("max_tokens", "max_completion_tokens", "max_output_tokens")


def _limit(told: Any, asked: dict[str, Any]) -> int | None:
    limits = (count(v) for v in (told, *(asked.get(name) for name in _LIMITS)))
    return next((limit for limit in limits if limit is not None), None)


def _first(values: Any) -> Any:
    return next((v for v in values if v is not None), None)


def _operation(said: str | None) -> str:
    return "embeddings" if said and "embed" in said.lower() else "chat"


def _parameters(found: Found) -> dict[str, Any]:
    if "parameters" not in found.best:
        return {}
    return _first(structure(found.get("parameters", name)) for name in PARAMETERS) or {}


def asked_user(found: Found) -> str | None:
    """The user that the request names to the provider."""
    asked = _parameters(found)
    metadata = asked.get("metadata")
    named = asked.get("user") or (metadata.get("user_id") if isinstance(metadata, dict) else None)
    return text(named) if isinstance(named, str) else None


def failed(found: Found, status: str) -> bool:
    """Whether a span says that it ended in an error."""
    code = count(found.get("fact", "http_status"))
    return status == "error" or found.get("fact", "error") is not None or (code or 0) >= 400


def _cost(found: Found, counts: dict[str, int]) -> str | None:
    """The cost that someone else says; $0 for tokens that nobody counted is no cost but a lack of one."""
    costs = found.group("cost")
    if not costs:
        return None
    whole = costs.get("cost")
    if isinstance(whole, str | dict) and (parts := structure(whole)):
        whole = parts.get("total", parts.get("total_cost"))
    if whole is None and (details := structure(costs.get("cost_object"))):
        whole = details.get("total")
    cost = money(whole)
    if cost is None and "cost_in" in costs and "cost_out" in costs:
        cost = _sum(money(costs["cost_in"]), money(costs["cost_out"]))
    return None if cost == "0" and not counts else cost


def _sum(one: str | None, other: str | None) -> str | None:
    return None if one is None or other is None else money(str(Decimal(one) + Decimal(other)))
