"""The calendar of one's next steps: its secret address, and what a calendar fetches there."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseGone
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.lib.forms import new_client_ref, posted_ref
from crm.lib.notices import say
from crm.lib.web import SeeOther
from sales.days.calendar import calendar_of
from team.access import ANYONE, SIGNED_IN, SignedInRequest, access
from team.feeds import end_feed, make_feed, user_of_feed
from team.models import Feed


@require_http_methods(["GET", "HEAD", "POST"])
@access(SIGNED_IN)
def calendar_feed(request: SignedInRequest) -> HttpResponse:
    """Where the address is made; it is shown in the answer to that alone."""
    context = {
        "feed": Feed.objects.filter(user=request.user).first(),
        "address": "",
        "client_ref": new_client_ref(),
    }
    if request.method == "POST":
        token = make_feed(request.user, posted_ref(request))
        context["feed"] = Feed.objects.get(user=request.user)
        context["address"] = f"{_site()}{reverse('calendar-ics', args=[token])}"
    return render(request, "sales/calendar_feed.html", context)


@require_POST
@access(SIGNED_IN)
def calendar_feed_end(request: SignedInRequest) -> HttpResponse:
    if end_feed(request.user, by=request.user):
        say(request, _("The address is dead. Calendars that fetch it find nothing."))
    return SeeOther(reverse("calendar-feed"))


@require_safe
@cache_control(private=True, no_store=True)
@access(ANYONE)
def calendar_ics(request: HttpRequest, token: str) -> HttpResponse:
    """What a calendar fetches, without signing in: the address is the key."""
    user = user_of_feed(token)
    if user is None:
        # calendars that hear this ask no more
        return HttpResponseGone(_("This calendar address is dead."), content_type="text/plain")
    with translation.override(user.language):
        text = calendar_of(user, _site())
    answer = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = 'inline; filename="mainstay.ics"'
    return answer


def _site() -> str:
    return settings.SITE_URL.rstrip("/")
