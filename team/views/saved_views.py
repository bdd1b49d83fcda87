"""Views of lists: naming the present state, renaming, replacing, deleting, sharing, taking over."""

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.lib.columns import KINDS
from crm.lib.notices import say
from crm.lib.text import sort_key
from crm.lib.web import SeeOther, invalid, safe_next
from team import saved_views
from team.access import SIGNED_IN, SignedInRequest, access
from team.conflicts import conflict
from team.forms.common import refuse
from team.forms.views import SavedViewForm
from team.models import Arrangement, SavedView
from team.records import VersionConflict
from team.refusals import Refusal


@require_safe
@access(SIGNED_IN)
def view_list(request: SignedInRequest) -> HttpResponse:
    """All views that this person may open, by list."""
    user = request.user
    views = SavedView.visible_to(user).select_related("owner", "team")
    leftover = set(saved_views.left_behind(user).values_list("pk", flat=True))
    starts = set(Arrangement.objects.filter(user=user).values_list("start", flat=True))
    rows = [
        {
            "view": view,
            "list": KINDS[view.listed].title,
            "is_own": view.owner_id == user.pk,
            "is_start": view.pk in starts,
            "may_take": view.pk in leftover and view.owner_id != user.pk,
        }
        for view in sorted(views, key=lambda view: (view.listed, sort_key(view.name)))
        if view.listed in KINDS
    ]
    return render(request, "team/view_list.html", {"rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@access(SIGNED_IN)
def view_new(request: SignedInRequest) -> HttpResponse:
    """Name the state that the address tells (`?listed=customer-list&segment=…`)."""
    kind = KINDS.get(request.GET.get("listed", ""))
    if kind is None:
        return SeeOther(reverse("view-list"))
    form = SavedViewForm(request.POST or None, viewer=request.user, listed=kind.name)
    query = saved_views.state_of(request.GET)
    back = f"{reverse(kind.name)}?{query}" if query else reverse(kind.name)
    context: dict[str, Any] = {"form": form, "kind": kind, "back": back}
    if request.method != "POST":
        return render(request, "team/view_form.html", context)
    if not form.is_valid():
        made = form.made_before()
        if made is not None and made.owner_id == request.user.pk:
            return SeeOther(made.get_absolute_url())
        return invalid(request, "team/view_form.html", context)
    new = SavedView(
        client_ref=form.cleaned_data["client_ref"], listed=kind.name, query=query, **form.typed
    )
    try:
        view, made = saved_views.add_view(new, starts=form.cleaned_data["starts"], by=request.user)
    except Refusal as refusal:
        refuse(form, refusal)
        return invalid(request, "team/view_form.html", context)
    if made:
        say(
            request,
            _("View «%(name)s» saved.") % {"name": view.name},
            undo=reverse("view-delete", args=[view.pk]),
        )
    return SeeOther(view.get_absolute_url())


@require_http_methods(["GET", "HEAD", "POST"])
@access(SIGNED_IN)
def view_edit(request: SignedInRequest, view_id: int) -> HttpResponse:
    view = _own_or_404(request, view_id)
    form = SavedViewForm(
        request.POST or None, instance=view, viewer=request.user, listed=view.listed
    )
    back = safe_next(request, view.get_absolute_url())
    context: dict[str, Any] = {"form": form, "view": view, "kind": KINDS.get(view.listed)}
    context |= {"back": back, "is_start": _starts(request, view) == view.pk}
    if request.method != "POST":
        return render(request, "team/view_form.html", context)
    if not form.is_valid():
        return invalid(request, "team/view_form.html", context)
    try:
        saved_views.change_view(
            view, form.typed, by=request.user, version=form.cleaned_data["version"]
        )
    except VersionConflict as error:
        return conflict(request, form, error.current)
    except Refusal as refusal:
        refuse(form, refusal)
        return invalid(request, "team/view_form.html", context)
    say(request, _("View «%(name)s» saved.") % {"name": form.cleaned_data["name"]})
    return SeeOther(back)


@require_POST
@access(SIGNED_IN)
def view_replace(request: SignedInRequest, view_id: int) -> HttpResponse:
    """From now on the view shows what `query` says; the message brings back what it showed."""
    view = _own_or_404(request, view_id)
    asked = request.POST.get("query", request.GET.get("query", ""))
    before = view.query
    try:
        saved = saved_views.replace_view(
            view, saved_views.state_of(QueryDict(asked[: 2 * saved_views.LONGEST])), by=request.user
        )
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
        return SeeOther(view.get_absolute_url())
    undo = f"{reverse('view-replace', args=[view.pk])}?{urlencode({'query': before})}"
    say(request, _("«%(name)s» shows another list now.") % {"name": saved.name}, undo=undo)
    return SeeOther(saved.get_absolute_url())


@require_POST
@access(SIGNED_IN)
def view_delete(request: SignedInRequest, view_id: int) -> HttpResponse:
    view = _own_or_404(request, view_id, deleted_too=True)
    saved_views.delete_view(view, by=request.user)
    say(
        request,
        _("View «%(name)s» deleted.") % {"name": view.name},
        undo=reverse("view-restore", args=[view.pk]),
    )
    return SeeOther(_without_view(safe_next(request, view.plain_address), view))


def _without_view(address: str, view: SavedView) -> str:
    """A page that had the view open shows the same list without it."""
    return view.plain_address if f"view={view.pk}" in address else address


@require_POST
@access(SIGNED_IN)
def view_restore(request: SignedInRequest, view_id: int) -> HttpResponse:
    view = _own_or_404(request, view_id, deleted_too=True)
    try:
        saved_views.restore_view(view, by=request.user)
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    else:
        say(request, _("View «%(name)s» is back.") % {"name": view.name})
    return SeeOther(safe_next(request, view.get_absolute_url()))


@require_POST
@access(SIGNED_IN)
def view_start(request: SignedInRequest, view_id: int) -> HttpResponse:
    """The list opens with this view, or (`?on=no`) as it comes."""
    view = get_object_or_404(SavedView.visible_to(request.user), pk=view_id)
    before = _starts(request, view)
    off = request.GET.get("on") == "no"
    saved_views.start_with(view.listed, None if off else view, by=request.user)
    told = (
        _("The list opens without a view.")
        if off
        else _("The list opens with «%(name)s».") % {"name": view.name}
    )
    undo = reverse("view-start", args=[before or view.pk])
    say(request, told, undo=undo if before else f"{undo}?on=no")
    return SeeOther(safe_next(request, view.get_absolute_url()))


@require_POST
@access(SIGNED_IN)
def view_take_over(request: SignedInRequest, view_id: int) -> HttpResponse:
    """A shared view of somebody who left becomes one's own; one that is already stays so."""
    mine = Q(pk__in=saved_views.own_views(request.user).values("pk"))
    left = Q(pk__in=saved_views.left_behind(request.user).values("pk"))
    view = get_object_or_404(SavedView, mine | left, pk=view_id)
    try:
        saved_views.take_over(view, by=request.user)
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    else:
        say(request, _("You keep «%(name)s» from now on.") % {"name": view.name})
    return SeeOther(safe_next(request, reverse("view-list")))


def _starts(request: SignedInRequest, view: SavedView) -> int | None:
    """The view with which this person's list opens."""
    row = Arrangement.objects.filter(user=request.user, listed=view.listed).first()
    return row.start_id if row else None


def _own_or_404(request: SignedInRequest, view_id: int, *, deleted_too: bool = False) -> SavedView:
    rows = saved_views.own_views(request.user)
    if deleted_too:
        rows = saved_views.deleted_views(request.user) | rows
    view: SavedView = get_object_or_404(rows, pk=view_id)
    return view
