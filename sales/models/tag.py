"""Tags on leads and deals."""

from django.db import models

from customers.models import Tag
from sales.models.deal import Deal
from sales.models.lead import Lead
from team.models import Owned


class LeadTag(Owned):
    """A lead bears a tag."""

    owner_paths = ("lead__owner",)

    lead = models.ForeignKey(Lead, models.CASCADE, related_name="+", db_index=False)
    tag = models.ForeignKey(Tag, models.PROTECT, related_name="+", db_index=False)

    class Meta(Owned.Meta):
        constraints = [models.UniqueConstraint(fields=["lead", "tag"], name="lead_tag_once")]
        indexes = [models.Index(fields=["tag", "lead"], name="leads_of_tag")]


class DealTag(Owned):
    """A deal bears a tag."""

    owner_paths = ("deal__owner", "deal__customer_owner")

    deal = models.ForeignKey(Deal, models.CASCADE, related_name="+", db_index=False)
    tag = models.ForeignKey(Tag, models.PROTECT, related_name="+", db_index=False)

    class Meta(Owned.Meta):
        constraints = [models.UniqueConstraint(fields=["deal", "tag"], name="deal_tag_once")]
        indexes = [models.Index(fields=["tag", "deal"], name="deals_of_tag")]
