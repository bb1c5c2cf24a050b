"""Runs a job: alone, with its outcome kept, and its failure no reason to stop the others."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from apportion.app import App, Said
from apportion.core.alone import alone
from apportion.core.errors import ApportionError
from apportion.jobs.job import Job

log = logging.getLogger("apportion.jobs")
OK, FAILED, BUSY = "ok", "failed", "busy"


@dataclass(frozen=True)
class Ran:
    """What came of one run of a job: ok, failed, or busy where another process was at it."""

    job: str
    outcome: str
    said: str
    started: datetime
    seconds: float


def run_job(app: App, job: Job, said: Said) -> Ran:
    """Run a job now, unless another process does; whatever goes wrong is in the answer, not raised."""
    started = datetime.now(UTC)
    with alone(app.directory / ".jobs" / f"{job.name}.lock") as mine:
        if not mine:
            return Ran(job.name, BUSY, "another process is at it", started, 0.0)
        try:
            outcome, words = OK, job.run(app, said)
        except ApportionError as why:
            outcome, words = FAILED, str(why)
        except Exception as why:
            log.exception("the job %s failed", job.name)
            outcome, words = FAILED, f"unexpected: {type(why).__name__}; the log has more"
        ran = Ran(job.name, outcome, words, started, (datetime.now(UTC) - started).total_seconds())
        app.keep_job(ran.job, ran.outcome, ran.said, ran.started, ran.seconds)
        return ran


def run_jobs(app: App, jobs: Sequence[Job], said: Said) -> Iterator[Ran]:
    """Run jobs one after the other; what one fails at does not keep the next from running."""
    for job in jobs:
        said(job.name)
        yield run_job(app, job, said)
