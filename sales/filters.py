"""How lists of leads, deals, next steps and of what was done may be narrowed."""

from collections.abc import Mapping
from typing import Any

import django_filters
from django import forms
from django.utils.translation import gettext_lazy as _

from customers.filters import OwnerFilters, TagFilters, people_in_scope
from sales.models import Activity, Campaign, Deal, Lead, LeadSource, Stage, Task
from team.models import Company


class ActivityFilters(django_filters.FilterSet):
    author = django_filters.ModelChoiceFilter(
        label=_("By"), queryset=people_in_scope, empty_label=_("By anybody")
    )
    kind = django_filters.ChoiceFilter(
        label=_("Kind"), choices=Activity.Kind.choices, empty_label=_("Any kind")
    )

    class Meta:
        model = Activity
        fields: list[str] = []


class LeadFilters(TagFilters):
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


class DealFilters(TagFilters):
    """By owner, pipeline (where there are several) and stage; by a link, those alone that need attention."""

    ATTENTION = (("attention", _("no next step, or standing longer than usual")),)
    only = django_filters.ChoiceFilter(
        label=_("Only"), choices=ATTENTION, method="by_attention", widget=forms.HiddenInput
    )
    any_pipeline: Any = _("Any pipeline")

    class Meta:
        model = Deal
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stages = list(Stage.objects.by_pipeline())
        ways = {stage.pipeline.key: str(stage.pipeline) for stage in self.stages}
        if len(ways) > 1:
            self._ask("pipeline", _("Pipeline"), list(ways.items()), self.any_pipeline)
        self._ask_stage(ways)

    def _ask_stage(self, ways: Mapping[str, str]) -> None:
        """Out of the pipeline that is chosen; of several each under its name."""
        chosen = self.data.get("pipeline") if self.data else None
        groups = [
            (name, [(one.key, str(one)) for one in self.stages if one.pipeline.key == key])
            for key, name in ways.items()
            if chosen not in ways or key == chosen
        ]
        choices: Any = groups if len(groups) > 1 else [one for _name, of in groups for one in of]
        self._ask("stage", _("Stage"), choices, _("Any stage"))

    def _ask(self, name: str, label: Any, choices: list[Any], any_of_them: Any) -> None:
        path = {"pipeline": "stage__pipeline__key", "stage": "stage__key"}[name]
        asked = django_filters.ChoiceFilter(
            field_name=path, label=label, choices=choices, empty_label=any_of_them
        )
        asked.parent, asked.model = self, self._meta.model
        self.filters[name] = asked

    def by_attention(self, rows: Any, _name: str, _value: str) -> Any:
        return rows.open().needing_attention(self.stages, Company.get().today)


class BoardFilters(DealFilters):
    """A board is always of one pipeline, and shows its stages beside each other."""

    any_pipeline = None

    def _ask_stage(self, ways: Mapping[str, str]) -> None:
        """Not here."""

    def by_attention(self, rows: Any, _name: str, _value: str) -> Any:
        """What was won and lost is told all the same: the board narrows its cards."""
        return rows


class TaskFilters(OwnerFilters):
    class Meta:
        model = Task
        fields: list[str] = []
