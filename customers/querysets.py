"""Rules of sets of customers."""

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Exists, OuterRef, Q

if TYPE_CHECKING:
    from customers.models import Contact, Customer, CustomerFile, TwinPair  # noqa: F401


class CustomerQuerySet(models.QuerySet["Customer"]):
    def listed(self) -> "CustomerQuerySet":
        """Neither in the bin nor merged into another."""
        return self.filter(binned_on__isnull=True, merged_into__isnull=True)

    def bearing(self, key: str) -> "CustomerQuerySet":
        """Who bears a tag, or stands for a merged customer that does.

        Whether anybody stands for one is asked first: nearly always nobody, and then the list walks its own index (4 to
        16 ms of 100,000 customers, half of whom bear the tag; 25 to 95 ms with both ways in one question).
        """
        merged = self.model.everything.filter(merged_into__isnull=False, tags__key=key)
        stand_for = list(merged.values_list("merged_into", flat=True))
        if not stand_for:
            return self.filter(tags__key=key)
        through: Any = self.model.tags.through
        bears = through.everything.filter(customer=OuterRef("pk"), tag__key=key)
        return self.filter(Q(Exists(bears)) | Q(pk__in=stand_for))

    def one_with(self, customer: "Customer") -> "CustomerQuerySet":
        """A customer and who was merged into it."""
        return self.filter(Q(pk=customer.pk) | Q(merged_into=customer.pk))

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
        """The people at a customer and at who was merged into it, the main ones first; none of none."""
        if customer is None:
            return self.none()
        merged = customer.__class__.everything.one_with(customer)
        people = self.filter(customer__in=merged.values("pk"), binned_on__isnull=True)
        return people.order_by("-is_main", "sort_name", "id")


class TwinQuerySet(models.QuerySet["TwinPair"]):
    def listed(self) -> "TwinQuerySet":
        """Of which both are still there, each for itself."""
        return self.filter(
            first__binned_on__isnull=True,
            first__merged_into__isnull=True,
            second__binned_on__isnull=True,
            second__merged_into__isnull=True,
        )


class FileQuerySet(models.QuerySet["CustomerFile"]):
    def listed(self) -> "FileQuerySet":
        return self.filter(binned_on__isnull=True)
