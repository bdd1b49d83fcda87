"""Marks that people put on customers and contacts, to find those of a kind again; leads and deals have theirs above."""

from collections.abc import Sequence
from typing import Any

from django.db import models

from customers.models.customer import Contact, Customer
from team.models import Choice, Owned


class Tag(Choice):
    """A word of a list that administrators keep, so that one thing has one name."""

    class Meta(Choice.Meta):
        pass


def worn() -> "models.Prefetch[Any]":
    """The tags of the rows of a list, as `row.worn`: a manager for each row would cost as much as the row itself."""
    return models.Prefetch("tags", to_attr="worn")


def worn_by_all() -> "list[models.Prefetch[Any]]":
    """The tags of customers and of who was merged into them, for `borne_by`: two queries more where somebody was."""
    parts = Customer.everything.only("merged_into").prefetch_related(worn())
    return [worn(), models.Prefetch("merged", parts, to_attr="parts")]


def borne_by(customer: Customer) -> list[Tag]:
    """What a customer read with `worn_by_all` bears, and who was merged into it: nothing is re-pointed."""
    found = {tag.pk: tag for row in (customer, *customer.parts) for tag in row.worn}  # type: ignore[attr-defined]
    return sorted(found.values(), key=lambda tag: (tag.order, tag.pk))


def tags_of(whose: Sequence[int]) -> "models.QuerySet[Tag]":
    """What any of these customers bears."""
    bearing = CustomerTag.everything.filter(customer__in=whose)
    return Tag.objects.filter(pk__in=bearing.values("tag"))


class CustomerTag(Owned):
    """A customer bears a tag."""

    owner_paths = ("customer__owner",)

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="+", db_index=False)
    tag = models.ForeignKey(Tag, models.PROTECT, related_name="+", db_index=False)

    class Meta(Owned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["customer", "tag"], name="customer_tag_once")
        ]
        indexes = [models.Index(fields=["tag", "customer"], name="customers_of_tag")]


class ContactTag(Owned):
    """A contact bears a tag."""

    owner_paths = ("contact__customer__owner",)

    contact = models.ForeignKey(Contact, models.CASCADE, related_name="+", db_index=False)
    tag = models.ForeignKey(Tag, models.PROTECT, related_name="+", db_index=False)

    class Meta(Owned.Meta):
        constraints = [models.UniqueConstraint(fields=["contact", "tag"], name="contact_tag_once")]
        indexes = [models.Index(fields=["tag", "contact"], name="contacts_of_tag")]
