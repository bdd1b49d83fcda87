"""Asking for figures: those of a page anew, or of a period of one's own, which the page then waits for."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm.lib import formatting
from crm.lib.notices import say
from crm.lib.web import SeeOther, respond, safe_next
from reports.asking import ask_for, live_snapshot_job
from reports.calendar import Choice, choices
from reports.reading.asked import (
    PERIODS_A_DAY,
    TooManyPeriods,
    ask_once,
    ask_within,
    asked_runs,
)
from reports.reading.filters import chosen_of
from reports.reading.freshness import Freshness, freshness_of
from reports.reading.own_period import asked_in, typed_key
from reports.report import Report, report_named
from reports.screens import all_screens, screen_of
from reports.screens.screen import Screen
from team.access import SIGNED_IN, SignedInRequest, access
from team.jobs import TooManyJobs
from team.models import Company, Job

# What the losses page itself asks for: the ledger takes the six losses along.
OVERVIEW = ("ledger", "bridge")
# Parts of an address that another period has no use for.
OF_A_PERIOD = ("period", "month", "week", "after", "before", "last")
Ask = Callable[..., Any]


@require_POST
@access(SIGNED_IN)
def compute(request: SignedInRequest) -> HttpResponse:
    """Ask for the figures of a report in the chosen period; the same request answers the one under way."""
    yesterday = Company.get().today - timedelta(days=1)
    asked = request.POST.get("period", "")
    chosen = chosen_of(asked, choices(yesterday), asked_in(asked, yesterday))
    ask = ask_within if chosen.is_own else ask_for
    if _ask(request, _screen(request), chosen, yesterday, ask):
        say(request, _("The figures are being computed. The old ones stay until then."))
    return SeeOther(safe_next(request, reverse("losses")))


@require_POST
@access(SIGNED_IN)
def own_period(request: SignedInRequest) -> HttpResponse:
    """Ask once for a page's figures from one day to another; what is no period its page says."""
    yesterday = Company.get().today - timedelta(days=1)
    screen = _screen(request)
    key = typed_key(request.POST.get("from", ""), request.POST.get("to", ""))
    asked = asked_in(key, yesterday)
    if asked is not None and asked.choice is not None:
        key = asked.choice.key
        _ask(request, screen, asked.choice, yesterday, ask_once)
    address = screen.address if screen else reverse("losses")
    return SeeOther(f"{address}?{urlencode([*_kept(request), ('period', key)])}")


def overview_reports() -> tuple[Report, ...]:
    return tuple(report_named(slug) for slug in OVERVIEW)


def _screen(request: SignedInRequest) -> Screen | None:
    """The page that figures are asked for; None is the losses page."""
    screen = screen_of(request.POST.get("report", ""))
    if screen is not None and not screen.opens_for(request.user):
        raise PermissionDenied
    return screen


def _kept(request: SignedInRequest) -> list[tuple[str, str]]:
    """The rest of the address that the form stood on."""
    words = parse_qsl(urlsplit(safe_next(request, "")).query)
    return [(word, value) for word, value in words if word not in OF_A_PERIOD]


def _ask(
    request: SignedInRequest, screen: Screen | None, choice: Choice, yesterday: date, ask: Ask
) -> bool:
    reports = screen.computes if screen else overview_reports()
    try:
        for report, run in asked_runs(reports, choice, yesterday):
            ask(report, run, by=request.user)
    except TooManyJobs:
        say(request, _("Two of your computations are under way already. Wait for the first."))
        return False
    except TooManyPeriods:
        told = _("You have asked for %(n)s periods of your own within a day. Ask again tomorrow.")
        say(request, told % {"n": formatting.number(PERIODS_A_DAY)})
        return False
    return True


@require_safe
@access(SIGNED_IN)
def losses_job(request: SignedInRequest) -> HttpResponse:
    """How far the computation is that a loss page waits for; the page asks for this part alone.

    A page that has nothing to show yet names its job (`wait`), and is loaded anew once that is over.
    """
    waits = request.GET.get("wait", "")
    job = _live(waits) if waits else None
    if waits and job is None:
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    context = {
        "freshness": Freshness(0, job) if job else _behind(request),
        "back": safe_next(request, reverse("losses")),
        "wait": job.pk if job else "",
        "watched": True,
    }
    return respond(request, "reports/_job.html", context)


def _behind(request: SignedInRequest) -> Freshness:
    """How it stands with the page that asks: of its reports, and of its own period, if it has one."""
    company = Company.get()
    page = urlsplit(safe_next(request, ""))
    words = dict(parse_qsl(page.query))
    screen = next((one for one in all_screens() if page.path.startswith(one.address)), None)
    asked = asked_in(words.get("period", ""), company.today - timedelta(days=1))
    made_of = screen.computes if screen else overview_reports()
    return freshness_of(None, company, None if asked is None else asked.choice, made_of=made_of)


def _live(number: str) -> Job | None:
    is_number = number.isascii() and number.isdigit() and len(number) < 19
    return live_snapshot_job(int(number)) if is_number else None
