"""How lists of leads, deals, next steps and of what was done may be narrowed."""

import django_filters
from django import forms
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
    """Source and campaign are reached by links, from a row and from a campaign's page."""

    source = django_filters.ModelChoiceFilter(
        label=_("Source"),
        queryset=LeadSource.objects.all(),
        to_field_name="key",
        widget=forms.HiddenInput,
    )
    campaign = django_filters.ModelChoiceFilter(
        label=_("Campaign"), queryset=Campaign.objects.all(), widget=forms.HiddenInput
    )

    class Meta:
        model = Lead
        fields: list[str] = []


class DealFilters(OwnerFilters):
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
    class Meta:
        model = Task
        fields: list[str] = []
