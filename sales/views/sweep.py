"""The sweep: the rows of the day, saved together, each once."""

import uuid
from collections import Counter
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from crm.lib.notices import say
from crm.lib.web import SeeOther, respond
from sales.calls.ending_forms import offered_outcomes
from sales.days.due_days import WorkCalendar
from sales.days.saving_sweep import CALLED, PLANNED, save_row, undo_sweep
from sales.days.sweep import Row, rows_named, rows_of, tries_of
from sales.days.sweep_forms import NOT_CALLED, SweepRowForm
from team.access import SIGNED_IN, SignedInRequest, access
from team.audit import current_actor
from team.models import Company, User

# Keys of rows that one post may name.
MOST = 200


@require_http_methods(["GET", "HEAD", "POST"])
@access(SIGNED_IN)
def sweep(request: SignedInRequest) -> HttpResponse:
    """A post saves the rows about which something was said; those with a fault come back with their text."""
    company = Company.get()
    if request.method != "POST":
        rows = rows_of(request.user, company)
        return _page(request, _forms(rows, company, request.user), 200)
    keys = list(dict.fromkeys(request.POST.getlist("row")[:MOST]))
    posted = rows_named(keys, request.user)
    sent = _forms(posted, company, request.user, request.POST)
    touched = [form for form in sent if form.is_touched]
    bad = [form for form in touched if not form.is_valid()]
    done = Counter(save_row(form, by=request.user) for form in touched if form not in bad)
    _tell(request, done, len(keys) - len(posted))
    if not bad:
        return SeeOther(reverse("sweep"))
    kept = {form.key: form for form in bad}
    fresh = _forms(rows_of(request.user, company), company, request.user)
    return _page(request, [*bad, *(form for form in fresh if form.key not in kept)], 422)


def _forms(rows: list[Row], company: Company, viewer: User, data: Any = None) -> list[SweepRowForm]:
    calendar, outcomes = WorkCalendar.of(company), offered_outcomes()
    tries = tries_of([row.subject for row in rows])
    return [
        SweepRowForm(
            data,
            row=row,
            viewer=viewer,
            calendar=calendar,
            outcomes=outcomes,
            tries=tries[str(row.subject._meta.model_name), row.subject.pk],
        )
        for row in rows
    ]


def _page(request: SignedInRequest, forms: list[SweepRowForm], status: int) -> HttpResponse:
    context = {
        "forms": forms,
        "bad": sum(form.is_bound for form in forms),
        "not_called": NOT_CALLED,
        "logging_here": True,
    }
    return respond(request, "sales/sweep.html", context, status=status)


def _tell(request: SignedInRequest, done: "Counter[str]", gone: int) -> None:
    parts = []
    if n := done[CALLED]:
        parts.append(ngettext("%(n)s call saved.", "%(n)s calls saved.", n) % {"n": n})
    if n := done[PLANNED]:
        told = ngettext("%(n)s planned anew.", "%(n)s planned anew.", n)
        parts.append(told % {"n": n})
    if gone:
        told = ngettext(
            "%(n)s row is somebody else's by now.", "%(n)s rows are somebody else's by now.", gone
        )
        parts.append(told % {"n": gone})
    if parts:
        stored = done[CALLED] + done[PLANNED]
        batch = current_actor().batch
        say(request, " ".join(parts), undo=reverse("sweep-undo", args=[batch]) if stored else "")


@require_POST
@access(SIGNED_IN)
def sweep_undo(request: SignedInRequest, batch: uuid.UUID) -> HttpResponse:
    """What others stored, and what this person stored otherwise, is not touched."""
    taken = undo_sweep(batch, by=request.user)
    if taken.total():
        say(request, _("The sweep was taken back."))
    return SeeOther(reverse("sweep"))
