"""Jobs beside a server: each in its turn, as often as it says."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from apportion.app import App, silent
from apportion.jobs.job import Job
from apportion.jobs.running import run_job

FIRST = timedelta(seconds=30)
"""After the start: questions come first."""


class Schedule:
    """Runs jobs until it is stopped. One thread: a job that takes long delays the others, not the server."""

    def __init__(self, app: App, jobs: Sequence[Job]) -> None:
        self._scheduler = BackgroundScheduler(
            timezone=UTC, executors={"default": ThreadPoolExecutor(1)}, daemon=True
        )
        begin = datetime.now(UTC) + FIRST
        for i, job in enumerate(jobs):
            self._scheduler.add_job(
                run_job,
                "interval",
                args=(app, job, silent),
                seconds=job.every.total_seconds(),
                next_run_time=begin + timedelta(seconds=i),
                id=job.name,
                coalesce=True,
                max_instances=1,
                misfire_grace_time=None,
            )

    def start(self) -> None:
        self._scheduler.start()

    def stop(self) -> None:
        """Begin no further job, and wait for the one that runs.

        The interpreter would wait for it, too, but lets nobody start threads by then.
        """
        self._scheduler.shutdown()
