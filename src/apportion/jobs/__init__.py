"""What runs on a schedule; each job may run twice without harm."""

from apportion.jobs.job import Job
from apportion.jobs.registry import JOBS
from apportion.jobs.running import Ran, run_job, run_jobs
from apportion.jobs.schedule import Schedule

__all__ = ["JOBS", "Job", "Ran", "Schedule", "run_job", "run_jobs"]
