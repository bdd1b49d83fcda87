"""What somebody is told: the list, opening one, putting one off, and by which way they wish to be told."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.lib.listing import Column, Listing, Tabs
from crm.lib.notices import say
from crm.lib.periods import day_start
from crm.lib.web import SeeOther, invalid, respond
from team.access import SIGNED_IN, SignedInRequest, access
from team.models import Company, Notice, NoticeWish
from team.notices import (
    icon_of,
    kinds,
    put_off,
    read_notice,
    read_notices,
    sentence_of,
    unread,
    wish,
    wishes_of,
)

COLUMNS = [Column("at", gettext_lazy("When"), ("-at", "-id"))]
TABS = {"new": pgettext_lazy("notices", "New"), "all": gettext_lazy("All")}
HOUR = timedelta(hours=1)
LATER = {"hour": gettext_lazy("in an hour"), "tomorrow": gettext_lazy("tomorrow")}


@dataclass(frozen=True)
class Shown:
    """A notice in the reader's language."""

    notice: Notice
    sentence: str
    icon: str


@require_safe
@access(SIGNED_IN)
def notice_list(request: SignedInRequest) -> HttpResponse:
    listing = Listing(
        request,
        Notice.visible_to(request.user),
        columns=COLUMNS,
        default_sort="at",
        tabs=Tabs(TABS, lambda rows, tab: unread(request.user) if tab == "new" else rows),
        page_size=25,
    )
    rows = [Shown(one, sentence_of(one), icon_of(one)) for one in listing.page.rows]
    context = {"listing": listing, "rows": rows, "later": LATER.items()}
    context["upto"] = max((one.notice.pk for one in rows), default=0)
    return respond(request, "team/notice_list.html", context, fragment="team/_notices.html")


@require_POST
@access(SIGNED_IN)
def notices_read(request: SignedInRequest) -> HttpResponse:
    """All that came up to the newest one that was shown: what came since stays new."""
    upto = request.POST.get("upto", "")
    read_notices(request.user, int(upto) if upto.isdecimal() and len(upto) < 19 else 0)
    return SeeOther(reverse("notice-list"))


@require_POST
@access(SIGNED_IN)
def notice_open(request: SignedInRequest, notice_id: int) -> HttpResponse:
    """Read, and on to what it is about."""
    notice = get_object_or_404(Notice.visible_to(request.user), pk=notice_id)
    read_notice(notice)
    return SeeOther(notice.path or reverse("notice-list"))


@require_POST
@access(SIGNED_IN)
def notice_later(request: SignedInRequest, notice_id: int) -> HttpResponse:
    notice = get_object_or_404(Notice.visible_to(request.user), pk=notice_id)
    wanted = request.POST.get("until", "")
    if wanted not in LATER:
        raise Http404
    put_off(notice, _until(wanted))
    say(request, _("It comes back %(when)s.") % {"when": LATER[wanted]})
    return SeeOther(reverse("notice-list"))


def _until(wanted: str) -> datetime:
    company = Company.get()
    if wanted == "hour":
        return timezone.now() + HOUR
    start = company.work_start
    begins = day_start(company.today + timedelta(days=1), company.zone)
    return begins + timedelta(hours=start.hour, minutes=start.minute)


class WishesForm(forms.Form):
    """One choice for each kind of notice."""

    def __init__(self, data: Any, *, held: dict[str, str]) -> None:
        super().__init__(data, initial={_name(key): mail for key, mail in held.items()})
        for kind in kinds():
            self.fields[_name(kind.key)] = forms.ChoiceField(
                label=str(kind.title), choices=NoticeWish.Mail.choices
            )

    @property
    def wished(self) -> dict[str, str]:
        return {kind.key: self.cleaned_data[_name(kind.key)] for kind in kinds()}


def _name(key: str) -> str:
    return key.replace(".", "_")


@require_http_methods(["GET", "HEAD", "POST"])
@access(SIGNED_IN)
def notice_wishes(request: SignedInRequest) -> HttpResponse:
    form = WishesForm(request.POST or None, held=wishes_of(request.user))
    if request.method != "POST":
        return render(request, "team/notice_wishes.html", {"form": form})
    if not form.is_valid():
        return invalid(request, "team/notice_wishes.html", {"form": form})
    wish(request.user, form.wished)
    say(request, _("Saved."))
    return SeeOther(reverse("notice-wishes"))
