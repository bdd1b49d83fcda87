"""How lists of customers and contacts may be narrowed."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from customers.models import Contact, Customer
from team.models import Company, User


def people_in_scope(request: HttpRequest | None) -> "QuerySet[User]":
    """The owners a viewer may ask for."""
    if request is None or not isinstance(request.user, User):
        return User.objects.none()
    return User.visible_to(request.user).filter(is_rep=True)


class CustomerFilters(django_filters.FilterSet):
    owner = django_filters.ModelChoiceFilter(label=_("Owner"), queryset=people_in_scope)
    segment = django_filters.CharFilter(label=_("Segment"), lookup_expr="exact")
    region = django_filters.CharFilter(label=_("Region"), lookup_expr="exact")
    state = django_filters.ChoiceFilter(
        label=_("State"),
        choices=[
            ("buying", _("Buying")),
            ("at-risk", _("At risk")),
            ("lost", _("Lost")),
            ("never", _("No purchase yet")),
            ("pool", _("Without owner")),
        ],
        method="by_state",
    )

    class Meta:
        model = Customer
        fields: list[str] = []

    def by_state(self, rows: Any, name: str, value: str) -> Any:
        return rows.in_state(value, Company.get().today)


class ContactFilters(django_filters.FilterSet):
    owner = django_filters.ModelChoiceFilter(
        label=_("Owner"), field_name="customer__owner", queryset=people_in_scope
    )

    class Meta:
        model = Contact
        fields: list[str] = []
