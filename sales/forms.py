"""Forms of leads, campaigns, their costs and next steps."""

from copy import copy
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.lib.forms import ClientRefField, PairedLayout
from crm.lib.typed_fields import AmountField, DayField
from customers.forms import ReachableForm
from customers.models import Customer
from customers.picking import PickField, PickingForm
from sales.days.due_days import WorkCalendar, is_too_far, why_not_due
from sales.days.why_field import WhyField, why_lacks
from sales.deals.priced_forms import PricedForm
from sales.leads.owner_choice import BY_RULES, LeadOwnerField
from sales.models import Activity, Campaign, CampaignCost, Deal, Lead, Task
from team.forms import RecordForm
from team.models import Company, User

NOBODY_YET = _("Nobody yet")


class LeadForm(ReachableForm):
    pairs = (
        ("name", "person"),
        ("phone", "email"),
        ("source", "campaign"),
        ("expected_amount", "region"),
        ("language", "owner"),
    )
    owner = LeadOwnerField(NOBODY_YET)
    expected_amount = AmountField(label=_("Expected amount"), least=0, required=False)

    class Meta:
        model = Lead
        fields = [
            "name",
            "person",
            "phone",
            "email",
            "source",
            "campaign",
            "expected_amount",
            "region",
            "language",
            "note",
        ]

    def __init__(self, *args: Any, viewer: User, **kwargs: Any) -> None:
        super().__init__(*args, viewer=viewer, **kwargs)
        source: Any = self.fields["source"]
        source.queryset = source.queryset.filter(Q(is_active=True) | Q(pk=self.instance.source_id))
        if self.instance.pk is not None:
            # an owner changes by handing on, which keeps the periods
            self.fields.pop("owner", None)

    @property
    def typed(self) -> dict[str, Any]:
        return {name: value for name, value in super().typed.items() if name != "owner"}

    @property
    def by_rules(self) -> bool:
        return bool(self.cleaned_data.get("owner") == BY_RULES)

    @property
    def first_owner(self) -> User | None:
        """Who answers for the new lead: the one chosen, else a rep themselves; nobody where the rules say."""
        if self.by_rules:
            return None
        chosen: User | None = self.cleaned_data.get("owner")
        return chosen or (self.viewer if self.viewer.is_rep else None)


class NoteForm(forms.Form):
    """A line for a customer's timeline."""

    client_ref = ClientRefField()
    note = forms.CharField(
        label=_("Note"),
        max_length=5000,
        widget=forms.TextInput(
            attrs={
                "class": "form-control m-grow",
                "autocomplete": "off",
                "placeholder": _("Add a note; @name tells a colleague"),
            }
        ),
        error_messages={"required": _("Write the note first.")},
    )


class OwnerForm(forms.Form):
    """Who is to look after a lead, of the people the viewer answers for, or whom the rules say."""

    owner = LeadOwnerField(_("Nobody"))

    def __init__(self, *args: Any, viewer: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people: Any = self.fields["owner"]
        people.queryset = User.receivers(viewer)


class CampaignForm(PairedLayout, RecordForm):
    started_on = DayField(label=_("Starts on"), required=False)
    ended_on = DayField(label=_("Last day"), required=False)
    pairs = (("channel", "owner"), ("started_on", "ended_on"))

    class Meta:
        model = Campaign
        fields = ["name", "channel", "started_on", "ended_on", "owner", "note"]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        started, ended = values.get("started_on"), values.get("ended_on")
        if started and ended and ended < started:
            self.add_error("ended_on", _("The last day lies before the first."))
        return values


class CostForm(PricedForm):
    on = DayField(label=_("Day"), nearest="last")
    amount = AmountField(label=_("Amount"))
    pairs = (("on", "amount"), ("currency", "fx_rate"))

    class Meta:
        model = CampaignCost
        fields = ["on", "amount", "currency", "fx_rate"]


class TaskForm(PairedLayout, PickingForm):
    """A next step about one customer, lead or deal; `about` names which, where it is known beforehand."""

    pairs = (("title", "kind"), ("due_on", "due_at"), ("customer", "lead", "deal"))
    field_order = ("title", "kind", "due_on", "due_at", "put_off_why")
    SUBJECTS = ("customer", "lead", "deal")
    KINDS = (
        Activity.Kind.CALL,
        Activity.Kind.EMAIL,
        Activity.Kind.MESSAGE,
        Activity.Kind.MEETING,
        Activity.Kind.VISIT,
        Activity.Kind.DEMO,
        Activity.Kind.PROPOSAL,
        Activity.Kind.OTHER,
    )

    due_on = DayField(label=_("Due"))
    customer = PickField(
        "customer", Customer.everything.none(), label=_("Customer"), required=False
    )
    lead = PickField("lead", Lead.everything.none(), label=_("Lead"), required=False)
    deal = PickField("deal", Deal.everything.none(), label=_("Deal"), required=False)

    class Meta:
        model = Task
        fields = ["title", "kind", "due_on", "due_at", "customer", "lead", "deal", "owner", "note"]

    put_off_why = WhyField(help_text=_("If you choose a later day."))

    def __init__(
        self, *args: Any, viewer: User, about: str = "", asks_why: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, viewer=viewer, **kwargs)
        if not asks_why:
            del self.fields["put_off_why"]
        # as it stands: a form that is checked writes into its instance
        self.stood = copy(self.instance)
        kind: Any = self.fields["kind"]
        kinds = dict.fromkeys([*self.KINDS, Activity.Kind(self.instance.kind)])
        kind.choices = [(key, key.label) for key in kinds]
        kept = about or next((n for n in self.SUBJECTS if getattr(self.instance, f"{n}_id")), "")
        for name in self.SUBJECTS:
            if kept and name != kept:
                self.fields.pop(name, None)

    def clean_due_on(self) -> Any:
        day = self.cleaned_data["due_on"]
        if "due_on" in self.changed_data and (why := why_not_due(day, Company.get().today)):
            raise forms.ValidationError(why)
        return day

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        deal = values.get("deal")
        if deal is not None and values.get("customer") is None:
            values["customer"] = deal.customer
        why = values.get("put_off_why", "")
        if "put_off_why" in self.fields and (
            lacks := why_lacks(self.stood, values.get("due_on"), why)
        ):
            self.fields["put_off_why"].required = True
            self.add_error("put_off_why", lacks)
        return values

    @property
    def typed(self) -> dict[str, Any]:
        """Without what is told of it in the customer's timeline."""
        return {name: value for name, value in super().typed.items() if name != "put_off_why"}

    @property
    def first_owner(self) -> User:
        chosen: User | None = self.cleaned_data.get("owner")
        return chosen or self.viewer


class RescheduleForm(PairedLayout, forms.Form):
    """A new day, written or as a number of days from today: worked ones, as the call form proposes them."""

    due_on = DayField(label=_("Due"), required=False)
    due_at = forms.TimeField(label=_("Hour"), required=False)
    days = forms.IntegerField(required=False, min_value=0, max_value=366, widget=forms.HiddenInput)
    why = WhyField()
    pairs = (("due_on", "due_at"),)

    def __init__(self, *args: Any, task: Task, asks_why: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.task = task
        if not asks_why:
            del self.fields["why"]
        else:  # of a form that was sent the day decides
            self.fields["why"].required = not self.is_bound

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("days") is not None:
            values["due_on"] = WorkCalendar.of(Company.get()).in_days(values["days"])
        elif values.get("due_on") is None and not self.has_error("due_on"):
            self.add_error("due_on", _("Choose the new day."))
        elif values.get("due_on") and (
            too_far := is_too_far(values["due_on"], Company.get().today)
        ):
            self.add_error("due_on", too_far)
        self._check_why(values)
        return values

    def _check_why(self, values: dict[str, Any]) -> None:
        if "why" not in self.fields:
            return
        if lacks := why_lacks(self.task, values.get("due_on"), values.get("why", "")):
            self.fields["why"].required = True
            self.add_error("why", lacks)
