"""People: the list, a person's page, adding and editing."""

from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from crm.lib.columns import Column
from crm.lib.listing import Listing
from crm.lib.notices import say
from crm.lib.web import SeeOther, invalid, respond
from team.absences import absence_runs
from team.access import ADMIN, DIRECTOR, MANAGER, SignedInRequest, access
from team.conflicts import conflict
from team.filters import PersonFilters, people_matching
from team.forms.common import refuse
from team.forms.people import PersonForm, PersonNewForm
from team.habit_alerts import open_alerts
from team.habits import HABIT_DAYS, habits_of
from team.hiring import change_person, hire
from team.history import history_of
from team.leaving import leavers_told_to
from team.models import Company, Employment, Membership, User, Wage
from team.records import VersionConflict
from team.refusals import Refusal

COLUMNS = [
    Column("name", gettext_lazy("Name"), ("sort_name", "id")),
    Column("team", gettext_lazy("Team")),
    Column("roles", gettext_lazy("Roles")),
    Column("email", gettext_lazy("E-mail")),
    Column("seen", gettext_lazy("Last sign-in")),
]
ABSENCES_SHOWN = timedelta(days=365)


def person_or_404(request: SignedInRequest, user_id: int) -> User:
    """Somebody this viewer may see; anybody else is not there."""
    people = User.visible_to(request.user).select_related("team")
    return get_object_or_404(people, pk=user_id)


def page_of(person: User) -> str:
    return reverse("person-detail", args=[person.pk])


@require_safe
@access(MANAGER, ADMIN, DIRECTOR)
def person_list(request: SignedInRequest) -> HttpResponse:
    listing = Listing(
        request,
        User.visible_to(request.user).select_related("team"),
        columns=COLUMNS,
        default_sort="name",
        filters=PersonFilters,
        search=people_matching,
    )
    context = {
        "listing": listing,
        "alerts": open_alerts(request.user),
        "leavers": leavers_told_to(request.user),
    }
    return respond(request, "team/person_list.html", context, fragment="team/_people.html")


@require_safe
@access(MANAGER, ADMIN, DIRECTOR)
def person_detail(request: SignedInRequest, user_id: int) -> HttpResponse:
    viewer = request.user
    person = person_or_404(request, user_id)
    company = Company.get()
    employments = list(Employment.objects.filter(user=person, deleted_on=None))
    context: dict[str, Any] = {
        "person": person,
        "company": company,
        "alerts": open_alerts(viewer).filter(user=person),
        "leavers": leavers_told_to(viewer).filter(pk=person.pk),
        "habits": list(habits_of(person.pk)),
        "habit_days": HABIT_DAYS,
        "employments": employments,
        "is_employed": any(_stands(one, company) for one in employments),
        "leaves": any(_stands(one, company) and one.left_on for one in employments),
        "memberships": Membership.objects.filter(user=person, deleted_on=None)
        .select_related("team")
        .order_by("-from_on", "-id"),
        "absences": absence_runs(person, company, company.today - ABSENCES_SHOWN),
        "may_edit": viewer.is_admin,
        "may_act": viewer.is_admin and viewer.pk != person.pk,
        "may_see_wages": viewer.is_director,
    }
    if viewer.is_director:
        wages = Wage.objects.filter(user=person, deleted_on=None)
        context["wages"] = wages.order_by("-from_on", "-id")
    if viewer.has_role(ADMIN, DIRECTOR):
        context["events"] = history_of(person, viewer)
    return render(request, "team/person.html", context)


def _stands(employment: Employment, company: Company) -> bool:
    return employment.left_on is None or employment.left_on >= company.today


@require_http_methods(["GET", "HEAD", "POST"])
@access(ADMIN)
def person_new(request: SignedInRequest) -> HttpResponse:
    viewer = request.user
    start = {"hired_on": Company.get().today, "is_rep": True}
    form = PersonNewForm(request.POST or None, viewer=viewer, initial=start)
    if request.method != "POST":
        return render(request, "team/person_form.html", {"form": form})
    if not form.is_valid():
        made_before = form.made_before()
        if made_before is not None:
            return SeeOther(page_of(made_before))
        return invalid(request, "team/person_form.html", {"form": form})
    data = form.cleaned_data
    new = User(client_ref=data["client_ref"], **form.typed)
    try:
        person, made = hire(
            new, on=data["hired_on"], team=data["team"], invite=data["invite"], by=viewer
        )
    except Refusal as refusal:
        refuse(form, refusal)
        return invalid(request, "team/person_form.html", {"form": form})
    if made:
        say(request, _("Invitation sent.") if data["invite"] else _("Person saved."))
    return SeeOther(page_of(person))


@require_http_methods(["GET", "HEAD", "POST"])
@access(ADMIN)
def person_edit(request: SignedInRequest, user_id: int) -> HttpResponse:
    viewer = request.user
    person = person_or_404(request, user_id)
    form = PersonForm(request.POST or None, instance=person, viewer=viewer)
    context = {"form": form, "person": person}
    if request.method != "POST":
        return render(request, "team/person_form.html", context)
    if not form.is_valid():
        return invalid(request, "team/person_form.html", context)
    try:
        change_person(person, form.typed, by=viewer, version=form.cleaned_data["version"])
    except VersionConflict as error:
        return conflict(request, form, error.current)
    except Refusal as refusal:
        refuse(form, refusal)
        return invalid(request, "team/person_form.html", context)
    say(request, _("Person saved."))
    return SeeOther(page_of(person))
