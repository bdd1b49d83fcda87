"""How lists of what was done may be narrowed."""

import django_filters
from django.utils.translation import gettext_lazy as _

from customers.filters import people_in_scope
from sales.models import Activity


class ActivityFilters(django_filters.FilterSet):
    author = django_filters.ModelChoiceFilter(label=_("By"), queryset=people_in_scope)
    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=Activity.Kind.choices)

    class Meta:
        model = Activity
        fields: list[str] = []
