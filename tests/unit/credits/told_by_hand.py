"""What credits should do, written down plainly: every credit is a token that lies somewhere.

An oracle for tests: it shares no code with the ledger, and amounts are whole credits.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

WEEK = 7
FREE, USED, LOST, TAKEN = "free", "used", "lost", "taken back"


@dataclass
class Token:
    state: str = FREE
    by: str = ""


@dataclass
class Heap:
    """Credits of one grant."""

    name: str
    priority: int
    starts: datetime
    made: int
    tokens: list[Token]
    over: datetime | None = None
    stays: int = 0
    gone: datetime | None = None
    plan: bool = False
    cut: tuple[datetime, int] | None = None
    mistake: bool = False
    week: date | None = None

    def worth(self, when: datetime) -> int:
        """Of a plan's credits, what the days are worth that it had, or at a time seems to have."""
        if when < self.starts:
            return 0
        return self.cut[1] if self.cut and when >= self.cut[0] else len(self.tokens)

    def count(self, state: str) -> int:
        return sum(token.state == state for token in self.tokens)

    def allowed(self, when: datetime) -> int:
        """How many may lie free at a time."""
        if self.mistake:
            return 0
        if self.gone and when >= self.gone:
            return 0
        if self.over and when >= self.over:
            return 0 if self.cut else self.stays
        if self.cut and when >= self.cut[0]:
            return max(0, self.cut[1] - self.count(USED))
        return len(self.tokens)

    def turn(self, some: int, state: str, to: str, by: str = "") -> None:
        for token in [t for t in self.tokens if t.state == state][:some]:
            token.state, token.by = to, by


@dataclass
class Job:
    """An operation: what it asks for, what was refunded of it, and what it has, in the order it got it."""

    when: datetime
    asks: int
    refunded: int = 0
    has: dict[str, int] = field(default_factory=dict)  # name of the heap → credits; '' is overage

    @property
    def total(self) -> int:
        return sum(self.has.values())


@dataclass
class Plan:
    included: int
    stays: int = 0


class Oracle:
    """One customer, weeks from the day of its first plan; midnight is that of UTC."""

    def __init__(self, plans: dict[str, Plan]) -> None:
        self.plans = plans
        self.days: dict[date, str] = {}
        self.heaps: dict[str, Heap] = {}
        self.jobs: dict[str, Job] = {}
        self.made = 0

    # plans

    def spell(self, day: date) -> tuple[str, date]:
        """The plan of a day, and its first day."""
        begun = sorted(d for d in self.days if d <= day)
        name, first = self.days[begun[-1]], begun[-1]
        for earlier in reversed(begun[:-1]):
            if self.days[earlier] != name:
                break
            first = earlier
        return name, first

    def include(self, day: date, now: datetime) -> None:
        anchor = min(self.days)
        week = anchor + timedelta(days=(day - anchor).days // WEEK * WEEK)
        before = week - timedelta(days=1)
        if before >= anchor:
            name, first = self.spell(before)
            if self.plans[name].stays:
                self.hand_out(name, first, week - timedelta(days=WEEK))
        for n in range((day - week).days + 1):
            self.hand_out(*self.spell(week + timedelta(days=n)), week)
        self.cut(now)

    def cut(self, now: datetime) -> None:
        """Each plan's credits are for the days in a row that are its own, as far as they have come."""
        for heap in [h for h in self.heaps.values() if h.week]:
            assert heap.week
            name, day = heap.name.split(" from ")[0], heap.starts.date()
            mine = self.spell(day)[0] == name and max(heap.week, self.spell(day)[1]) == day
            end = heap.week + timedelta(days=WEEK)
            while mine and day < end and (self.spell(day)[0] == name or midnight(day) > now):
                day += timedelta(days=1)
            share = (day - heap.starts.date()) / (end - heap.starts.date())
            heap.cut = (midnight(day), round(len(heap.tokens) * share)) if day < end else None

    def hand_out(self, name: str, first: date, week: date) -> None:
        start, end = max(week, first), week + timedelta(days=WEEK)
        key, plan = f"{name} from {start}", self.plans[name]
        if plan.included and key not in self.heaps:
            number = plan.included * (end - start).days // WEEK
            stays = midnight(end + timedelta(days=WEEK)) if plan.stays else midnight(end)
            heap = self.pile(key, number, 20, midnight(start), midnight(end), plan.stays, stays)
            heap.week = week

    def of(self, week: date | None) -> list[Heap]:
        """What plans include in a week, the oldest first."""
        found = [h for h in self.heaps.values() if h.week and h.week == week]
        return sorted(found, key=lambda h: (h.starts, h.made))

    def room(self, week: date | None, when: datetime) -> int:
        """What plans may still cover: what the days are worth then, or come to be, less what is covered."""
        mine = self.of(week)
        moments = [when, *(h.starts for h in mine if h.starts > when)]
        most = max(sum(h.worth(moment) for h in mine) for moment in moments)
        return max(0, most - sum(h.count(USED) for h in mine))

    def pile(
        self,
        name: str,
        number: int,
        priority: int,
        starts: datetime,
        over: datetime | None = None,
        stays: int = 0,
        gone: datetime | None = None,
    ) -> Heap:
        self.made += 1
        tokens = [Token() for _ in range(number)]
        self.heaps[name] = Heap(name, priority, starts, self.made, tokens, over, stays, gone or over)
        return self.heaps[name]

    # what happens

    def sweep(self, now: datetime) -> None:
        for heap in self.heaps.values():
            heap.turn(max(0, heap.count(FREE) - heap.allowed(now)), FREE, TAKEN if heap.mistake else LOST)
        for week in {h.week for h in self.heaps.values() if h.week}:
            excess = sum(h.count(FREE) for h in self.of(week)) - self.room(week, now)
            for heap in self.of(week)[::-1]:
                part = min(max(0, excess), heap.count(FREE))
                heap.turn(part, FREE, LOST)
                excess -= part

    def ready(self, now: datetime, day: date | None = None) -> None:
        self.include(day or now.date(), now)
        self.sweep(now)

    def work(self, name: str, asks: int, now: datetime, when: datetime | None = None) -> None:
        """An operation comes, or is told anew."""
        job = self.jobs.setdefault(name, Job(when or now, asks))
        job.asks = asks
        self.ready(now, job.when.date())
        wanted = max(0, asks - job.refunded) - job.total
        if wanted > 0:
            self.take(name, job, wanted)
        elif wanted < 0:
            self.give(job, -wanted, now)

    def take(self, name: str, job: Job, wanted: int) -> None:
        for heap in sorted(self.heaps.values(), key=lambda h: self.order(h, job.when)):
            if not heap.starts <= job.when or (heap.gone and job.when >= heap.gone):
                continue
            free = min(heap.count(FREE), heap.allowed(job.when))
            back = self.found_again(heap, job.when)
            got = min(wanted, free + back)
            if heap.week:
                got = min(got, self.room(heap.week, job.when))
            heap.turn(max(0, got - free), LOST, FREE)
            heap.turn(got, FREE, USED, name)
            if got:
                job.has[heap.name] = job.has.get(heap.name, 0) + got
            wanted -= got
        if wanted:
            job.has[""] = job.has.get("", 0) + wanted

    @staticmethod
    def order(heap: Heap, when: datetime) -> tuple[object, ...]:
        ends = heap.gone if heap.over and when >= heap.over else heap.over
        return heap.priority, ends or datetime.max.replace(tzinfo=when.tzinfo), heap.starts, heap.made

    @staticmethod
    def found_again(heap: Heap, when: datetime) -> int:
        """Lost ones that were not lost yet at a time within the grant's own week."""
        if heap.mistake or (heap.over and when >= heap.over):
            return 0
        if heap.cut and when >= heap.cut[0]:
            by_the_cut = max(0, len(heap.tokens) - max(heap.cut[1], heap.count(USED)))
            return max(0, heap.count(LOST) - by_the_cut)
        return heap.count(LOST)

    def give(self, job: Job, number: int, now: datetime) -> None:
        names = list(job.has)
        for name in [n for n in names if not n] + [n for n in reversed(names) if n]:
            some = min(number, job.has[name])
            number -= some
            job.has[name] -= some
            if not job.has[name]:
                del job.has[name]
            if name:
                self.heaps[name].turn(some, USED, FREE)
        self.sweep(now)

    def refund(self, name: str, number: int, now: datetime) -> None:
        self.ready(now)
        self.jobs[name].refunded += number
        self.give(self.jobs[name], number, now)

    def take_back(self, name: str, now: datetime) -> None:
        """A grant was a mistake: nobody uses more of it, not even what comes back, nor late."""
        self.ready(now)
        self.heaps[name].mistake = True
        self.sweep(now)

    # what it comes to

    def balance(self, now: datetime) -> int:
        found = 0
        for week in {h.week for h in self.heaps.values()}:
            mine = [h for h in self.heaps.values() if h.week == week and h.starts <= now]
            some = sum(h.count(FREE) + self.found_again(h, now) for h in mine)
            found += min(some, self.room(week, now)) if week else some
        return found

    def overage(self) -> int:
        return sum(job.has.get("", 0) for job in self.jobs.values())

    def used(self) -> int:
        return sum(job.total for job in self.jobs.values())

    def piles(self) -> dict[str, tuple[int, int, int]]:
        """Granted, used and lost by grant."""
        return {n: (len(h.tokens), h.count(USED), h.count(LOST)) for n, h in self.heaps.items()}

    def taken(self) -> dict[str, int]:
        """Taken back, by grant that was a mistake."""
        return {n: h.count(TAKEN) for n, h in self.heaps.items() if h.mistake}


def midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
