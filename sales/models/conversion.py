"""How a lead became a customer on screen."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from customers.models import Contact, Customer
from sales.models.activity import Activity
from sales.models.deal import Deal
from sales.models.lead import Lead
from team.models import Owned, User


class Conversion(Owned):
    """What one conversion made and filled in, so that it can be taken back for a day.

    `made_customer`: it was no customer before. `deals` and `tasks` are the ids of those of the lead that had no
    customer and got this one. Written by `sales.leads.converting` alone; that a lead converted is told by `LeadEnding`.
    """

    owner_paths = ("lead__owner",)

    lead = models.ForeignKey(Lead, models.PROTECT, related_name="conversions")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+")
    made_customer = models.BooleanField()
    contact = models.ForeignKey(Contact, models.PROTECT, null=True, related_name="+")
    deal = models.ForeignKey(Deal, models.PROTECT, null=True, related_name="+")
    note = models.ForeignKey(Activity, models.PROTECT, null=True, related_name="+")
    deals = models.JSONField(default=list)
    tasks = models.JSONField(default=list)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)
    undone_at = models.DateTimeField(null=True)

    class Meta(Owned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["lead"], condition=Q(undone_at__isnull=True), name="lead_converted_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.lead} → {self.customer}"
