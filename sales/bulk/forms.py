"""What is asked before a deed over many records: whom, which tag, which stage, which day."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.lib.typed_fields import DayField
from customers.models import Tag
from sales.bulk.deed import Values
from sales.days.due_days import WorkCalendar, why_not_due
from sales.deals.stage_fields import StageField
from sales.leads.closing_choices import closing_choices
from sales.models import LossReason, Stage
from team.access import leads_others
from team.models import Company, User


class DeedForm(forms.Form):
    """For one viewer: people offered are within their sight. The names keep clear of those of the list's filters."""

    prefix = "with"

    def __init__(self, *args: Any, viewer: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "to" in self.fields:
            people: Any = self.fields["to"]
            people.queryset = User.receivers(viewer)

    @property
    def lacks_tags(self) -> bool:
        """It asks for a tag, and there is none to choose."""
        tag: Any = self.fields.get("tag")
        return tag is not None and not tag.queryset.exists()

    @property
    def values(self) -> Values:
        return Values(**self.cleaned_data)


class GiveForm(DeedForm):
    to = forms.ModelChoiceField(
        User.objects.none(),
        label=_("Who gets them"),
        empty_label=_("choose"),
        error_messages={"required": _("Choose who gets them first.")},
    )


class TagForm(DeedForm):
    tag = forms.ModelChoiceField(
        Tag.objects.filter(is_active=True),
        label=_("Tag"),
        help_text=_("Administrators keep the list of tags."),
        empty_label=_("choose"),
        error_messages={"required": _("Choose the tag first.")},
    )


class UntagForm(DeedForm):
    """Retired tags can still be taken off."""

    tag = forms.ModelChoiceField(
        Tag.objects.order_by("-is_active", "order", "pk"),
        label=_("Tag"),
        empty_label=_("choose"),
        error_messages={"required": _("Choose the tag first.")},
    )


class PlanForm(DeedForm):
    text = forms.CharField(label=_("What"), max_length=250, initial=_("Call"))
    due_on = DayField(label=_("Due"), today=lambda: Company.get().today)
    to = forms.ModelChoiceField(
        User.objects.none(),
        label=_("Who does it"),
        empty_label=_("whoever owns it"),
        required=False,
    )

    def __init__(self, *args: Any, viewer: User, **kwargs: Any) -> None:
        super().__init__(*args, viewer=viewer, **kwargs)
        calendar = WorkCalendar.of(Company.get())
        self.fields["due_on"].initial = calendar.on_or_after(calendar.today)
        if not leads_others(viewer):
            del self.fields["to"]

    def clean_due_on(self) -> date:
        day: date = self.cleaned_data["due_on"]
        if why_not := why_not_due(day, Company.get().today):
            raise forms.ValidationError(why_not)
        return day


class StageForm(DeedForm):
    stage = StageField(
        empty_label=_("choose"), error_messages={"required": _("Choose the stage first.")}
    )

    def __init__(self, *args: Any, viewer: User, **kwargs: Any) -> None:
        super().__init__(*args, viewer=viewer, **kwargs)
        field: Any = self.fields["stage"]
        field.queryset = Stage.objects.offered().open()
        field.help_text = _(
            "Won is said on the page of each deal: each books revenue with its own amount and day."
        )


class CloseForm(DeedForm):
    text = forms.ChoiceField(
        label=_("Why they end"),
        error_messages={"required": _("Choose why this lead ends.")},
    )

    def __init__(self, *args: Any, viewer: User, **kwargs: Any) -> None:
        super().__init__(*args, viewer=viewer, **kwargs)
        text: Any = self.fields["text"]
        text.choices = [("", _("choose")), *closing_choices()]


class LoseForm(DeedForm):
    """Why all of them were lost; whoever knows it deal by deal says it there."""

    text = forms.ModelChoiceField(
        LossReason.objects.filter(is_active=True),
        to_field_name="key",
        label=_("Why they were lost"),
        help_text=_("They are lost as of today."),
        empty_label=_("choose"),
        error_messages={"required": _("Choose why they were lost.")},
    )

    def clean_text(self) -> str:
        reason: LossReason = self.cleaned_data["text"]
        return reason.key


FORMS: dict[str, type[DeedForm]] = {
    "give": GiveForm,
    "tag": TagForm,
    "untag": UntagForm,
    "plan": PlanForm,
    "stage": StageForm,
    "lose": LoseForm,
    "close": CloseForm,
}
