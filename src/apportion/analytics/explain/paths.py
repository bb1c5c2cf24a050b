"""The ways that an amount came, each with its chain of steps, as one level of an explanation."""

from decimal import Decimal

from apportion.analytics.explain.basis import steps_of
from apportion.analytics.explain.models import ExplainedPart, Step
from apportion.analytics.explain.parts import ZERO, Page
from apportion.analytics.explain.plan import Plan
from apportion.analytics.explain.splitting import Path, Split
from apportion.analytics.explain.words import by
from apportion.core.money import percent


def path_parts(plan: Plan, found: Split) -> Page:
    """One page of the paths, the heaviest first."""
    whole = sum(found.totals.values(), ZERO)
    request = plan.request
    shown = found.paths[request.cursor : request.cursor + request.limit]
    return Page([_part(plan, found, path, whole) for path in shown], len(found.paths), whole)


def _part(plan: Plan, found: Split, path: Path, whole: Decimal) -> ExplainedPart:
    steps = steps_of(None, plan, found.ways, path.walk) if path.walk and found.ways else None
    label, detail = _words(steps)
    return ExplainedPart(
        label=label,
        detail=detail,
        amount=path.amount,
        share_pct=percent(path.amount, whole),
        pins={**plan.request.pins, "path": path.pin},
        line_item=None,
        steps=steps,
    )


def _words(steps: list[Step] | None) -> tuple[str, str]:
    if steps is None:
        return "other paths", "each weighs less than those shown"
    names = [steps[0].name, *(step.target_name for step in steps)]
    return " → ".join(names), ", then ".join(by(step) for step in steps)
