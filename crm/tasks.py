"""The two things Celery is asked to do."""

from celery import shared_task
from django.utils import timezone

from team.jobs.running import run
from team.jobs.schedule import ask_due


@shared_task(name="crm.run_job")
def run_job(job_id: int) -> None:
    """Run a job if it is still to be had."""
    run(job_id)


@shared_task(name="crm.ask_due")
def ask_due_jobs() -> None:
    """Make the rows of nightly work that has fallen due; the beat says so every minute."""
    ask_due(timezone.now())
