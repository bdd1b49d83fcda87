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
    """By owner, out of the people the viewer sees. Who sees one person's records only is not asked whose."""

    owner_path = "owner"
    filters: dict[str, Any]

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, request=request, **kwargs)
        viewer = request.user
        if isinstance(viewer, User) and not scope_of(viewer).is_one_person:
            # read once: a choice over a queryset would ask for them again to check what was chosen
            people = list(people_in_scope(request).values_list("pk", "name"))
            self.filters = {"owner": self._by_owner(people), **self.filters}

    def _by_owner(self, people: list[tuple[int, str]]) -> django_filters.ChoiceFilter:
        by_owner = django_filters.ChoiceFilter(
            field_name=self.owner_path,
            label=_("Owner"),
            choices=people,
            empty_label=_("Any owner"),
        )
        by_owner.parent, by_owner.model = self, self._meta.model
        return by_owner


class CustomerFilters(OwnerFilters):
    segment = django_filters.CharFilter(label=_("Segment"), lookup_expr="exact")
    region = django_filters.CharFilter(label=_("Region"), lookup_expr="exact")

    class Meta:
        model = Customer
        fields: list[str] = []


class ContactFilters(OwnerFilters):
    owner_path = "customer__owner"

    class Meta:
        model = Contact
        fields: list[str] = []
