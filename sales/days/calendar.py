"""A person's next steps as a calendar (RFC 5545), for the calendar of a phone or desk to fetch."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from crm.lib.periods import end_of
from sales.models import Task
from team.models import Company, User
from team.offering import reaches

PRODUCT = "-//Mainstay//Next steps//EN"
BACK, AHEAD = timedelta(days=30), timedelta(days=365)
LENGTH = timedelta(minutes=15)
# A line has at most so many bytes, its end not counted.
FOLD = 75
MOST = 2000


def calendar_of(user: User, site: str) -> str:
    """Open steps of the last 30 days and the year ahead; a step with an hour takes a quarter of one."""
    company = Company.get()
    today = company.today
    steps = (
        Task.everything.open()
        .filter(owner=user, due_on__gte=today - BACK, due_on__lte=today + AHEAD)
        .select_related("customer", "lead", "deal", "contact")
        .order_by("due_on", "due_at", "pk")[:MOST]
    )
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{PRODUCT}",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_text(_('Next steps, %(company)s') % {'company': company.name or 'Mainstay'})}",
        *_events(steps, company, site, reaches=reaches(user)),
        "END:VCALENDAR",
    ]
    return "".join(f"{folded}\r\n" for line in lines for folded in _folded(line))


def _events(steps: Iterable[Task], company: Company, site: str, *, reaches: bool) -> Iterator[str]:
    stamp = _instant(timezone.now())
    for step in steps:
        yield "BEGIN:VEVENT"
        yield f"UID:step-{step.pk}@{_host(site)}"
        yield f"DTSTAMP:{stamp}"
        yield f"SEQUENCE:{step.version}"
        yield from _when(step, company)
        yield f"SUMMARY:{_text(_summary(step))}"
        told = list(filter(None, (step.dial if reaches else "", step.note)))
        if told:
            yield f"DESCRIPTION:{_text(chr(10).join(told))}"
        yield f"URL:{site}{step.get_absolute_url()}"
        yield "END:VEVENT"


def _when(step: Task, company: Company) -> Iterator[str]:
    if step.due_at is None:
        yield f"DTSTART;VALUE=DATE:{step.due_on:%Y%m%d}"
        yield f"DTEND;VALUE=DATE:{step.due_on + timedelta(days=1):%Y%m%d}"
        yield "TRANSP:TRANSPARENT"
        return
    start = datetime.combine(step.due_on, step.due_at, company.zone)
    yield f"DTSTART:{_instant(start)}"
    yield f"DTEND:{_instant(min(start + LENGTH, end_of(step.due_on, company.zone)))}"


def _summary(step: Task) -> str:
    return f"{step.title}: {step.who}" if step.who else step.title


def _instant(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _host(site: str) -> str:
    return site.partition("://")[2].partition("/")[0] or "mainstay"


def _text(value: str) -> str:
    """Escaped as text values are; what is no printable sign is left out, so that nobody writes lines of their own."""
    escaped = value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    lines = escaped.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\\n".join("".join(c if c.isprintable() else " " for c in line) for line in lines)


def _folded(line: str) -> Iterator[str]:
    """Cut between signs, never within one, into lines of at most 75 bytes; those that go on begin with a space."""
    part, size = "", 0
    for sign in line:
        width = len(sign.encode())
        if size + width > FOLD:
            yield part
            part, size = " ", 1
        part, size = part + sign, size + width
    yield part
