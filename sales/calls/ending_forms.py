"""How a call ended and what comes next: the part that the call form and the rows of the sweep share."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm.lib import formatting
from customers.models import Customer
from sales.calls.consequences import Follow, follow, stage_for, tries_in_a_row
from sales.calls.ending_buttons import SCORES, NextStepChoice, OutcomeButton
from sales.calls.logging_calls import NextStep
from sales.days.due_days import WorkCalendar, why_not_due
from sales.models import Deal, Lead, Outcome, Stage

Subject = Customer | Lead | Deal


class EndingForm(forms.Form):
    """`subject` is whom the call was about. A next step is required unless the outcome plans its own.

    None needs a reason, and is refused where money is at stake: for customers at risk and open deals.
    """

    outcome = forms.ChoiceField(
        label=_("Outcome"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose how the call ended."),
            "invalid_choice": _("Choose how the call ended."),
        },
    )
    note = forms.CharField(
        label=_("What was said"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    score = forms.TypedChoiceField(
        label=_("How satisfied were they?"),
        choices=SCORES,
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
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
    # the outcomes whose proposal for the stage of the deal is taken
    moves = forms.MultipleChoiceField(required=False)

    def __init__(
        self,
        *args: Any,
        subject: Subject,
        calendar: WorkCalendar,
        outcomes: list[Outcome] | None = None,
        tries: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.subject = subject
        self.calendar = calendar
        self.offered = offered_outcomes() if outcomes is None else outcomes
        self._tries = tries
        keys = [(outcome.key, str(outcome)) for outcome in self.offered]
        for name in ("outcome", "moves"):
            field: Any = self.fields[name]
            field.choices = keys

    @property
    def today(self) -> date:
        return self.calendar.today

    @property
    def customer(self) -> Customer | None:
        if isinstance(self.subject, Customer):
            return self.subject
        return None if self.subject.customer is None else self.subject.customer.survivor

    @property
    def lead(self) -> Lead | None:
        return self.subject if isinstance(self.subject, Lead) else None

    @property
    def deal(self) -> Deal | None:
        return self.subject if isinstance(self.subject, Deal) else None

    @property
    def must_go_on(self) -> bool:
        """Customers at risk and open deals never end without a next step."""
        if self.deal is not None and self.deal.closed_on is None:
            return True
        customer = self.customer
        if customer is None or customer.at_risk_on is None or customer.lost_on is None:
            return False
        return customer.at_risk_on <= self.today < customer.lost_on

    @cached_property
    def tries(self) -> int:
        """Calls in a row that reached nobody, before this one."""
        if not any(outcome.is_ladder for outcome in self.offered):
            return 0
        return tries_in_a_row(self.subject) if self._tries is None else self._tries

    def follow(self, outcome: Outcome, tried_at: datetime | None = None) -> Follow:
        return follow(outcome, self.tries, tried_at or timezone.now(), self.calendar)

    @cached_property
    def quick(self) -> dict[str, date]:
        """The days behind the quick dates."""
        return {
            NextStepChoice.TOMORROW: self.calendar.after(1),
            NextStepChoice.TWO_DAYS: self.calendar.after(2),
            NextStepChoice.WEEK: self.calendar.in_days(7),
        }

    @property
    def scores(self) -> list[dict[str, Any]]:
        """The buttons of how satisfied a customer was; none where nobody is a customer yet."""
        chosen = str(self["score"].value() or "")
        offered = SCORES if self.customer is not None else ()
        return [{"score": n, "word": word, "chosen": str(n) == chosen} for n, word in offered]

    @property
    def outcomes(self) -> list[OutcomeButton]:
        """The outcome buttons, each with the next step it proposes."""
        chosen, moved = self["outcome"].value(), self["moves"].value()
        return [
            OutcomeButton(
                outcome,
                found := self.follow(outcome),
                outcome.key == chosen,
                self._step_key(outcome, found),
                stage_for(outcome, self.deal),
                not self.is_bound or outcome.key in (moved or ()),
            )
            for outcome in self.offered
        ]

    def _step_key(self, outcome: Outcome, found: Follow) -> str:
        """The quick date that an outcome chooses; empty where the caller must choose."""
        if found.day is None:
            return NextStepChoice.DATE if outcome.next_step_rule == Outcome.Rule.ASKED else ""
        return next((k for k, day in self.quick.items() if day == found.day), NextStepChoice.DATE)

    @property
    def can_give_up(self) -> bool:
        """So many tries reached nobody that giving up an open lead or deal is proposed."""
        subject = self.subject
        if isinstance(subject, Customer):
            return False
        is_open = subject.is_open if isinstance(subject, Lead) else subject.closed_on is None
        return is_open and any(self.follow(outcome).gives_up for outcome in self.offered)

    @property
    def steps(self) -> list[dict[str, Any]]:
        """The buttons of quick dates; those that a day off moves show their day."""
        chosen = self["next_step"].value()
        return [
            {"key": key, "label": self._label(key, label), "chosen": key == chosen}
            for key, label in NextStepChoice.LABELS
            if not (key == NextStepChoice.NONE and self.must_go_on)
            and not (key == NextStepChoice.GIVE_UP and not self.can_give_up)
        ]

    def _label(self, key: str, label: str | Promise) -> str | Promise:
        if key == NextStepChoice.GIVE_UP:
            return _("Close the lead") if self.lead else _("Lose the deal…")
        day = self.quick.get(key)
        plain = key == NextStepChoice.WEEK or day == self.calendar.next_day
        return label if day is None or plain else formatting.weekday(day)

    def clean_outcome(self) -> Outcome:
        return next(one for one in self.offered if one.key == self.cleaned_data["outcome"])

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        outcome: Outcome | None = values.get("outcome")
        if outcome is not None:
            self._check_note(outcome, values)
            self._check_next_step(outcome, values)
        return values

    def _check_note(self, outcome: Outcome, values: dict[str, Any]) -> None:
        if outcome.needs_note and not values.get("note", "").strip():
            told = _("Write what was said: «%(outcome)s» needs its reason.")
            self.add_error("note", told % {"outcome": outcome})

    def _check_next_step(self, outcome: Outcome, values: dict[str, Any]) -> None:
        choice = values.get("next_step", "")
        if not choice and outcome.next_step_rule == Outcome.Rule.ASKED:
            choice = values["next_step"] = NextStepChoice.DATE
        if not choice and not outcome.plans_itself:
            self.add_error("next_step", self._missing())
        elif choice == NextStepChoice.DATE and not self.has_error("next_on"):
            self._check_date(values.get("next_on"))
        elif choice == NextStepChoice.NONE:
            self._check_none(values)
        elif choice == NextStepChoice.GIVE_UP and not self.can_give_up:
            self.add_error("next_step", self._missing())

    def _missing(self) -> str:
        if not self.must_go_on:
            return gettext("Set a next step, or say why there is none.")
        if self.deal is not None and self.deal.closed_on is None:
            return gettext("This deal is open. Set a next step.")
        return gettext("This customer is at risk. Set a next step.")

    def _check_date(self, day: date | None) -> None:
        if day is None:
            self.add_error("next_on", _("Choose the day of the next step."))
        elif why_not := why_not_due(day, self.today):
            self.add_error("next_on", why_not)

    def _check_none(self, values: dict[str, Any]) -> None:
        if self.must_go_on:
            self.add_error("next_step", self._missing())
        elif not values.get("no_next_step", "").strip():
            self.add_error("no_next_step", _("Say why there is no next step."))

    @property
    def gives_up(self) -> bool:
        return bool(self.cleaned_data["next_step"] == NextStepChoice.GIVE_UP)

    @property
    def reason(self) -> str:
        """Why there is no next step."""
        values = self.cleaned_data
        reason: str = values["no_next_step"].strip()
        return reason if values["next_step"] == NextStepChoice.NONE else ""

    @property
    def score_told(self) -> int | None:
        """How satisfied they were, where somebody was reached to say so."""
        values = self.cleaned_data
        score: int | None = values["score"]
        return score if values["outcome"].reached and self.customer is not None else None

    @property
    def stage(self) -> Stage | None:
        """The stage that the outcome proposes for the deal, where the proposal was taken."""
        outcome: Outcome = self.cleaned_data["outcome"]
        taken = outcome.key in self.cleaned_data["moves"]
        return stage_for(outcome, self.deal) if taken else None

    def step(self, tried_at: datetime) -> NextStep | None:
        """What a valid form plans; None: nothing."""
        values = self.cleaned_data
        choice: str = values["next_step"]
        if choice in (NextStepChoice.NONE, NextStepChoice.GIVE_UP):
            return None
        found = self.follow(values["outcome"], tried_at)
        title = values["next_title"].strip() or found.title
        day = values["next_on"] if choice == NextStepChoice.DATE else self.quick.get(choice)
        due_on = day or found.day
        assert due_on is not None
        return NextStep(title, due_on, found.at if due_on == found.day else None)


def offered_outcomes() -> list[Outcome]:
    """Those in use, in their order."""
    return list(Outcome.objects.filter(is_active=True).select_related("stage"))
