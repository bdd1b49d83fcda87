"""The call form: how it ended, how long, what was said, what comes next."""

from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from crm.lib.forms import ClientRefField
from customers.models import Contact, Customer
from sales.due_days import why_not_due
from sales.logging_calls import CallEntry, NextStep
from sales.models import Activity, Deal, Lead, Outcome, Task
from team.models import Company, Holiday, User

# Later entry of past calls is allowed this far back (ux.md 5.2) and shows as "entered on".
DAYS_BACK = 14


class NextStepChoice:
    """The quick dates of the form, by key; "date" takes the date typed, "none" a reason."""

    TOMORROW, TWO_DAYS, WEEK, DATE, NONE = "tomorrow", "two-days", "week", "date", "none"
    LABELS = (
        (TOMORROW, _("Tomorrow")),
        (TWO_DAYS, _("In 2 working days")),
        (WEEK, _("In a week")),
        (DATE, _("Date…")),
        (NONE, _("No next step")),
    )


class CallForm(forms.Form):
    """One form for customers, leads and deals; the same docked, in a drawer and as a page.

    `subject` is whom the call is about, already known to be visible to `viewer`. A next step is required
    unless the outcome brings its own default; "none" needs a reason and is refused where money is at stake.
    """

    client_ref = ClientRefField()
    task = forms.IntegerField(required=False, widget=forms.HiddenInput)
    contact: Any = forms.ModelChoiceField(
        label=_("Contact"), queryset=None, required=False, empty_label=_("Nobody in particular")
    )
    direction = forms.ChoiceField(
        label=_("Direction"),
        choices=[
            (Activity.Direction.OUT, _("I called")),
            (Activity.Direction.IN, _("They called")),
        ],
        widget=forms.RadioSelect,
        initial=Activity.Direction.OUT,
    )
    minutes = forms.IntegerField(label=_("Minutes"), min_value=0, max_value=480, required=False)
    outcome = forms.ModelChoiceField(
        label=_("Outcome"),
        queryset=Outcome.objects.filter(is_active=True),
        to_field_name="key",
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={"required": _("Choose how the call ended.")},
    )
    note = forms.CharField(
        label=_("What was said"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    next_step = forms.ChoiceField(
        label=_("Next step"),
        choices=NextStepChoice.LABELS,
        widget=forms.RadioSelect,
        required=False,
    )
    next_on = forms.DateField(
        label=_("On"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    next_title = forms.CharField(label=_("What to do"), required=False, max_length=250)
    no_next_step = forms.CharField(label=_("Why there is none"), required=False, max_length=200)
    happened_at = forms.DateTimeField(
        label=_("When"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def __init__(
        self,
        *args: Any,
        viewer: User,
        subject: Customer | Lead | Deal,
        company: Company,
        **kwargs: Any,
    ) -> None:
        # it opens over pages that have forms of their own: a label must not lead to their fields
        super().__init__(*args, **{"auto_id": "call_%s", **kwargs})
        self.viewer = viewer
        self.subject = subject
        self.company = company
        for name in ("minutes", "note", "next_on", "next_title", "no_next_step", "happened_at"):
            self.fields[name].widget.attrs["class"] = "form-control"
        self.fields["contact"].widget.attrs["class"] = "form-select"
        self.fields["minutes"].widget.attrs["placeholder"] = _("min")
        contacts: Any = self.fields["contact"]
        # a deal of one's own may be at a customer who is by now somebody else's
        contacts.queryset = Contact.visible_to(viewer).at(self.customer)

    @property
    def subject_name(self) -> str:
        """The name under which the subject's id is posted: customer, lead or deal."""
        return str(self.subject._meta.model_name)

    @property
    def customer(self) -> Customer | None:
        if isinstance(self.subject, Customer):
            return self.subject
        return self.subject.customer

    @property
    def lead(self) -> Lead | None:
        return self.subject if isinstance(self.subject, Lead) else None

    @property
    def deal(self) -> Deal | None:
        return self.subject if isinstance(self.subject, Deal) else None

    @property
    def must_go_on(self) -> bool:
        """Customers at risk and open deals never end without a next step."""
        if isinstance(self.subject, Deal):
            return self.subject.closed_on is None
        customer = self.customer
        if customer is None or customer.at_risk_on is None or customer.lost_on is None:
            return False
        return customer.at_risk_on <= self.company.today < customer.lost_on

    @property
    def outcomes(self) -> list[dict[str, Any]]:
        """The outcome buttons, each with the next step it proposes."""
        chosen = self["outcome"].value()
        return [
            {
                "key": outcome.key,
                "name": str(outcome),
                "chosen": outcome.key == chosen,
                "step": _step_key(outcome),
                "title": outcome.default_title,
            }
            for outcome in self.fields["outcome"].queryset  # type: ignore[attr-defined]
        ]

    @property
    def steps(self) -> list[dict[str, Any]]:
        """The buttons of quick dates; two working days shows its day."""
        chosen = self["next_step"].value()
        return [
            {"key": key, "label": label, "chosen": key == chosen}
            for key, label in NextStepChoice.LABELS
            if not (key == NextStepChoice.NONE and self.must_go_on)
        ]

    @property
    def dial(self) -> str:
        """The number to call: of the contact chosen, else of the lead or customer."""
        chosen = self["contact"].value()
        for person in self.contact_choices:
            if str(person.pk) == str(chosen or "") and person.phone_e164:
                return person.phone_e164
        reached = self.lead or self.customer
        if reached is not None and reached.phone_e164:
            return reached.phone_e164
        return next((p.phone_e164 for p in self.contact_choices if p.phone_e164), "")

    @cached_property
    def contact_choices(self) -> list[Contact]:
        return list(self.fields["contact"].queryset)  # type: ignore[attr-defined]

    def clean_happened_at(self) -> datetime | None:
        happened: datetime | None = self.cleaned_data["happened_at"]
        if happened is None:
            return None
        now = timezone.now()
        if happened > now + timedelta(minutes=5):
            raise forms.ValidationError(_("This moment has not come yet. Choose now or earlier."))
        if happened < now - timedelta(days=DAYS_BACK):
            raise forms.ValidationError(
                _("Calls can be entered up to %(days)s days back."), params={"days": DAYS_BACK}
            )
        return happened

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        outcome: Outcome | None = values.get("outcome")
        if outcome is not None:
            self._check_note(outcome, values)
            self._check_next_step(outcome, values)
        return values

    def _check_note(self, outcome: Outcome, values: dict[str, Any]) -> None:
        if outcome.needs_note and not values.get("note", "").strip():
            self.add_error("note", _("Write what was said: why they refused."))

    def _check_next_step(self, outcome: Outcome, values: dict[str, Any]) -> None:
        choice = values.get("next_step", "")
        if not choice and outcome.next_step_days is None:
            self.add_error("next_step", _("Set a next step, or say why there is none."))
        elif choice == NextStepChoice.DATE and not self.has_error("next_on"):
            self._check_date(values.get("next_on"))
        elif choice == NextStepChoice.NONE:
            self._check_none(values)

    def _check_date(self, day: date | None) -> None:
        if day is None:
            self.add_error("next_on", _("Choose the day of the next step."))
        elif why_not := why_not_due(day, self.company.today):
            self.add_error("next_on", why_not)

    def _check_none(self, values: dict[str, Any]) -> None:
        if self.must_go_on:
            message = (
                _("This deal is open. Set a next step.")
                if self.deal
                else _("This customer is at risk. Set a next step.")
            )
            self.add_error("next_step", message)
        elif not values.get("no_next_step", "").strip():
            self.add_error("no_next_step", _("Say why there is no next step."))

    def entry(self, finishes: Task | None) -> CallEntry:
        """What `log_call` stores, from a valid form."""
        values = self.cleaned_data
        return CallEntry(
            outcome=values["outcome"],
            start_at=values["happened_at"] or self._started(values["minutes"]),
            customer=self.customer,
            lead=self.lead,
            deal=self.deal,
            contact=values["contact"],
            direction=values["direction"],
            minutes=values["minutes"],
            note=values["note"].strip(),
            next_step=self._step(values),
            no_next_step=self._reason(values),
            finishes=finishes,
            client_ref=values["client_ref"],
        )

    @staticmethod
    def _started(minutes: int | None) -> datetime:
        """A call that has just ended began its minutes ago."""
        return timezone.now() - timedelta(minutes=minutes or 0)

    @staticmethod
    def _reason(values: dict[str, Any]) -> str:
        reason: str = values["no_next_step"].strip()
        return reason if values["next_step"] == NextStepChoice.NONE else ""

    def _step(self, values: dict[str, Any]) -> NextStep | None:
        choice, outcome = values["next_step"], values["outcome"]
        if choice == NextStepChoice.NONE:
            return None
        title = values["next_title"].strip() or str(outcome.default_title)
        return NextStep(title, self._day(choice, values["next_on"], outcome))

    def _day(self, choice: str, typed: date | None, outcome: Outcome) -> date:
        today = self.company.today
        if choice == NextStepChoice.DATE and typed is not None:
            return typed
        if choice == NextStepChoice.WEEK:
            return today + timedelta(days=7)
        if choice == NextStepChoice.TWO_DAYS:
            return working_day_after(today, 2, self.company)
        if choice == NextStepChoice.TOMORROW:
            return working_day_after(today, 1, self.company)
        return working_day_after(today, outcome.next_step_days or 1, self.company)


def _step_key(outcome: Outcome) -> str:
    """The quick date nearest to an outcome's own default; empty where the caller must choose."""
    if outcome.next_step_days is None:
        return ""
    return {1: NextStepChoice.TOMORROW, 2: NextStepChoice.TWO_DAYS}.get(
        outcome.next_step_days, NextStepChoice.WEEK
    )


def working_day_after(day: date, count: int, company: Company) -> date:
    """The `count`-th working day after a day: weekdays worked, holidays passed over."""
    holidays = Holiday.all_days()
    while count > 0:
        day += timedelta(days=1)
        if day.weekday() in company.workdays and day not in holidays:
            count -= 1
        if not company.workdays:
            return day
    return day
