"""Credits that a plan includes: granted when a period is first looked at, once for customer and period.

A plan that begins within a period includes credits for the days that are left of it; of the one before, what
is used and what is left are cut to the days it had. What all of them cover together is counted in `covering`.
"""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from apportion.credits.account import Account
from apportion.credits.grant import PRIORITIES, Grant
from apportion.credits.periods import Period, day_of, midnight
from apportion.credits.timeline import Spell, Timeline
from apportion.credits.units import share, to_credits

_NEVER = 2**63


class Includes:
    """What plans include, in one time zone."""

    def __init__(self, zone: ZoneInfo) -> None:
        self.zone = zone

    def ensure(self, account: Account, timeline: Timeline, day: date, now: int) -> None:
        """Grant what is included in the period that a day is in, and before it what may have rolled over."""
        self._ensure(account, timeline, day, now)
        self.cut(account, timeline, now)
        day_begins, within = midnight(day, self.zone), {day}
        for grant in [g for g in account.grants.values() if g.kind == "included" and g.void and g.used]:
            first = day_of(grant.starts, self.zone)
            if grant.starts < day_begins < (grant.expires or 0) and first not in within:
                within.add(first)  # what it covers, the plan that holds instead has to answer for
                self._ensure(account, timeline, first, now)
        self.cut(account, timeline, now)

    def _ensure(self, account: Account, timeline: Timeline, day: date, now: int) -> None:
        spell = timeline.on(day)
        if spell is None:
            return
        period = spell.period(timeline.settings(spell), day)
        if spell.since is not None and spell.since > period.start:
            last = spell.since - timedelta(days=1)
            if self._was_there(account, timeline.on(last), spell.since):
                self.ensure(account, timeline, last, now)
        self._before(account, timeline, period, now)
        self._grant(account, timeline, spell, period, day, now)

    def cut(self, account: Account, timeline: Timeline, now: int) -> None:
        """Mark grants whose plan did not hold to the end of their period, or never did."""
        included = [g for g in account.grants.values() if g.kind == "included"]
        following: Grant | None = None
        for grant in sorted(included, key=lambda g: (g.starts, g.number), reverse=True):
            grant.cut_at, grant.cut_to = None, 0
            stop = self._stop(grant, following, timeline)
            if grant.expires is None or stop > now or stop >= grant.expires:
                following = grant
                continue
            first, cut, end = (day_of(at, self.zone) for at in (grant.starts, stop, grant.expires))
            grant.cut_at = stop
            grant.cut_to = share(grant.amount, (cut - first).days, (end - first).days)
            following = following if grant.void else grant
        account.cover()

    def _stop(self, grant: Grant, following: Grant | None, timeline: Timeline) -> int:
        """When the plan of a grant no longer held, or the grant's own start if it never did.

        Subscriptions say it. What lists and the default said before, only the grants still know.
        """
        first = day_of(grant.starts, self.zone)
        spell, ends = timeline.on(first), [] if following is None else [following.starts]
        if spell and spell.until:
            ends.append(midnight(spell.until, self.zone))
        if spell and spell.source == "subscription":
            period = spell.period(timeline.settings(spell), first)
            begins = max(period.start, spell.since or period.start)
            whole = midnight(period.until, self.zone) == grant.expires
            if (spell.plan, begins) != (grant.plan, first) or not whole:
                return grant.starts
        return max(grant.starts, min(ends, default=_NEVER))

    def _before(self, account: Account, timeline: Timeline, period: Period, now: int) -> None:
        """The period before rolls over even where nobody looked at it, if the customer was there already."""
        last = period.start - timedelta(days=1)
        spell = timeline.on(last)
        if spell and timeline.settings(spell).rollover and self._was_there(account, spell, period.start):
            before = spell.period(timeline.settings(spell), last)
            self._grant(account, timeline, spell, before, last, now)

    def _was_there(self, account: Account, spell: Spell | None, day: date) -> bool:
        """Whether the customer had a plan before a day: without a subscription, only if it was ever seen."""
        if spell is None or spell.source == "subscription":
            return spell is not None
        return 0 < account.created < midnight(day, self.zone)

    def _grant(
        self, account: Account, timeline: Timeline, spell: Spell, period: Period, day: date, now: int
    ) -> None:
        plan = timeline.settings(spell)
        if not plan.included:
            return
        start = self._start(account, spell, period, day, now)
        if start is None:
            return
        starts, name = midnight(start, self.zone), f"included/{account.customer}/{spell.plan}/{start}"
        same = [
            g
            for g in account.grants.values()
            if (g.kind, g.plan, g.starts) == ("included", spell.plan, starts)
        ]
        if any(not g.void for g in same):
            return
        amount = share(to_credits(plan.included), (period.until - start).days, period.days)
        keeps = to_credits(plan.rollover) if plan.rollover else 0
        following = spell.period(plan, period.until).until
        account.grant(
            Grant(
                f"{name}/{len(same) + 1}" if same else name,
                "included",
                amount,
                PRIORITIES["included"],
                starts,
                expires=midnight(period.until, self.zone),
                ends=midnight(following if keeps else period.until, self.zone),
                keeps=keeps,
                plan=spell.plan,
                reason=f"{plan.title or spell.plan}: {start} to {period.until}",
            ),
            now,
        )

    def _start(self, account: Account, spell: Spell, period: Period, day: date, now: int) -> date | None:
        """The first day for which it is granted; None where another plan's grant stands for that day."""
        begins = max(period.start, spell.since or period.start)
        if spell.source == "subscription":
            return begins
        first, until = midnight(begins, self.zone), midnight(period.until, self.zone)
        within = [g for g in account.grants.values() if g.kind == "included" and first <= g.starts < until]
        if not within:
            return begins
        newest = max(within, key=lambda g: (g.starts, g.number))
        if newest.plan == spell.plan:
            return day_of(newest.starts, self.zone)
        today = day_of(now, self.zone)
        return max(begins, today) if period.start <= today < period.until and day >= today else None
