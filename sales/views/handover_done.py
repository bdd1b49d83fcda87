"""The last steps of a hand-over: checked and done, watched, taken back."""

from datetime import date, datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.lib import formatting
from crm.lib.notices import say
from crm.lib.web import SeeOther, safe_next
from customers.models import Customer
from sales.handing_over.applying import AlreadyDone, ChangedSince, NoHeir, NothingLeft, apply
from sales.handing_over.care import WATCHED, has_care, is_running
from sales.handing_over.changes import differences, in_names
from sales.handing_over.due import hour_of, schedule, unschedule
from sales.handing_over.forms import NOW, ON, ConfirmForm
from sales.handing_over.loads import add_plan, heirs_of, usual_calls
from sales.handing_over.notes import written_for
from sales.handing_over.nudging import NobodyWaits, remind
from sales.handing_over.reading import held_by
from sales.handing_over.telling import letters
from sales.handing_over.undoing import TAKEN_BACK, TooLate, left, may_undo, undo, until
from sales.handing_over.watching import board_for, board_of, named_lines, watched_line
from sales.models import Handover, HandoverLine
from sales.views.wizard import LEADERS, frame_of, handover_or_404, whole_numbers
from team.access import SignedInRequest, access, visible_or_404
from team.forms.common import refuse
from team.models import Company, User
from team.passwords import check_present
from team.refusals import Refusal


@require_http_methods(["GET", "HEAD", "POST"])
@access(*LEADERS)
@sensitive_post_parameters("password")
def handover_check(request: SignedInRequest, handover_id: int) -> HttpResponse:
    """The fourth step. A post hands over, or schedules it; nothing was written before."""
    handover = handover_or_404(request, handover_id)
    if handover.applied_at is not None:
        return SeeOther(reverse("handover-watch", args=[handover.pk]))
    form = ConfirmForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return _do(request, handover, form)
        except Refusal as refusal:
            refuse(form, refusal)
        except ChangedSince:
            form.add_error(None, _("More has changed since you looked. Look at it once more."))
        except NoHeir as missing:
            form.add_error(None, _no_heir(missing.n))
        except NothingLeft:
            form.add_error(None, _nothing(handover))
        except AlreadyDone:
            return SeeOther(reverse("handover-watch", args=[handover.pk]))
    handover = handover_or_404(request, handover_id)
    status = 422 if form.is_bound and form.errors else 200
    context = _checked(handover) | {"form": form, "noted_day": _noted_day(handover, request.user)}
    return render(request, "sales/handover_check.html", context, status=status)


def _nothing(handover: Handover) -> str:
    if handover.kind == Handover.Kind.DEPARTURE and not handover.lines.exists():
        return _("They hold nothing. Their employment is ended under People.")
    return _("Nothing of it is theirs any more. Nothing was done.")


def _no_heir(n: int) -> str:
    return _("Without an heir: %(n)s. Choose one, or give them to the pool.") % {
        "n": formatting.number(n)
    }


def _do(request: SignedInRequest, handover: Handover, form: ConfirmForm) -> HttpResponse:
    typed = form.cleaned_data
    try:
        check_present(request.user, typed["password"])
    except Refusal as refusal:
        raise Refusal(refusal.sentence, "password") from refusal
    if typed["effect"] != NOW:
        say(request, _scheduled(request, handover, typed))
        return SeeOther(reverse("handover-check", args=[handover.pk]))
    done = apply(handover, by=request.user, seen=typed["seen"])
    told_n = formatting.number(sum(done.moved.values()))
    say(request, _("Handed over: %(n)s records.") % {"n": told_n})
    return SeeOther(reverse("handover-watch", args=[handover.pk]))


def _scheduled(request: SignedInRequest, handover: Handover, typed: dict[str, Any]) -> str:
    """The day is their first with the new owners, or the last one of work with whoever leaves."""
    on = typed["day"] if typed["effect"] == ON else None
    at = schedule(handover, by=request.user, seen=typed["seen"], on=on)
    told = {"at": formatting.day(timezone.localtime(at).date())}
    if on is not None:
        return _("It will be handed over on %(at)s, as the day begins.") % told
    return _("It will be handed over on %(at)s, when work ends.") % told


def _noted_day(handover: Handover, by: User) -> date | None:
    """The last day that is known of the leaver, where handing over would end their employment on another one."""
    leaver = handover.leaver
    if leaver is None or handover.kind != Handover.Kind.DEPARTURE or not by.is_admin:
        return None
    noted = leaver.leaves_on
    lies_ahead = leaver.is_active and noted is not None and noted >= Company.get().today
    return noted if lies_ahead and noted != handover.last_day else None


def _checked(handover: Handover) -> dict[str, Any]:
    heirs = heirs_of(handover)
    add_plan(handover, heirs)
    usual = usual_calls(handover)
    over = handover.ceiling or 120
    rows = [
        (heir, percent := heir.percent_of(usual), percent is not None and percent > over)
        for heir in heirs
    ]
    found = differences(handover)
    return frame_of(
        handover,
        "check",
        notes=written_for(handover),
        held=held_by(handover),
        rows=rows,
        found=found,
        changes=in_names(found) if found.count else [],
        letters=letters(handover),
        then=hour_of(handover),
    )


@require_POST
@access(*LEADERS)
def handover_unschedule(request: SignedInRequest, handover_id: int) -> HttpResponse:
    handover = handover_or_404(request, handover_id)
    unschedule(handover, by=request.user)
    say(request, _("It is a draft again. Nothing was handed over."))
    return SeeOther(reverse("handover-check", args=[handover.pk]))


@require_safe
@access(*LEADERS)
def handover_watch(request: SignedInRequest, handover_id: int) -> HttpResponse:
    """The fifth step: what became of it so far. `?of=` narrows to those who wait for a call, or have had one."""
    handover = handover_or_404(request, handover_id)
    if handover.applied_at is None:
        return SeeOther(handover.get_absolute_url())
    now = timezone.now()
    last = until(handover)
    context = frame_of(
        handover,
        "watch",
        notes=written_for(handover),
        held=held_by(handover),
        board=board_of(handover, _asked(request), request.user, now),
        of=request.GET.get("of", ""),
        cared=has_care(handover),
        watched=is_running(handover, now),
        watched_until=(handover.applied_at + WATCHED).date(),
        may_undo=may_undo(handover, request.user, now),
        until=last,
        minutes_left=int((last - now).total_seconds() // 60) if last and last > now else 0,
        minutes_whole=int(TAKEN_BACK.total_seconds() // 60),
    )
    return render(request, "sales/handover_watch.html", context)


def _asked(request: SignedInRequest) -> dict[str, str]:
    names = ("of", "after", "before", "last")
    return {name: request.GET[name] for name in names if request.GET.get(name)}


@require_safe
@access(*LEADERS)
def handover_care(request: SignedInRequest) -> HttpResponse:
    """Who changed hands in the last 180 days; `?of=` narrows to those who wait, are late, or are safe."""
    board = board_for(request.user, _asked(request), timezone.now())
    shown = {"across": True, "cared": True, "watched": True}
    context = {"board": board, "of": request.GET.get("of", "")} | shown
    return render(request, "sales/handover_care.html", context)


@require_POST
@access(*LEADERS)
def handover_remind(request: SignedInRequest, customer_id: int) -> HttpResponse:
    """The new owner is reminded of a customer, once a day; back to the board that it was asked from.

    Whoever reads the row may: who leads the leaver too, though the customer's page is not theirs.
    """
    now = timezone.now()
    line = watched_line(request.user, customer_id, now)
    if line is None:
        visible_or_404(Customer, request.user, pk=customer_id)
    say(request, _remind(request, line, now))
    return SeeOther(safe_next(request, reverse("handover-care")))


def _remind(request: SignedInRequest, line: HandoverLine | None, now: datetime) -> str:
    try:
        if line is None:
            raise NobodyWaits
        fresh = remind(line, by=request.user, now=now)
    except Refusal as refusal:
        return refusal.sentence
    told = _("%(name)s was reminded.") if fresh else _("%(name)s was reminded today already.")
    return told % {"name": line.receiver}


@require_http_methods(["GET", "HEAD", "POST"])
@access(*LEADERS)
def handover_undo(request: SignedInRequest, handover_id: int) -> HttpResponse:
    """What goes back and what does not; a post takes it back, but for the lines that are to `stay`."""
    handover = handover_or_404(request, handover_id)
    watch = reverse("handover-watch", args=[handover.pk])
    if not may_undo(handover, request.user, timezone.now()):
        say(request, _("This can be taken back for 24 hours only."))
        return SeeOther(watch)
    if request.method == "POST":
        stay = whole_numbers(request.POST.getlist("stay"))
        try:
            undo(handover, by=request.user, stay=stay)
            say(request, _("It was taken back; what somebody has done since stays."))
        except TooLate:
            say(request, _("This can be taken back for 24 hours only."))
        return SeeOther(watch)
    found = left(handover)
    moved = handover.lines.moving().count()
    context = frame_of(
        handover,
        "watch",
        back=moved - len(found.edited) - len(found.given_on),
        edited=named_lines(found.edited),
        edited_count=len(found.edited),
        given_on=named_lines(found.given_on),
        given_on_count=len(found.given_on),
    )
    return render(request, "sales/handover_undo.html", context)
