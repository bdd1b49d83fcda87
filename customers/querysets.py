"""Rules of sets of customers."""

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from customers.models import Contact, Customer  # noqa: F401


class CustomerQuerySet(models.QuerySet["Customer"]):
    def listed(self) -> "CustomerQuerySet":
        """Neither in the bin nor merged into another."""
        return self.filter(binned_on__isnull=True, merged_into__isnull=True)

    def buying(self, today: date) -> "CustomerQuerySet":
        return self.filter(Q(lost_on__isnull=True) | Q(lost_on__gt=today), purchases__gt=0)

    def at_risk(self, today: date) -> "CustomerQuerySet":
        """Silent beyond the warning share of their own rhythm, not yet lost (loss-reports.md 3)."""
        return self.filter(at_risk_on__lte=today, lost_on__gt=today)

    def lost(self, today: date) -> "CustomerQuerySet":
        return self.filter(lost_on__lte=today)

    def never_bought(self) -> "CustomerQuerySet":
        return self.filter(purchases=0)

    def in_state(self, state: str, today: date) -> "CustomerQuerySet":
        """The customers in one of the states a list can be narrowed to; unknown states narrow nothing."""
        if state == "buying":
            return self.buying(today)
        if state == "at-risk":
            return self.at_risk(today)
        if state == "lost":
            return self.lost(today)
        if state == "never":
            return self.never_bought()
        if state == "pool":
            return self.filter(owner__isnull=True)
        return self


class ContactQuerySet(models.QuerySet["Contact"]):
    def listed(self) -> "ContactQuerySet":
        return self.filter(binned_on__isnull=True, customer__binned_on__isnull=True)

    def at(self, customer: "Customer | None") -> "ContactQuerySet":
        """The people at a customer, by name; none of none."""
        people = self.filter(customer=customer, binned_on__isnull=True)
        return people.order_by("sort_name", "id") if customer else self.none()
