"""What was sent by public forms: administrators look at what was kept aside, and release or discard it."""

from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from crm.lib.listing import Column, Listing, Tabs
from crm.lib.notices import say
from crm.lib.web import SeeOther, respond
from sales.models import WebPost
from sales.public.spam import REASONS
from sales.public.web_posts import discard_post, release_post, suspect_post
from team.access import ADMIN, SignedInRequest, access, visible_or_404
from team.models import User
from team.rail import waiting

COLUMNS = [
    Column("newest", gettext_lazy("Sent"), ("-at", "-id")),
    Column("said", gettext_lazy("What was sent")),
    Column("why", gettext_lazy("Why it was kept aside")),
]
TABS = Tabs(
    {state.value: state.label for state in (
        WebPost.State.SUSPECTED, WebPost.State.LEAD, WebPost.State.DISCARDED,
    )},
    lambda rows, tab: rows.filter(state=tab),
)  # fmt: skip


@require_safe
@access(ADMIN)
def webpost_list(request: SignedInRequest) -> HttpResponse:
    listing = Listing(
        request,
        WebPost.visible_to(request.user).select_related("form", "lead", "lead__owner"),
        columns=COLUMNS,
        default_sort="newest",
        tabs=TABS,
    )
    rows = [_row(post) for post in listing.page.rows]
    context = {"listing": listing, "rows": rows}
    return respond(request, "sales/webpost_list.html", context, fragment="sales/_webposts.html")


def _row(post: WebPost) -> dict[str, object]:
    """What was written in a line, without the heading of the row and what has lines of its own."""
    told = [text for name, text in post.said.items() if name != "message" and text != str(post)]
    return {
        "post": post,
        "told": " · ".join(told),
        "reasons": [REASONS[one] for one in post.reasons],
    }


@require_POST
@access(ADMIN)
def webpost_release(request: SignedInRequest, webpost_id: int) -> HttpResponse:
    post = visible_or_404(WebPost, request.user, pk=webpost_id)
    lead = release_post(post, by=request.user)
    told = (
        _("«%(name)s» is a lead. Owner: %(owner)s.") if lead.owner else _("«%(name)s» is a lead.")
    )
    say(request, told % {"name": lead, "owner": lead.owner})
    return SeeOther(reverse("webpost-list"))


@require_POST
@access(ADMIN)
def webpost_discard(request: SignedInRequest, webpost_id: int) -> HttpResponse:
    post = visible_or_404(WebPost, request.user, pk=webpost_id)
    discard_post(post, by=request.user)
    undo = reverse("webpost-keep", args=[post.pk])
    say(request, _("Discarded. It is deleted after 30 days."), undo=undo)
    return SeeOther(reverse("webpost-list"))


@require_POST
@access(ADMIN)
def webpost_keep(request: SignedInRequest, webpost_id: int) -> HttpResponse:
    post = visible_or_404(WebPost, request.user, pk=webpost_id)
    suspect_post(post, by=request.user)
    say(request, _("Kept aside again."))
    return SeeOther(reverse("webpost-list"))


@waiting("webform")
def _suspected(user: User) -> "QuerySet[WebPost]":
    suspected = WebPost.visible_to(user).filter(state=WebPost.State.SUSPECTED)
    return suspected if user.is_admin else suspected.none()
