"""Work that falls due: by the calendar, one job per kind and local day; and what says that there is something to do."""

from datetime import date, datetime, timedelta

from team.jobs.asking import ask
from team.jobs.registry import Kind, nightly_kinds, watching_kinds
from team.models import Company, Job

CATCH_UP_DAYS = 400


def ask_due(now: datetime) -> list[Job]:
    """Make the rows of every nightly job whose day has ended, the missed days included, in order; and of work that
    has come up since, of each kind one at a time.
    """
    zone = Company.get().zone
    nightly = [job for kind in nightly_kinds() for job in _ask_days(kind, now.astimezone(zone))]
    come_up = [kind for kind in watching_kinds() if kind.when is not None and kind.when(now)]
    return nightly + [ask(kind.name, by=None) for kind in come_up]


def missed_days(kind: str, upto: date) -> list[date]:
    """The local days after the last one asked for, to `upto`; at the very first time only `upto`."""
    keys = Job.everything.filter(kind=kind).exclude(key="").order_by("-key")
    last = keys.values_list("key", flat=True).first()
    if last is None:
        return [upto]
    first = date.fromisoformat(last) + timedelta(days=1)
    first = max(first, upto - timedelta(days=CATCH_UP_DAYS - 1))
    return [first + timedelta(days=i) for i in range((upto - first).days + 1)]


def last_ended_day(kind: Kind, local_now: datetime) -> date:
    """The last day whose nightly job is due: yesterday, or the day before it until the hour comes."""
    assert kind.nightly_at is not None
    waited = local_now.time() >= kind.nightly_at
    return local_now.date() - timedelta(days=1 if waited else 2)


def _ask_days(kind: Kind, local_now: datetime) -> list[Job]:
    days = missed_days(kind.name, last_ended_day(kind, local_now))
    return [ask(kind.name, {"day": f"{day}"}, by=None, key=f"{day}") for day in days]
