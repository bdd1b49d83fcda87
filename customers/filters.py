"""How lists of customers and contacts may be narrowed."""

from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from customers.models import Contact, Customer, Tag
from team.access import scope_of
from team.models import User


def people_in_scope(request: HttpRequest | None) -> "QuerySet[User]":
    """The owners a viewer may ask for."""
    if request is None or not isinstance(request.user, User):
        return User.objects.none()
    return User.visible_to(request.user).filter(is_rep=True)


class OwnerFilters(django_filters.FilterSet):
    """By owner, out of the people the viewer sees. Who sees one person's records only is not asked whose: an address
    that names them is understood, one that names somebody else is told to be left out.
    """

    owner_path = "owner"
    filters: dict[str, Any]

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, request=request, **kwargs)
        viewer = request.user
        if not isinstance(viewer, User):
            return
        if scope_of(viewer).is_one_person:
            by_owner = self._by_owner([(viewer.pk, viewer.name)], widget=forms.HiddenInput)
        else:
            # read once: a choice over a queryset would ask for them again to check what was chosen
            by_owner = self._by_owner(list(people_in_scope(request).values_list("pk", "name")))
        self.filters = {"owner": by_owner, **self.filters}

    def _by_owner(self, people: list[tuple[int, str]], **how: Any) -> django_filters.ChoiceFilter:
        by_owner = django_filters.ChoiceFilter(
            field_name=self.owner_path,
            label=_("Owner"),
            choices=people,
            empty_label=_("Any owner"),
            **how,
        )
        by_owner.parent, by_owner.model = self, self._meta.model
        return by_owner


class TagFilters(OwnerFilters):
    """Also by tag, where there are any; those that are retired too, since records bear them on."""

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, request=request, **kwargs)
        tags = [(tag.key, str(tag)) for tag in Tag.objects.order_by("-is_active", "order", "pk")]
        if tags:
            by_tag = django_filters.ChoiceFilter(
                field_name="tags__key",
                label=_("Tag"),
                choices=tags,
                empty_label=_("Any tag"),
                method=self.by_tag,
            )
            by_tag.parent, by_tag.model = self, self._meta.model
            self.filters = {**self.filters, "tag": by_tag}

    def by_tag(self, rows: "QuerySet[Any]", name: str, key: str) -> "QuerySet[Any]":
        return rows.filter(tags__key=key) if key else rows


class CustomerFilters(TagFilters):
    segment = django_filters.CharFilter(label=_("Segment"), lookup_expr="exact")
    region = django_filters.CharFilter(label=_("Region"), lookup_expr="exact")

    class Meta:
        model = Customer
        fields: list[str] = []

    def by_tag(self, rows: Any, name: str, key: str) -> "QuerySet[Any]":
        """Who bears the tag, or stands for a merged customer that does."""
        return rows.bearing(key) if key else rows


class ContactFilters(TagFilters):
    owner_path = "customer__owner"

    class Meta:
        model = Contact
        fields: list[str] = []
