"""Jobs about customers."""

from datetime import date, time, timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.filing import empty_bin, sweep
from customers.twins import write_twins
from team.jobs import Progress, handler


@handler("customers.twins", nightly_at=time(2, 40), title=_("Looking for customers entered twice"))
def look_for_twins(progress: Progress, *, day: str) -> None:
    with progress.publishing(day=day):
        write_twins(today=date.fromisoformat(day) + timedelta(days=1))


@handler("customers.files", nightly_at=time(3, 40), title=_("Emptying the bin of files"))
def tidy_files(progress: Progress, *, day: str) -> None:
    gone = empty_bin(today=date.fromisoformat(day) + timedelta(days=1))
    swept = sweep(before=timezone.now() - timedelta(days=1))
    with progress.publishing(day=day, files=gone, leftovers=swept):
        pass
