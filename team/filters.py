"""How the lists of people and of the audit log may be narrowed."""

from datetime import date
from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from crm.lib.forms import DAYS
from crm.lib.periods import day_start, end_of
from crm.lib.text import normalise, sort_key
from team.models import AuditEntry, Company, Job, Team, User
from team.wording import ACTIONS, SUBJECTS

ROLES = [
    ("rep", _("Reps")),
    ("manager", _("Managers")),
    ("admin", _("Administrators")),
    ("director", _("Directors")),
]


def teams_in_scope(request: HttpRequest | None) -> "QuerySet[Team]":
    if request is None or not isinstance(request.user, User):
        return Team.objects.none()
    return Team.visible_to(request.user)


class PersonFilters(django_filters.FilterSet):
    team = django_filters.ModelChoiceFilter(
        label=_("Team"), queryset=teams_in_scope, method="by_team", empty_label=_("Any team")
    )
    role = django_filters.ChoiceFilter(
        label=_("Role"), choices=ROLES, method="by_role", empty_label=_("Any role")
    )
    state = django_filters.ChoiceFilter(
        label=_("Sign-in"),
        empty_label=_("Working and gone"),
        choices=[("open", _("May sign in")), ("ended", _("Ended")), ("none", _("Without e-mail"))],
        method="by_state",
    )

    class Meta:
        model = User
        fields: list[str] = []

    def by_team(self, rows: "QuerySet[User]", name: str, value: Team) -> "QuerySet[User]":
        return rows.filter(team__path__startswith=value.path)

    def by_role(self, rows: "QuerySet[User]", name: str, value: str) -> "QuerySet[User]":
        return rows.filter(**{f"is_{value}": True})

    def by_state(self, rows: "QuerySet[User]", name: str, value: str) -> "QuerySet[User]":
        if value == "none":
            return rows.filter(email=None)
        return rows.filter(is_active=value == "open")


def people_matching(rows: "QuerySet[User]", text: str) -> "QuerySet[User]":
    """By a part of the name, of the e-mail or of the reference."""
    part = normalise(text)
    return rows.filter(
        Q(sort_name__contains=sort_key(text))
        | Q(email__contains=part)
        | Q(reference__icontains=text)
    )


DAY: dict[str, Any] = {
    "widget": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    "validators": DAYS,
}


class AuditFilters(django_filters.FilterSet):
    actor = django_filters.ModelChoiceFilter(
        label=_("Person"), queryset=User.objects.all(), empty_label=_("Anybody")
    )
    action = django_filters.ChoiceFilter(
        label=_("Action"), empty_label=_("Any action"), choices=list(ACTIONS.items())
    )
    subject = django_filters.ChoiceFilter(
        label=_("Record"),
        empty_label=_("Any record"),
        field_name="subject_type",
        choices=list(SUBJECTS.items()),
    )
    subject_id = django_filters.NumberFilter(label=_("Record number"), field_name="subject_id")
    since = django_filters.DateFilter(label=_("From"), method="by_since", **DAY)
    until = django_filters.DateFilter(label=_("To"), method="by_until", **DAY)
    batch = django_filters.UUIDFilter(label=_("Act"), field_name="batch")

    class Meta:
        model = AuditEntry
        fields: list[str] = []

    def by_since(self, rows: Any, name: str, value: date) -> Any:
        return rows.filter(at__gte=day_start(value, Company.get().zone))

    def by_until(self, rows: Any, name: str, value: date) -> Any:
        return rows.filter(at__lt=end_of(value, Company.get().zone))


def entries_matching(rows: Any, text: str) -> Any:
    """By a part of the record's or the person's name."""
    return rows.filter(Q(subject_name__icontains=text) | Q(actor_name__icontains=text))


class JobFilters(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(
        label=_("State"), choices=Job.State, empty_label=_("Any state")
    )

    class Meta:
        model = Job
        fields: list[str] = []
