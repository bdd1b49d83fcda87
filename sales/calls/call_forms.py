"""The call form: how it ended, how long, what was said, what comes next."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from crm.lib.forms import ClientRefField
from customers.models import Contact
from sales.calls.drafts import seen_by
from sales.calls.ending_forms import EndingForm, Subject
from sales.calls.logging_calls import CallEntry
from sales.days.due_days import WorkCalendar
from sales.models import Activity, CallDraft, Task
from team.models import Company, User

# What counts as typed: the direction and the contact alone are no draft.
TYPED = (
    "outcome",
    "minutes",
    "note",
    "score",
    "next_step",
    "next_on",
    "next_title",
    "no_next_step",
    "happened_at",
)
# Later entry of past calls is allowed this far back (ux.md 5.2) and shows as "entered on".
DAYS_BACK = 14


class CallForm(EndingForm):
    """One form for customers, leads and deals; the same docked, in a drawer and as a page.

    `subject` is whom the call is about, already known to be visible to `viewer`.
    """

    client_ref = ClientRefField()
    task = forms.IntegerField(required=False, widget=forms.HiddenInput)
    # proves that the form was open, should the customer change hands before it is sent
    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    # when it was saved on a device without network
    kept_at = forms.DateTimeField(required=False, widget=forms.HiddenInput)
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
    happened_at = forms.DateTimeField(
        label=_("When"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def __init__(
        self,
        *args: Any,
        viewer: User,
        subject: Subject,
        company: Company,
        draft: CallDraft | None = None,
        **kwargs: Any,
    ) -> None:
        # it opens over pages that have forms of their own: a label must not lead to their fields
        kwargs = {"auto_id": "call_%s", **kwargs}
        kwargs["initial"] = _start(kwargs.get("initial"), draft)
        super().__init__(*args, subject=subject, calendar=WorkCalendar.of(company), **kwargs)
        self.viewer, self.draft = viewer, draft
        if subject.pk is not None:
            self.initial["seen"] = seen_by(viewer, subject)
        for name in ("minutes", "note", "next_on", "next_title", "no_next_step", "happened_at"):
            self.fields[name].widget.attrs["class"] = "form-control"
        self.fields["contact"].widget.attrs["class"] = "form-select"
        self.fields["minutes"].widget.attrs["placeholder"] = _("min")
        contacts: Any = self.fields["contact"]
        # a deal of one's own may be at a customer who is by now somebody else's
        contacts.queryset = Contact.visible_to(viewer).at(self.customer)

    @property
    def address(self) -> str:
        """Where the form is sent."""
        return reverse("call-new" if self.subject.pk else "call-unknown")

    @property
    def subject_name(self) -> str:
        """The name under which the subject's id is posted: customer, lead or deal."""
        return str(self.subject._meta.model_name)

    @property
    def whom(self) -> Subject:
        """Whom the call was with: the customer or the lead, also where it was about a deal."""
        return self.subject if self.lead or not self.customer else self.customer

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
        return None if happened is None else check_moment(happened, timezone.now())

    @property
    def typed(self) -> dict[str, Any]:
        """What a draft keeps of what was sent, whether or not it can be saved; nothing if nothing was typed."""
        found = {name: self[name].value() or "" for name in (*TYPED, "contact", "direction")}
        return found if any(found[name] for name in TYPED) else {}

    def entry(self, finishes: Task | None) -> CallEntry:
        """What `log_call` stores, from a valid form."""
        values = self.cleaned_data
        start_at = values["happened_at"] or self._started()
        return CallEntry(
            outcome=values["outcome"],
            start_at=start_at,
            customer=self.customer,
            lead=self.lead,
            deal=self.deal,
            contact=values["contact"],
            direction=values["direction"],
            minutes=values["minutes"],
            note=values["note"].strip(),
            next_step=self.step(start_at),
            no_next_step=self.reason,
            score=self.score_told,
            stage=self.stage,
            ends_lead=self.gives_up,
            finishes=finishes,
            client_ref=values["client_ref"],
        )

    def _started(self) -> datetime:
        """A call that has just ended, or when a device without network kept it, began its minutes ago."""
        now, kept_at = timezone.now(), self.cleaned_data["kept_at"]
        ended = kept_at if kept_at and now - timedelta(days=DAYS_BACK) < kept_at < now else now
        return ended - timedelta(minutes=self.cleaned_data["minutes"] or 0)


def check_moment(moment: datetime, now: datetime) -> datetime:
    """Raise where a call cannot have been then, or can no longer be entered."""
    if moment > now + timedelta(minutes=5):
        raise forms.ValidationError(_("This moment has not come yet. Choose now or earlier."))
    if moment < now - timedelta(days=DAYS_BACK):
        raise forms.ValidationError(
            _("Calls can be entered up to %(days)s days back."), params={"days": DAYS_BACK}
        )
    return moment


def _start(initial: dict[str, Any] | None, draft: CallDraft | None) -> dict[str, Any]:
    """What the form opens with: a draft over all else, as the same record that it was to become."""
    start = {**(initial or {})}
    if draft is not None:
        start |= {name: value for name, value in draft.values.items() if value}
        start |= {"client_ref": draft.client_ref} if draft.client_ref else {}
    return start
