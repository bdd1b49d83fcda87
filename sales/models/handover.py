"""Hand-overs: who gives which records to whom, planned, done as a whole, taken back (docs/decisions/0019)."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from sales.querysets import HandoverLineQuerySet
from team.access import scope_of
from team.models import Owned, Record


class Handover(Owned, Record):
    """One document: everything of a `leaver`, a part of it, a territory's customers, or cover for somebody absent.

    Written by `sales.handing_over` alone. `narrow` names the territory (segment, region), or the `ids` of customers
    that were chosen from a list. It takes effect
    at `effect_at` once it is scheduled; cover gives itself back after `until`. `asks_at` is when the plan was
    last laid over what is there, `saved_at` when somebody last changed the draft.
    """

    class Kind(models.TextChoices):
        DEPARTURE = "departure", _("Somebody leaves")
        PARTIAL = "partial", _("Some of somebody's records")
        TERRITORY = "territory", _("A territory changes")
        COVER = "cover", _("Cover for an absence")
        SELECTION = "selection", _("Chosen customers")

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SCHEDULED = "scheduled", _("Scheduled")
        APPLIED = "applied", _("Handed over")
        UNDONE = "undone", _("Taken back")
        RETURNED = "returned", _("Given back")

    class Reason(models.TextChoices):
        RESIGNED = "resigned", _("Resigned")
        DISMISSED = "dismissed", _("Dismissed")
        OTHER_WORK = "other work", _("Takes other work in the company")
        LEAVE = "leave", _("Long leave")
        RETIRED = "retired", _("Retires")
        OTHER = "other", _("Other")

    class Rule(models.TextChoices):
        ONE = "one", _("One heir")
        TURN = "turn", _("In turn")
        REGION = "region", _("By region")
        SEGMENT = "segment", _("By segment")
        LANGUAGE = "language", _("By language")
        BALANCED = "balanced", _("Balanced")

    class Balance(models.TextChoices):
        REVENUE = "revenue", _("Revenue")
        CALLS = "calls", _("Calls")
        BOTH = "both", _("Both")

    owner_paths = ("leaver",)

    kind = models.CharField(max_length=10, choices=Kind, default=Kind.DEPARTURE)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    leaver = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="handovers"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False
    )
    last_day = models.DateField(_("last working day"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=20, choices=Reason, blank=True, default="")
    sign_in_ends_now = models.BooleanField(default=False)
    until = models.DateField(_("covered until"), null=True, blank=True)
    narrow = models.JSONField(default=dict)

    rule = models.CharField(max_length=10, choices=Rule, default=Rule.BALANCED)
    balance = models.CharField(max_length=10, choices=Balance, default=Balance.REVENUE)
    knows_first = models.BooleanField(_("who knows them already comes first"), default=True)
    deals_follow = models.BooleanField(_("open deals follow their customer"), default=True)
    tasks_follow = models.BooleanField(_("tasks follow"), default=True)
    # in per cent of the average number of calls of a rep
    ceiling = models.PositiveSmallIntegerField(null=True, blank=True)
    heirs: Any = models.ManyToManyField(
        settings.AUTH_USER_MODEL, through="HandoverHeir", related_name="+"
    )
    effect_at = models.DateTimeField(null=True, blank=True)

    saved_at = models.DateTimeField()
    asks_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True)
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    # how many of the moments of after-care have passed and been told of (`sales.handing_over.calling`)
    care_told = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)
    # why it could not be done when its hour came
    problem = models.CharField(max_length=300, blank=True, default="")

    class Meta(Owned.Meta):
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["effect_at"], name="handover_due", condition=Q(state="scheduled")),
            models.Index(
                fields=["until"],
                name="handover_to_return",
                condition=Q(state="applied", kind="cover"),
            ),
            models.Index(
                fields=["applied_at"],
                name="handover_watched",
                condition=Q(state="applied"),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(leaver__isnull=False) | Q(kind__in=["territory", "selection"]),
                name="handover_is_somebodys",
            ),
            models.CheckConstraint(
                condition=Q(applied_at__isnull=True, state__in=["draft", "scheduled"])
                | Q(applied_at__isnull=False, state__in=["applied", "undone", "returned"]),
                name="handover_applied_at",
            ),
            models.CheckConstraint(
                condition=~Q(state="scheduled") | Q(effect_at__isnull=False),
                name="handover_scheduled_for",
            ),
        ]

    def __str__(self) -> str:
        if self.leaver is not None:
            return str(self.leaver)
        if self.kind == self.Kind.SELECTION:
            return str(self.get_kind_display())
        return ", ".join(str(value) for value in self.narrow.values() if value)

    def get_absolute_url(self) -> str:
        step = "who" if self.is_draft else "watch"
        return reverse(f"handover-{step}", args=[self.pk])

    @property
    def is_draft(self) -> bool:
        return self.state == self.State.DRAFT

    @property
    def takes_all(self) -> bool:
        """Everything that is the leaver's, not only what was chosen."""
        return self.kind in (self.Kind.DEPARTURE, self.Kind.COVER)

    @classmethod
    def ways_for(cls, user: Any) -> list[Q]:
        """Those of people in sight; nobody plans or reads who takes over from themselves when they leave."""
        own = ~Q(leaver=user.pk, kind=cls.Kind.DEPARTURE)
        scope = scope_of(user)
        if scope.all:
            return [own]
        people = sorted(scope.user_ids)
        # a territory's are read as long as those whose records they name are led
        others = HandoverLine.objects.filter(handover=OuterRef("pk"), giver__isnull=False)
        theirs = ~Exists(others.exclude(giver__in=people))
        return [own & Q(leaver__in=people), Q(theirs, leaver__isnull=True, by__in=people)]


class HandoverHeir(models.Model):
    """Somebody who takes over; `place` orders the columns of the matrix and the turns."""

    handover = models.ForeignKey(Handover, models.CASCADE, related_name="+", db_index=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False
    )
    place = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["place"]
        constraints = [
            models.UniqueConstraint(fields=["handover", "user"], name="handover_heir_once")
        ]


class HandoverLine(models.Model):
    """One record of the document: from whom (`giver`, as seen with its `version`), to whom (`receiver`) and why.

    Without `receiver` it has no heir yet, or goes to the `pool`. What is not `chosen` stays where it is. `parent` is
    the line that it follows: a deal its customer's. `calls_own` and `calls_others` are the conversations of twelve
    months that the giver and others had with the customer, `second` the colleague with most of these.
    `before` is what else the record said before it moved; `stayed` of one that was not brought back.
    """

    class Kind(models.TextChoices):
        CUSTOMER = "customer", _("Customer")
        LEAD = "lead", _("Lead")
        DEAL = "deal", _("Deal")
        TASK = "task", _("Task")
        # a customer in the bin, or merged into another while its own period still names the giver
        ASIDE = "aside", _("Customer in the bin or merged")
        CAMPAIGN = "campaign", _("Campaign")
        VIEW = "view", _("Saved view")
        RULE = "rule", _("Rule of who gets leads")
        TEAM = "team", _("Team")

    class Tie(models.TextChoices):
        HIGH = "high", pgettext_lazy("tie", "High")
        MEDIUM = "medium", pgettext_lazy("tie", "Medium")
        LOW = "low", pgettext_lazy("tie", "Low")

    class Why(models.TextChoices):
        HAND = "hand", _("chosen by hand")
        ONE = "one", _("one heir")
        TURN = "turn", _("in turn")
        REGION = "region", _("region")
        SEGMENT = "segment", _("segment")
        LANGUAGE = "language", _("language")
        KNOWS = "knows", _("speaks with them already")
        EVENS = "evens", _("evens out the load")
        FOLLOWS = "follows", _("follows its customer or lead")
        OWNER = "owner", _("looks after the customer")
        REST = "rest", _("the rest goes there")
        POOL = "pool", _("nobody: the pool")

    handover = models.ForeignKey(Handover, models.CASCADE, related_name="lines", db_index=False)
    kind = models.CharField(max_length=10, choices=Kind)
    record_id = models.BigIntegerField()
    parent = models.ForeignKey("self", models.CASCADE, null=True, related_name="children")
    giver = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    version = models.PositiveIntegerField(null=True)
    receiver = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    pool = models.BooleanField(default=False)
    by_hand = models.BooleanField(default=False)
    chosen = models.BooleanField(default=True)
    why = models.CharField(max_length=10, choices=Why, blank=True, default="")
    tie = models.CharField(max_length=6, choices=Tie, blank=True, default="")
    calls_own = models.PositiveIntegerField(default=0)
    calls_others = models.PositiveIntegerField(default=0)
    second = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    cents = models.BigIntegerField(default=0)
    renews_on = models.DateField(null=True)
    before = models.JSONField(default=dict)
    stayed = models.BooleanField(default=False)
    # whether who leads the receiver was told that the second conversation is late (`handing_over.calling_again`)
    second_told = models.BooleanField(default=False, db_default=False, editable=False)

    objects: ClassVar[models.Manager[Any]] = HandoverLineQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["handover", "kind", "record_id"], name="handover_line_once"
            ),
            models.CheckConstraint(
                condition=~Q(pool=True, receiver__isnull=False), name="handover_pool_is_nobody"
            ),
        ]
        indexes = [
            models.Index(
                fields=["handover", "kind", "-cents", "-id"], name="handover_lines_by_money"
            ),
            models.Index(
                fields=["receiver", "handover"],
                name="handover_lines_of_heir",
                condition=Q(kind="customer"),
            ),
        ]
