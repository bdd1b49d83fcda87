"""Why figures are late: the night that failed or never came, in words for the page that shows the last good ones."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from crm.lib import formatting
from reports.asking import NIGHTLY_JOB
from team.jobs.registry import nightly_kinds
from team.jobs.schedule import last_ended_day
from team.models import Company, Job

# Work that waits longer than this has nobody to do it.
PATIENCE = timedelta(hours=1)


@dataclass(frozen=True)
class Why:
    """`short` for the line below a heading, `text` in sentences; `error` is the job's own, for administrators.

    `is_stuck`: newer figures do not come by themselves.
    """

    short: str
    text: str
    error: str = ""
    is_standstill: bool = False
    is_stuck: bool = False


def last_night() -> Job | None:
    """The last night that was asked for, however long ago: these rows stay (`team.jobs.housekeeping`)."""
    return Job.everything.filter(kind=NIGHTLY_JOB).exclude(key="").order_by("-key", "-id").first()


def stands_still(job: Job) -> bool:
    """Whether nobody has taken it up for so long that nobody will."""
    due = max(job.created_at, job.not_before)
    return job.state == Job.State.QUEUED and due < timezone.now() - PATIENCE


def why_late(job: Job | None, night: Job | None, as_of: date) -> Why:
    """By the job that a page shows, the last night, and the day that the figures are of.

    Where nights are missing after the last one that is why, whatever became of it; and no night is blamed by what it
    did compute.
    """
    live = next((one for one in (job, night) if one is not None and one.is_live), None)
    if live is not None:
        return _waiting(live)
    failed = night is not None and failed_it(night, as_of)
    if night is None or night.key < _last_due().isoformat():
        return _never_came(night, failed=failed)
    if failed:
        return _failed(night)
    if job is not None and job.state == Job.State.FAILED:
        return Why(
            _("the computation failed"), _("The last computation did not finish."), job.error
        )
    return Why(
        _("the last night left it out"),
        _("The last night ran and did not compute this report."),
    )


def failed_it(night: Job, as_of: date) -> bool:
    """Whether a night ended without the figures of a report, which are of the day `as_of`."""
    return night.state == Job.State.FAILED and as_of.isoformat() < night.key


def _last_due() -> date:
    """The last day whose night should have been asked for by now."""
    night = next(kind for kind in nightly_kinds() if kind.name == NIGHTLY_JOB)
    return last_ended_day(night, timezone.now().astimezone(Company.get().zone))


def why_by_old_rule(job: Job | None) -> Why:
    """Why a page tells figures by a rule of before, by the job that it shows."""
    short = _("by the rule of before")
    changed = _("The rule has changed since.")
    if job is not None and job.is_live:
        waiting = _waiting(job)
        stuck = waiting.is_standstill
        return Why(short, f"{changed} {waiting.text}", is_standstill=stuck, is_stuck=stuck)
    if job is not None and job.state == Job.State.FAILED:
        failed = _("The computation by the new one did not finish.")
        return Why(short, f"{changed} {failed}", job.error, is_stuck=True)
    return Why(short, f"{changed} {_('There are no figures by the new one yet.')}")


def asked_earlier() -> Why:
    """No night computes a period of somebody's own."""
    return Why(_("computed when it was asked for"), _("No night computes a period of your own."))


def _waiting(job: Job) -> Why:
    if stands_still(job):
        day = job.created_at.astimezone(Company.get().zone).date()
        text = _("New ones have waited since %(day)s: nothing carries out background work.")
        short = _("background work stands still")
        return Why(short, text % {"day": formatting.day(day)}, is_standstill=True)
    return Why(_("being computed"), _("New ones are being computed."))


def _failed(night: Job) -> Why:
    text = _("The computation of the night after %(day)s did not finish.")
    return Why(_("the night failed"), text % {"day": _day(night)}, night.error)


def _never_came(night: Job | None, *, failed: bool) -> Why:
    short = _("no night has come since")
    if night is None:
        return Why(short, _("No night has been computed yet: nothing starts background work."))
    if failed:
        text = _(
            "The night after %(day)s did not finish, and none has come since: nothing starts background work."
        )
        return Why(short, text % {"day": _day(night)}, night.error)
    text = _("The last night computed was that after %(day)s: nothing starts background work.")
    return Why(short, text % {"day": _day(night)})


def _day(night: Job) -> str:
    return formatting.day(date.fromisoformat(night.key))
