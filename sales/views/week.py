"""One's own week, corrected in a minute; and the same page about a person one answers for."""

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.lib.notices import say
from crm.lib.web import SeeOther, invalid
from sales.calls.correcting import correct_entry
from sales.calls.logging_calls import TooLate
from sales.days.week import Week, week_of, week_start
from sales.days.week_forms import AwayForm, MinutesForm
from team.absences import note_absence, remove_absence
from team.access import ADMIN, DIRECTOR, MANAGER, SIGNED_IN, SignedInRequest, access
from team.models import Company, User
from team.records import VersionConflict
from team.refusals import Refusal


@require_http_methods(["GET", "HEAD", "POST"])
@access(SIGNED_IN)
def week(request: SignedInRequest) -> HttpResponse:
    """`?from=` is a day of the week shown; a post saves the minutes of entries that may still be changed."""
    shown = _week(request, request.user)
    open_entries = [e.activity for day in shown.days for e in day.entries if e.is_open]
    data = request.POST if request.method == "POST" else None
    forms = {entry.pk: MinutesForm(data, entry) for entry in open_entries}
    if request.method != "POST":
        return render(request, "sales/week.html", _context(shown, forms))
    sent = [form for form in forms.values() if form.is_sent]
    saved = [_save(form, request.user) for form in sent]
    if not all(saved):
        return invalid(request, "sales/week.html", _context(shown, forms))
    if sent:
        n = len(sent)
        say(request, ngettext("%(n)s entry corrected.", "%(n)s entries corrected.", n) % {"n": n})
    return SeeOther(_address(shown.start))


def _save(form: MinutesForm, by: User) -> bool:
    """Each entry on its own: a faulty one keeps what was typed, the others are stored."""
    if not form.is_valid():
        return False
    values = {"minutes": form.cleaned_data["minutes"]}
    try:
        correct_entry(form.entry, values, by=by, version=form.cleaned_data["version"])
    except (TooLate, VersionConflict):
        form.add_error("minutes", _("This entry changed meanwhile. Open it again."))
        return False
    return True


@require_safe
@access(MANAGER, ADMIN, DIRECTOR)
def week_person(request: SignedInRequest, user_id: int) -> HttpResponse:
    """What that person sees about themselves, and nothing to change."""
    person = get_object_or_404(User.visible_to(request.user), pk=user_id)
    shown = _week(request, person)
    return render(request, "sales/week.html", _context(shown, {}) | {"person": person})


@require_POST
@access(SIGNED_IN)
def week_away(request: SignedInRequest) -> HttpResponse:
    """Note one's own absence, or take it back (`remove`); managers see both on the person's week."""
    today = Company.get().today
    first = week_start(today) - timedelta(days=7)
    form = AwayForm(request.POST, days=(first + timedelta(days=n) for n in range(14)))
    start = week_start(today)
    if form.is_valid():
        start = week_start(form.cleaned_data["from_on"])
        _note(request, form.cleaned_data)
    else:
        told = " ".join(str(error) for error in form.non_field_errors())
        messages.error(request, told or _("Which days? Nothing was changed."))
    return SeeOther(_address(start))


def _note(request: SignedInRequest, typed: dict[str, Any]) -> None:
    user = request.user
    if "remove" in request.POST:
        remove_absence(user, from_on=typed["from_on"], to_on=typed["to_on"], by=user)
        say(request, _("The absence is taken back."))
        return
    try:
        days = note_absence(user, **typed, by=user)
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
        return
    said = ngettext("%(days)s working day noted.", "%(days)s working days noted.", days)
    say(request, said % {"days": days})


def _week(request: SignedInRequest, person: User) -> Week:
    company = Company.get()
    return week_of(person, request.user, _start(request, company.today), company)


def _start(request: SignedInRequest, today: date) -> date:
    """The Monday of the week asked for, no later than this one."""
    try:
        asked = parse_date(request.GET.get("from", ""))
    except ValueError:
        asked = None
    if asked is None or asked.year < 2000:
        asked = today
    return min(week_start(asked), week_start(today))


def _address(start: date) -> str:
    return f"{reverse('week')}?{urlencode({'from': start.isoformat()})}"


def _context(shown: Week, forms: dict[int, MinutesForm]) -> dict[str, Any]:
    return {
        "week": shown,
        # what was last is what is corrected most
        "days": [
            (day, [(e, forms.get(e.activity.pk)) for e in reversed(day.entries)])
            for day in reversed(shown.days)
        ],
        "forms": forms,
        "can_note": bool(forms) or shown.start >= week_start(shown.today) - timedelta(days=7),
        "problems": any(form.errors for form in forms.values() if form.is_sent),
    }
