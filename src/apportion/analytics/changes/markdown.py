"""A plan as one comment on a pull request: the summary first, and never more than such a comment may hold."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from apportion.analytics.changes.models import (
    Changes,
    DataChange,
    PerspectiveChange,
    RuleChange,
    TargetChange,
)
from apportion.analytics.sentences import money, share

MARKER = "<!-- apportion plan -->"
LONGEST = 80
SETTINGS = 5


def as_comment(found: Changes, rows: int = 20) -> str:
    """Markdown with at most `rows` rows of each kind; MARKER, by which it is found again, first."""
    said = [MARKER, "", f"**Cost attribution:** {_safe(found.headline, 1000)}", ""]
    moving = [p for p in found.perspectives if p.change != "same"]
    said += _table(
        ["perspective", "before", "after", "moves", "unallocated", "targets that move"],
        [_perspective(p) for p in moving],
        rows,
    )
    said += _table(["target", "before", "after", "change", ""], [_target(t) for t in found.targets], rows)
    for title, lines in (
        ("Rules", [_rule(r) for r in found.rules]),
        ("Settings", [_setting(s.setting, s.before, s.after) for s in found.settings]),
        ("Data", [_data(d) for d in found.data]),
    ):
        said += _folded(title, lines, rows)
    days = found.meta.label or f"{found.meta.start} to {found.meta.to}, the end excluded"
    said += [f"{_safe(note, 500)}\n" for note in found.notes]
    said.append(
        f"<sub>{found.meta.metric}, {_safe(days)}, against run {_safe(found.before.run_id or '')}.</sub>"
    )
    return "\n".join(said) + "\n"


def _table(head: Sequence[str], found: Sequence[Sequence[str]], most: int) -> Iterator[str]:
    if not found:
        return
    yield f"| {' | '.join(head)} |"
    yield f"| {' | '.join(['---', *['---:'] * (len(head) - 1)])} |"
    yield from (f"| {' | '.join(row)} |" for row in found[:most])
    if len(found) > most:
        yield f"\nand {len(found) - most:,} more."
    yield ""


def _folded(title: str, lines: Sequence[str], most: int) -> Iterator[str]:
    if not lines:
        return
    yield f"<details><summary>{title}: {len(lines):,}</summary>\n"
    yield from (f"- {line}" for line in lines[:most])
    if len(lines) > most:
        yield f"- and {len(lines) - most:,} more"
    yield "\n</details>\n"


def _perspective(p: PerspectiveChange) -> list[str]:
    moved = money(p.moved, p.currency) + (f" ({share(p.moved_pct)})" if p.moved_pct is not None else "")
    unallocated = f"{money(p.unallocated_before, p.currency)} → {money(p.unallocated_after, p.currency)}"
    return [
        _safe(p.perspective),
        money(p.total_before, p.currency),
        money(p.total_after, p.currency),
        moved,
        unallocated,
        f"{p.targets_moved:,} of {max(p.targets_before, p.targets_after):,}",
    ]


def _target(t: TargetChange) -> list[str]:
    return [
        f"{_safe(t.perspective)}: {_safe(t.target)}",
        *(money(amount, t.currency) for amount in (t.before, t.after)),
        _signed(t.change, t.currency),
        share(t.change_pct) if t.state == "changed" and t.change_pct is not None else t.state,
    ]


def _signed(amount: Decimal, currency: str) -> str:
    return f"{'+' if amount > 0 else ''}{money(amount, currency)}"


def _rule(r: RuleChange) -> str:
    name = f"{_safe(r.perspective)}: **{_safe(r.rule)}** {r.change}"
    if r.change == "removed":
        return name
    shown = [_setting(s.setting, s.before, s.after) for s in r.settings[:SETTINGS]]
    return f"{name}: {'; '.join(shown)}" + (" …" if len(r.settings) > SETTINGS else "")


def _setting(name: str, before: str | None, after: str | None) -> str:
    if before is None:
        return f"{_safe(name)} {_safe(after or '')}"
    return f"{_safe(name)} {_safe(before)} → {_safe(after) if after is not None else 'not set'}"


def _data(d: DataChange) -> str:
    name = " ".join(filter(None, [d.table, d.name if d.name != d.table else "", d.period]))
    if d.difference is None:
        return f"{_safe(name)} {d.change}: {d.rows_before} → {d.rows_after} rows"
    change = money(d.difference, d.currency) if d.currency else f"{d.difference.normalize():,f}"
    return f"{_safe(name)} {d.change}: {d.what} {'+' if d.difference > 0 else ''}{change}"


def _safe(text: str, longest: int = LONGEST) -> str:
    """Text that Markdown takes as it is: no markup, no link, nobody called by name, and not too long."""
    short = text if len(text) <= longest else f"{text[: longest - 1]}…"
    kept = re.sub(r"[^\w\s.,;:()%$€£¥→…−+-]|_|:(?=\S)|(?<=www)\.", lambda found: f"&#{ord(found[0])};", short)
    return re.sub(r"\s+", " ", kept)
