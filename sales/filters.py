"""How lists of leads, deals, next steps and of what was done may be narrowed."""

import django_filters
from django.utils.translation import gettext_lazy as _

from customers.filters import OwnerFilters, people_in_scope
from sales.models import Activity, Campaign, Deal, Lead, LeadSource, Stage, Task


class ActivityFilters(django_filters.FilterSet):
    author = django_filters.ModelChoiceFilter(label=_("By"), queryset=people_in_scope)
    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=Activity.Kind.choices)

    class Meta:
        model = Activity
        fields: list[str] = []


class LeadFilters(OwnerFilters):
    owner = django_filters.ModelChoiceFilter(
        label=_("Owner"), queryset=people_in_scope, empty_label=_("Any owner")
    )
    source = django_filters.ModelChoiceFilter(
        label=_("Source"),
        queryset=LeadSource.objects.all(),
        to_field_name="key",
        empty_label=_("Any source"),
    )
    campaign = django_filters.ModelChoiceFilter(
        label=_("Campaign"), queryset=Campaign.objects.all(), empty_label=_("Any campaign")
    )

    class Meta:
        model = Lead
        fields: list[str] = []


class DealFilters(OwnerFilters):
    owner = django_filters.ModelChoiceFilter(
        label=_("Owner"), queryset=people_in_scope, empty_label=_("Any owner")
    )
    stage = django_filters.ModelChoiceFilter(
        label=_("Stage"),
        queryset=Stage.objects.all(),
        to_field_name="key",
        empty_label=_("Any stage"),
    )

    class Meta:
        model = Deal
        fields: list[str] = []


class TaskFilters(OwnerFilters):
    owner = django_filters.ModelChoiceFilter(
        label=_("Owner"), queryset=people_in_scope, empty_label=_("Any owner")
    )

    class Meta:
        model = Task
        fields: list[str] = []
