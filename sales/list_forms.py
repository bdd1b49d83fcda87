"""Forms of the entries of lists."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.lib.forms import PairedLayout
from crm.lib.typed_fields import TypedField
from customers.models import Tag
from sales.deals.stage_fields import StageField
from sales.lists import is_used
from sales.models import LeadReason, LeadSource, LossReason, Outcome, Stage
from team.forms import RecordForm

MOST_DAYS = 90
MOST_TRIES = 10


class DaysField(TypedField):
    """One number of days, or one for each try: "1, 2, 7"."""

    empty: Any = []

    def to_python(self, value: Any) -> Any:
        return value if isinstance(value, list) else super().to_python(value)

    def read(self, text: str) -> list[int]:
        words = text.replace(",", " ").replace(";", " ").split()
        if not all(word.isascii() and word.isdigit() and len(word) < 4 for word in words):
            raise ValidationError(
                _("Write days, like 2, or one number for each try, like 1, 2, 7.")
            )
        days = [int(word) for word in words]
        if not all(1 <= day <= MOST_DAYS for day in days) or len(days) > MOST_TRIES:
            raise ValidationError(
                _("At most %(tries)s numbers, each from 1 to %(days)s."),
                params={"tries": MOST_TRIES, "days": MOST_DAYS},
            )
        return days

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(str(day) for day in value) if isinstance(value, list) else value


class EntryForm(PairedLayout, RecordForm):
    """A name that ships with the product is shown in the reader's language, and stays as it is unless retyped."""

    pairs: tuple[tuple[str, ...], ...] = (("name", "order"),)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is not None:
            self.initial["name"] = str(self.instance)
        self.fields["order"].help_text = _("Lower numbers stand first.")
        self.fields["order"].widget.attrs["inputmode"] = "numeric"

    def clean_name(self) -> str:
        typed: str = self.cleaned_data["name"]
        there = self._others().exclude(pk=self.instance.pk)
        if typed.casefold() in {str(one).casefold() for one in there}:
            raise ValidationError(_("There is one of this name."))
        return str(self.instance.name) if typed == str(self.instance) else typed

    def _others(self) -> Any:
        """Among which its name is to be the only one."""
        return self._meta.model._default_manager.all()


class OutcomeForm(EntryForm):
    pairs = (("name", "order"), ("next_step_rule", "next_step_after"))
    next_step_after = DaysField(
        label=_("How many days"),
        required=False,
        help_text=_(
            "Several, like 1, 2, 7: one for each try in a row that reaches nobody; "
            "after the last, closing the lead or the deal is proposed."
        ),
    )
    stage = StageField(
        label=_("Stage proposed for the deal"), required=False, empty_label=_("None")
    )

    class Meta:
        model = Outcome
        fields = [
            "name",
            "order",
            "reached",
            "next_step_rule",
            "next_step_after",
            "next_step_title",
            "needs_note",
            "opens_contact",
            "stage",
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.next_step_title:
            self.initial["next_step_title"] = self.instance.default_title
        stage: Any = self.fields["stage"]
        stage.queryset = Stage.objects.filter(
            Q(is_active=True) | Q(pk=self.instance.stage_id)
        ).by_pipeline()
        if self.instance.pk is not None and is_used(self.instance):
            reached = self.fields["reached"]
            reached.disabled = True
            reached.help_text = _(
                "Calls say this already. Retire this outcome and add another one."
            )

    def clean_next_step_title(self) -> str:
        typed: str = self.cleaned_data["next_step_title"]
        return self.instance.next_step_title if typed == self.instance.default_title else typed

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        counts = values.get("next_step_rule") in (Outcome.Rule.DAYS, Outcome.Rule.WORKING_DAYS)
        if not counts:
            values["next_step_after"] = []
        elif not values.get("next_step_after") and not self.has_error("next_step_after"):
            self.add_error("next_step_after", _("Write how many days."))
        elif values.get("reached") and len(values.get("next_step_after", [])) > 1:
            self.add_error(
                "next_step_after", _("Tries are counted only while nobody is reached: write one.")
            )
        return values


class SourceForm(EntryForm):
    class Meta:
        model = LeadSource
        fields = ["name", "order"]


class LeadReasonForm(EntryForm):
    """Two kinds may have a reason of one name ("Other"); what it explains stays as leads were closed by it."""

    pairs = (("name", "kind"), ("order",))

    class Meta:
        model = LeadReason
        fields = ["name", "kind", "order"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].disabled = self.instance.pk is not None
        self.order_fields(["kind", "name", "order"])

    def _others(self) -> Any:
        return LeadReason.objects.filter(kind=self.cleaned_data.get("kind"))


class ReasonForm(EntryForm):
    class Meta:
        model = LossReason
        fields = ["name", "order"]


class TagForm(EntryForm):
    class Meta:
        model = Tag
        fields = ["name", "order"]


FORMS: dict[str, type[EntryForm]] = {
    "outcomes": OutcomeForm,
    "sources": SourceForm,
    "lead-reasons": LeadReasonForm,
    "reasons": ReasonForm,
    "tags": TagForm,
}
