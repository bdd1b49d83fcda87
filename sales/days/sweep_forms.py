"""A row of the sweep: how it ended, or that nobody was called, and what comes next."""

from datetime import date
from functools import cached_property
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.lib.forms import ClientRefField
from sales.calls.ending_forms import EndingForm, NextStepChoice
from sales.calls.logging_calls import CallEntry
from sales.days.due_days import WorkCalendar
from sales.days.putting_off import asks_why
from sales.days.sweep import Row
from sales.days.why_field import why_lacks
from sales.models import Activity, Outcome
from team.models import User

NOT_CALLED = "not-called"
TYPED = ("outcome", "note", "next_step", "next_on")


class SweepRowForm(EndingForm):
    """`row` says about whom. What was said serves as the reason where there is no next step."""

    client_ref = ClientRefField()

    def __init__(
        self, *args: Any, row: Row, calendar: WorkCalendar, viewer: User, **kwargs: Any
    ) -> None:
        super().__init__(*args, subject=row.subject, calendar=calendar, prefix=row.key, **kwargs)
        self.row, self.viewer = row, viewer
        outcome: Any = self.fields["outcome"]
        outcome.choices = [(NOT_CALLED, _("Not called")), *outcome.choices]

    @property
    def key(self) -> str:
        return self.row.key

    @property
    def is_touched(self) -> bool:
        """Whether anything was said about this one."""
        return self.is_bound and any(self[name].value() for name in TYPED)

    @property
    def not_called_chosen(self) -> bool:
        return bool(self["outcome"].value() == NOT_CALLED)

    @property
    def steps(self) -> list[dict[str, Any]]:
        """Losing a deal asks for more than a row holds."""
        steps = super().steps
        return [s for s in steps if not (s["key"] == NextStepChoice.GIVE_UP and self.deal)]

    def clean_outcome(self) -> Outcome | None:  # type: ignore[override]
        if self.cleaned_data["outcome"] == NOT_CALLED:
            return None
        return super().clean_outcome()

    def clean(self) -> dict[str, Any]:
        if not self.cleaned_data.get("no_next_step"):
            self.cleaned_data["no_next_step"] = self.cleaned_data.get("note", "")[:200]
        values = super().clean()
        task = self.row.task
        if task and self._puts_off_again and (lacks := why_lacks(task, self.day_after, self.why)):
            self.add_error("note", lacks)
        return values

    @property
    def day_after(self) -> date:
        """When is called who was not called."""
        return self.calendar.after(1)

    @cached_property
    def _puts_off_again(self) -> bool:
        task = self.row.task
        if task is None or not self.not_called_chosen:
            return False
        return asks_why(task, self.today, self.viewer)

    @property
    def why(self) -> str:
        """What was said serves as the reason for putting a step off that was put off often enough."""
        said = str(self.cleaned_data.get("note", "")).strip()
        return said[:200] if self._puts_off_again else ""

    @property
    def told(self) -> list[str]:
        """What is wrong with it, in one place: a row is too narrow for a sentence at each field."""
        return [str(error) for errors in self.errors.values() for error in errors]

    def entry(self) -> CallEntry:
        """What `log_call` stores, from a valid row that was called."""
        values, now = self.cleaned_data, timezone.now()
        return CallEntry(
            outcome=values["outcome"],
            start_at=now,
            customer=self.customer,
            lead=self.lead,
            deal=self.deal,
            contact=self.row.task.contact if self.row.task else None,
            direction=Activity.Direction.OUT,
            note=values["note"].strip(),
            next_step=self.step(now),
            no_next_step=self.reason,
            ends_lead=self.gives_up,
            finishes=self.row.task,
            client_ref=values["client_ref"],
        )
