"""Forms of pipelines, of their stages, and of where deals go when one is retired."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sales.deals.pipelines import receivers
from sales.deals.stage_fields import PercentField, StageField
from sales.list_forms import EntryForm
from sales.models import Pipeline, Stage


class PipelineForm(EntryForm):
    like = forms.ModelChoiceField(
        label=_("Stages as in"),
        queryset=Pipeline.objects.filter(is_active=True),
        required=False,
        empty_label=_("None: it begins with one open stage"),
    )

    class Meta:
        model = Pipeline
        fields = ["name", "order"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is not None:
            del self.fields["like"]

    @property
    def typed(self) -> dict[str, Any]:
        return {name: value for name, value in super().typed.items() if name != "like"}


class StageForm(EntryForm):
    """A stage of one pipeline, given with the instance. Of won and lost deals the share of wins is no setting."""

    pairs = (("name", "win_share", "order"),)
    win_share = PercentField(
        label=_("Usual win share, %"),
        help_text=_("Counts until enough deals have gone through this stage."),
    )

    class Meta:
        model = Stage
        fields = ["name", "win_share", "order"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.is_open:
            del self.fields["win_share"]

    def _others(self) -> Any:
        return Stage.objects.filter(pipeline=self.instance.pipeline_id)


class RetireForm(forms.Form):
    """Where the open deals go of what is retired."""

    to = StageField(
        label=_("Where its open deals go"),
        empty_label=_("Choose"),
        error_messages={"required": _("Say where they go.")},
    )

    def __init__(self, *args: Any, leaving: Pipeline | Stage, deals: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        to: Any = self.fields["to"]
        to.queryset = receivers(leaving=leaving)
        if not deals:
            del self.fields["to"]

    @property
    def receiver(self) -> Stage | None:
        chosen: Stage | None = self.cleaned_data.get("to")
        return chosen
