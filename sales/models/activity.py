"""What was done: calls, e-mails, meetings, notes; and what is to be done next."""

from typing import Any, ClassVar, cast

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm.lib.periods import local_date
from crm.lib.references import new_reference
from customers.models import Contact, Customer, Survey
from sales.models.deal import Deal, DealChange, Stage
from sales.models.lead import Lead, LeadEnding
from sales.querysets import TaskQuerySet
from team.access import scope_of
from team.models import Choice, Company, Fact, Owned, OwnerCopy, Record

ICONS = {
    "email": "mail",
    "message": "message",
    "meeting": "users",
    "visit": "map-pin",
    "demo": "presentation",
    "proposal": "file-text",
    "negotiation": "arrows-exchange",
}

LISTED = Q(deleted_on__isnull=True)


def activity_reference() -> str:
    return new_reference("AC")


class Outcome(Choice):
    """How a call ended, and what follows from it unless somebody says otherwise.

    `next_step_after` are days, one for each try in a row that reaches nobody: with several of them, giving up
    is proposed once all are used up. None of them where the rule counts no days.
    """

    class Rule(models.TextChoices):
        CHOOSE = "choose", _("Whoever calls chooses")
        WORKING_DAYS = "working_days", _("After so many working days")
        DAYS = "days", _("After so many days")
        ASKED = "asked", _("On the day they asked for")

    reached = models.BooleanField(_("somebody was reached"), default=False)
    next_step_rule = models.CharField(
        _("when the next step is due"), max_length=12, choices=Rule, default=Rule.CHOOSE
    )
    next_step_after = models.JSONField(_("days to the next step"), default=list, blank=True)
    next_step_title = models.CharField(
        _("what the next step is called"), max_length=100, blank=True, default=""
    )
    needs_note = models.BooleanField(_("asks for a reason"), default=False)
    opens_contact = models.BooleanField(
        _("opens whom it was about, to put the number right"), default=False
    )
    stage = models.ForeignKey(
        Stage,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("stage proposed for the deal"),
    )

    class Meta(Choice.Meta):
        pass

    @property
    def default_title(self) -> str:
        """What the next step is called if nobody says otherwise, in the reader's language."""
        return str(_(self.next_step_title or "Call"))

    @property
    def plans_itself(self) -> bool:
        """Whether a next step follows without anybody choosing its day."""
        return self.next_step_rule in (self.Rule.WORKING_DAYS, self.Rule.DAYS)

    @property
    def is_ladder(self) -> bool:
        return not self.reached and len(self.next_step_after) > 1


class Activity(Fact, Owned):
    """One thing somebody did. `author` never changes; neither customer nor lead = internal work.

    `kind` holds the keys below or any other text as imported (reports count that as other).
    `recorded_on` later than the day of `start_at` shows as "entered on".
    """

    class Kind(models.TextChoices):
        CALL = "call", _("Call")
        EMAIL = "email", _("E-mail")
        MESSAGE = "message", _("Message")
        MEETING = "meeting", _("Meeting")
        VISIT = "visit", _("Visit")
        DEMO = "demo", _("Demo")
        PROPOSAL = "proposal", _("Proposal")
        NEGOTIATION = "negotiation", _("Negotiation")
        NOTE = "note", _("Note")
        ADMIN = "admin", _("Administration")
        INTERNAL = "internal", _("Internal")
        TRAINING = "training", _("Training")
        TRAVEL = "travel", _("Travel")
        REPORT = "report", _("Report")
        OTHER = "other", _("Other")

    class Direction(models.TextChoices):
        OUT = "out", _("Outgoing")
        IN = "in", _("Incoming")

    class Status(models.TextChoices):
        PLANNED = "planned", _("Planned")
        DONE = "done", _("Done")
        CANCELLED = "cancelled", _("Cancelled")

    owner_paths = ("customer_owner", "lead_owner")
    owner_copies = {"customer_owner": "customer", "lead_owner": "lead"}

    reference = models.CharField(max_length=100, unique=True, default=activity_reference)
    client_ref = models.UUIDField(null=True, blank=True, unique=True, editable=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="activities",
        db_index=False,
    )
    kind = models.CharField(max_length=40, default=Kind.CALL)
    direction = models.CharField(max_length=10, blank=True, default="")
    status = models.CharField(max_length=10, blank=True, default=Status.DONE)
    start_at = models.DateTimeField()
    minutes = models.IntegerField(null=True, blank=True)
    customer = models.ForeignKey(
        Customer, models.PROTECT, null=True, blank=True, related_name="activities", db_index=False
    )
    contact = models.ForeignKey(
        Contact, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    lead = models.ForeignKey(
        Lead, models.PROTECT, null=True, blank=True, related_name="activities", db_index=False
    )
    deal = models.ForeignKey(
        Deal, models.PROTECT, null=True, blank=True, related_name="activities", db_index=False
    )
    customer_owner = OwnerCopy()
    lead_owner = OwnerCopy()
    outcome = models.ForeignKey(Outcome, models.PROTECT, null=True, blank=True, db_index=False)
    note = models.TextField(blank=True, default="", max_length=5000)
    # why there is no next step, where somebody said so
    no_next_step = models.CharField(max_length=200, blank=True, default="")
    # what else was done with it, so that taking it back takes that back too
    moved = models.ForeignKey(
        DealChange, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    ended = models.ForeignKey(
        LeadEnding, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    survey = models.ForeignKey(
        Survey, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    # of a note: which entry it puts right, once that may not be changed any more
    corrects = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="corrections",
        db_index=False,
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(editable=False)

    class Meta(Owned.Meta):
        indexes = [
            models.Index(fields=["customer", "-start_at", "-id"], name="activity_of_customer"),
            models.Index(
                fields=["lead", "start_at"],
                name="activity_of_lead",
                condition=Q(lead__isnull=False),
            ),
            models.Index(
                fields=["deal", "start_at"],
                name="activity_of_deal",
                condition=Q(deal__isnull=False),
            ),
            models.Index(
                fields=["corrects"],
                name="activity_corrections",
                condition=Q(corrects__isnull=False),
            ),
            models.Index(fields=["author", "-start_at", "-id"], name="activity_of_author"),
            models.Index(fields=["-start_at", "-id"], name="activity_newest", condition=LISTED),
            # the parts that long lists are read in (`visible_parts`)
            models.Index(
                fields=["customer_owner", "-start_at", "-id"],
                name="activity_by_customer_owner",
                condition=LISTED & Q(customer__isnull=False),
            ),
            models.Index(
                fields=["-start_at", "-id"],
                name="activity_of_pool",
                condition=LISTED & Q(customer__isnull=False, customer_owner__isnull=True),
            ),
            models.Index(
                fields=["lead_owner", "-start_at", "-id"],
                name="activity_by_lead_owner",
                condition=LISTED & Q(lead__isnull=False),
            ),
            models.Index(
                fields=["-start_at", "-id", "lead_owner"],
                name="activity_newest_with_leads",
                condition=LISTED & Q(lead__isnull=False),
            ),
            models.Index(
                fields=["author", "-start_at", "-id"],
                name="activity_internal",
                condition=LISTED & Q(customer__isnull=True, lead__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return str(dict(self.Kind.choices).get(self.kind, self.kind))

    @property
    def icon(self) -> str:
        """The sprite's name for this kind of entry."""
        if self.kind == self.Kind.CALL:
            return "phone-incoming" if self.direction == self.Direction.IN else "phone-outgoing"
        return ICONS.get(self.kind, "note")

    @property
    def entered_later(self) -> bool:
        """Recorded on a later day of the company's than it happened; which day is told beside it."""
        return self.recorded_on > local_date(self.start_at, Company.get().zone)

    @classmethod
    def ways_for(cls, user: Any) -> list[Q]:
        """Besides what flows down from customers and leads: one's own internal work."""
        ways = super().ways_for(user)
        if scope_of(user).all:
            return ways
        return [*ways, Q(customer__isnull=True, lead__isnull=True, author=user.pk)]


class Task(Owned, Record):
    """A next step: what somebody will do about a customer, lead or deal, and by when."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        DONE = "done", _("Done")
        DROPPED = "dropped", _("Dropped")

    owner_paths = ("owner", "customer__owner", "lead__owner")

    title = models.CharField(_("what"), max_length=250)
    kind = models.CharField(
        _("kind"), max_length=40, choices=Activity.Kind, default=Activity.Kind.CALL
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="tasks",
        db_index=False,
        verbose_name=_("owner"),
    )
    customer = models.ForeignKey(
        Customer,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="tasks",
        verbose_name=_("customer"),
    )
    contact = models.ForeignKey(
        Contact, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    lead = models.ForeignKey(
        Lead, models.PROTECT, null=True, blank=True, related_name="tasks", verbose_name=_("lead")
    )
    deal = models.ForeignKey(
        Deal, models.PROTECT, null=True, blank=True, related_name="tasks", verbose_name=_("deal")
    )
    due_on = models.DateField(_("due"))
    due_at = models.TimeField(_("hour"), null=True, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN, editable=False)
    done_at = models.DateTimeField(null=True, blank=True, editable=False)
    promised_in = models.ForeignKey(
        Activity, models.SET_NULL, null=True, blank=True, editable=False, related_name="next_steps"
    )
    done_by = models.ForeignKey(
        Activity, models.SET_NULL, null=True, blank=True, editable=False, related_name="finished"
    )
    note = models.TextField(_("note"), blank=True, default="", max_length=5000)
    # how often it was moved to a later day, from which day last, and why, once somebody had to say so
    put_off = models.PositiveSmallIntegerField(_("times put off"), default=0, editable=False)
    put_off_from = models.DateField(_("put off from"), null=True, editable=False)
    put_off_why = models.CharField(
        _("why it was put off"), max_length=200, blank=True, default="", editable=False
    )

    everything: ClassVar[models.Manager[Any]] = TaskQuerySet.as_manager()

    class Meta(Owned.Meta):
        indexes = [
            models.Index(fields=["owner", "state", "due_on", "due_at", "id"], name="task_due"),
            models.Index(fields=["state", "due_on", "id"], name="task_all_due"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("task-edit", args=[self.pk])

    @property
    def at(self) -> Customer | None:
        """The customer it counts for: the survivor of a merge."""
        return None if self.customer is None else self.customer.survivor

    @property
    def about(self) -> Deal | Lead | Customer | None:
        """What the step is about, the nearest first."""
        return self.deal or self.lead or self.at

    @property
    def who(self) -> Customer | Lead | Deal | None:
        """Whose name stands on the row: the customer's or lead's, if one is known."""
        return self.at or self.lead or self.deal

    @property
    def key(self) -> str:
        return str(self.pk)

    @property
    def icon(self) -> str:
        return "phone" if self.kind == Activity.Kind.CALL else ICONS.get(self.kind, "checklist")

    @property
    def dial(self) -> str:
        """The number to call for this step, if one is known."""
        for person in (self.contact, self.lead, self.at):
            if person is not None and person.phone_e164:
                return person.phone_e164
        return ""

    @classmethod
    def visible_to(cls, user: Any) -> TaskQuerySet:
        return cast(TaskQuerySet, super().visible_to(user))
