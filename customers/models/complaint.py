"""What customers complained of, and what was answered."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from crm.lib.references import new_reference
from customers.models.customer import Customer
from team.models import Fact, Owned


def complaint_reference() -> str:
    return new_reference("CP")


class Complaint(Fact, Owned):
    """Open until `settled_on`, the day it was answered. Written by `customers.complaints`; no figure reads it.

    Not an answer to a question like `Survey`: nobody asked, it has no score, and it waits for somebody.
    """

    owner_paths = ("customer__owner",)

    reference = models.CharField(max_length=100, unique=True, default=complaint_reference)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="complaints")
    made_on = models.DateField(_("day"))
    about = models.CharField(_("what it is about"), max_length=200)
    note = models.TextField(_("what was said"), max_length=1000, blank=True, default="")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    settled_on = models.DateField(_("answered on"), null=True, blank=True)
    answer = models.TextField(_("what was answered"), max_length=1000, blank=True, default="")
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta(Owned.Meta):
        indexes = [
            # the few that wait, for Today
            models.Index(
                fields=["customer", "made_on"],
                name="complaint_open",
                condition=Q(settled_on__isnull=True, deleted_on__isnull=True),
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(settled_on__isnull=True) | Q(settled_on__gte=F("made_on")),
                name="complaint_settled_after_made",
            )
        ]

    def __str__(self) -> str:
        return self.about

    @property
    def is_open(self) -> bool:
        return self.settled_on is None

    @property
    def days_to_settle(self) -> int | None:
        return None if self.settled_on is None else (self.settled_on - self.made_on).days

    def open_days(self, today: date) -> int:
        """How long it has waited."""
        return (today - self.made_on).days
