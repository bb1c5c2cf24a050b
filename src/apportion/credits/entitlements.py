"""What a customer may do now, and why not."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from urllib.parse import quote

from pydantic import BaseModel, Field

from apportion.credits.converting import matches
from apportion.credits.customers import Terms
from apportion.credits.days import NONE
from apportion.credits.settings import FeatureLimit
from apportion.credits.standing import Standing, StandingState
from apportion.credits.units import Amount, credits_of, time_of, to_credits

Reason = Literal["", "no_plan", "not_included", "limit_reached", "no_credits", "overage_cap"]


class PlanNamed(BaseModel):
    """The plan that a customer has today."""

    name: str = Field(examples=["pro"])
    title: str = Field(examples=["Pro"])
    source: Literal["subscription", "list", "default"] = Field(description="What says so.")


class FeatureLeft(BaseModel):
    """A limit, and how much of it is left in the period."""

    of: Literal["units", "calls", "credits"]
    unit: str | None = Field(description="Which units count; null for any.")
    limit: Amount
    used: Amount
    left: Amount


class FeatureAllowed(BaseModel):
    """What a customer may do of one feature."""

    feature: str = Field(examples=["summaries"])
    allowed: bool
    reason: Reason = Field(description="Why it is not allowed; empty where it is.")
    limit: FeatureLeft | None = Field(description="null where only credits limit it.")


class CreditsLeft(BaseModel):
    """The credits of the period that runs."""

    unlimited: bool = Field(description="The plan does not limit them.")
    included: Amount | None
    used: Amount
    balance: Amount = Field(description="All that is left, bought credits and others too.")
    percent: Amount | None = Field(description="Used, of what is included.")


class Beyond(BaseModel):
    """What happens to a customer without credits."""

    kind: Literal["overage", "throttle", "stop"]
    credits: Amount = Field(description="Used in this period, and covered by no grant.")
    cost: Amount | None = Field(description="Of overage, at its price.")
    currency: str | None
    price: Amount | None = Field(description="Of one credit of overage.")
    cap: Amount | None = Field(description="What overage may cost in a period.")
    calls_per_minute: int | None = Field(description="The throttle.")


class Entitlements(BaseModel):
    """What a customer may do now."""

    customer: str = Field(examples=["acme"])
    as_of: datetime
    plan: PlanNamed | None = Field(description="null for a customer without one.")
    feature: str | None = Field(description="The feature that was asked about.")
    allowed: bool
    reason: Reason = Field(description="Why it is not allowed; empty where it is.")
    state: StandingState
    credits: CreditsLeft
    over: Beyond | None = Field(description="null as long as there are credits, and there is no overage.")
    throttle: int | None = Field(description="Calls a minute from now on; null for no throttle.")
    all_features: bool = Field(description="The plan allows every feature.")
    features: Sequence[FeatureAllowed]
    period_start: date
    period_end: date = Field(description="The day after its last.")
    resets_at: datetime
    buy_url: str | None


def entitlements(terms: Terms, found: Standing, now: datetime, feature: str | None = None) -> Entitlements:
    """What a customer may do, of a feature or at all. Without a plan `without_plan` decides."""
    listed = features(terms, found)
    asked = _of(terms, found, feature) if feature else None
    if asked and asked.feature not in {one.feature for one in listed}:
        listed = [*listed, asked]
    reason = asked.reason if asked else _stopped(terms, found)
    return Entitlements(
        customer=found.customer,
        as_of=now,
        plan=plan_named(found),
        feature=feature,
        allowed=not reason,
        reason=reason,
        state=found.state,
        credits=CreditsLeft(
            unlimited=found.included is None,
            included=None if found.included is None else credits_of(found.included),
            used=credits_of(found.used),
            balance=credits_of(found.balance),
            percent=found.percent,
        ),
        over=beyond(terms, found),
        throttle=_throttle(found),
        all_features=found.plan is not None and found.plan.features is None,
        features=listed,
        period_start=found.period.start,
        period_end=found.period.until,
        resets_at=time_of(found.resets_at),
        buy_url=buy_url(terms, found),
    )


def plan_named(found: Standing) -> PlanNamed | None:
    """The plan as answers name it."""
    if found.spell is None or found.plan is None:
        return None
    title = found.plan.title or found.spell.plan
    return PlanNamed(name=found.spell.plan, title=title, source=found.spell.source)


def buy_url(terms: Terms, found: Standing) -> str | None:
    """Where this customer buys more."""
    link = terms.plans.link_to_buy(found.spell.plan if found.spell else None)
    return link.replace("{customer}", quote(found.customer, safe="")) or None


def features(terms: Terms, found: Standing) -> list[FeatureAllowed]:
    """What may be done of each feature that the plan names."""
    named = (found.plan.features if found.plan else None) or {}
    return [_of(terms, found, name) for name in named]


def beyond(terms: Terms, found: Standing) -> Beyond | None:
    """What happens beyond the credits, where there are none left or some were used that nobody had."""
    plan = found.plan
    if plan is None or plan.beyond == "none" or (found.state != "over" and not found.over):
        return None
    overage = plan.overage
    return Beyond(
        kind=plan.beyond,
        credits=credits_of(found.over),
        cost=found.cost if overage else None,
        currency=terms.currency if overage else None,
        price=overage.price if overage else None,
        cap=overage.cap if overage else None,
        calls_per_minute=plan.throttle.calls_per_minute if plan.throttle else None,
    )


def _of(terms: Terms, found: Standing, feature: str) -> FeatureAllowed:
    if found.plan is None:
        return _said(feature, _stopped(terms, found))
    if found.plan.features is None:
        return _said(feature, _credits_stop(terms, found, feature))
    if (limit := found.plan.features.get(feature)) is None:
        return _said(feature, "not_included")
    left = _left(found, feature, limit)
    if left and left.left <= 0:
        return _said(feature, "limit_reached", left)
    return _said(feature, _credits_stop(terms, found, feature), left)


def _said(feature: str, reason: Reason, left: FeatureLeft | None = None) -> FeatureAllowed:
    return FeatureAllowed(feature=feature, allowed=not reason, reason=reason, limit=left)


def _stopped(terms: Terms, found: Standing) -> Reason:
    if found.plan is None:
        return "no_plan" if terms.plans.without_plan == "deny" else ""
    return found.stopped


def _credits_stop(terms: Terms, found: Standing, feature: str) -> Reason:
    """A feature that takes no credits needs none."""
    rules = terms.plans.conversions(found.spell.plan) if found.spell else []
    wanted = [(rule.where or {}).get("feature") for rule in rules]
    takes = any(names is None or matches(feature, names) for names in wanted)
    return found.stopped if takes else ""


def _throttle(found: Standing) -> int | None:
    slower = found.plan.throttle if found.plan and found.state == "over" else None
    return slower.calls_per_minute if slower else None


def _left(found: Standing, feature: str, limit: FeatureLimit) -> FeatureLeft | None:
    sums = NONE
    for (name, unit), some in found.by_feature().items():
        if name == feature and (limit.unit is None or unit == limit.unit):
            sums = sums.plus(some)
    if limit.units is not None:
        return _limit("units", limit.unit, limit.units, credits_of(sums.units))
    if limit.calls is not None:
        return _limit("calls", None, Decimal(limit.calls), Decimal(sums.calls))
    if limit.credits is not None:
        return _limit("credits", None, credits_of(to_credits(limit.credits)), credits_of(sums.credits))
    return None


def _limit(
    of: Literal["units", "calls", "credits"], unit: str | None, limit: Decimal, used: Decimal
) -> FeatureLeft:
    return FeatureLeft(of=of, unit=unit, limit=limit, used=used, left=max(Decimal(0), limit - used))
