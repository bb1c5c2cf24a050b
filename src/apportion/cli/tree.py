"""An explanation as a tree on the terminal, and as rows."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rich.text import Text
from rich.tree import Tree

from apportion.cli import output

if TYPE_CHECKING:
    from apportion.analytics.explain import Branch
    from apportion.analytics.explain.models import Step


def draw(branch: "Branch", currency: str) -> None:
    """Print a tree of amounts; each is the sum of those below it."""
    tree = Tree(_line(branch, currency), guide_style="dim")
    _grow(tree, branch, currency)
    output.out.print(tree)
    if branch.branches:
        output.out.print("Each amount is the sum of those below it, to the last digit.", style="dim")


def _grow(tree: Tree, branch: "Branch", currency: str) -> None:
    for step in branch.steps:
        if len(branch.steps) > 1 or not branch.sentence:
            tree.add(Text(f"{step.name} → {step.target_name}: {step.sentence} {_rule(step)}", style="dim"))
    for below in branch.branches:
        _grow(tree.add(_line(below, currency)), below, currency)


def _line(branch: "Branch", currency: str) -> Text:
    from apportion.analytics.sentences import money

    share = f" ({branch.share_pct} %)" if branch.share_pct is not None else ""
    line = Text.assemble((money(branch.amount, currency, cents=True), "bold"), f"{share} {branch.label}")
    if branch.detail:
        line.append(f" · {branch.detail}", "dim")
    if branch.line_item:
        line.append(f" · {branch.line_item.x_SourceFile}:{branch.line_item.x_SourceLine}", "dim")
    if branch.sentence:
        line.append(f"\n{branch.sentence}")
    if len(branch.steps) == 1:
        line.append(f" {_rule(branch.steps[0])}", "dim")
    return line


def _rule(step: "Step") -> str:
    return f"[rule '{step.rule}' {step.rule_version}]" if step.rule else ""


def tree_rows(branch: "Branch") -> Sequence[dict[str, Any]]:
    """Every amount of the tree as a row, from the top down, with its depth."""
    return [
        {
            "depth": depth,
            "level": found.level,
            "label": found.label,
            "detail": found.detail,
            "amount": found.amount,
            "share_pct": found.share_pct,
            "sentence": found.sentence,
            "steps": [step.model_dump(mode="json", by_alias=True) for step in found.steps],
            "pins": found.pins,
            "line_item": found.line_item.model_dump(mode="json") if found.line_item else None,
        }
        for depth, found in branch.walk()
    ]
