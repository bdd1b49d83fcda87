"""Long work: ask for it, carry it out, watch over it.

Asking writes a row and touches no broker; a publisher wakes workers (see `crm.publisher`).
"""

from team.jobs.asking import TooManyJobs, ask, retry
from team.jobs.progress import JobFailed, LeaseLost, NotYet, Progress
from team.jobs.registry import handler
from team.jobs.schedule import missed_days

__all__ = [
    "JobFailed",
    "LeaseLost",
    "NotYet",
    "Progress",
    "TooManyJobs",
    "ask",
    "handler",
    "missed_days",
    "retry",
]
