"""How lists of customers and contacts may be narrowed."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from customers.models import Contact, Customer
from team.access import scope_of
from team.models import User


def people_in_scope(request: HttpRequest | None) -> "QuerySet[User]":
    """The owners a viewer may ask for."""
    if request is None or not isinstance(request.user, User):
        return User.objects.none()
    return User.visible_to(request.user).filter(is_rep=True)


class OwnerFilters(django_filters.FilterSet):
    """Who sees one person's records only, their own, is not asked whose."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.request is not None and scope_of(self.request.user).is_one_person:
            self.filters.pop("owner", None)


class CustomerFilters(OwnerFilters):
    owner = django_filters.ModelChoiceFilter(
        label=_("Owner"), queryset=people_in_scope, empty_label=_("Any owner")
    )
    segment = django_filters.CharFilter(label=_("Segment"), lookup_expr="exact")
    region = django_filters.CharFilter(label=_("Region"), lookup_expr="exact")

    class Meta:
        model = Customer
        fields: list[str] = []


class ContactFilters(OwnerFilters):
    owner = django_filters.ModelChoiceFilter(
        label=_("Owner"),
        field_name="customer__owner",
        queryset=people_in_scope,
        empty_label=_("Any owner"),
    )

    class Meta:
        model = Contact
        fields: list[str] = []
