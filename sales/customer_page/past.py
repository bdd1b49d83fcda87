"""What the parts of a customer's page read together, once: owners, merges, contracts, answers, complaints, files ..."""

from dataclasses import dataclass

from customers.models import (
    Complaint,
    Contact,
    Contract,
    Customer,
    CustomerFile,
    Merge,
    Ownership,
    Survey,
)

MOST = 100
PEOPLE = 20


@dataclass(frozen=True)
class Past:
    """Each the latest first. What belongs to the customers of `merges` belongs to this one: `whose` names all."""

    customer: Customer
    owners: list[Ownership]
    merges: list[Merge]
    contracts: list[Contract]
    answers: list[Survey]
    complaints: list[Complaint]
    files: list[CustomerFile]
    contacts: list[Contact]

    @property
    def whose(self) -> list[int]:
        return [self.customer.pk, *(each.customer_id for each in self.merges)]


def past_of(customer: Customer) -> Past:
    """Seven queries, whatever the number of rows."""
    merges = merges_into(customer)
    whose = [customer.pk, *(each.customer_id for each in merges)]
    return Past(
        customer,
        owners_of(customer),
        merges,
        _contracts(whose),
        _answers(whose),
        _complaints(whose),
        _files(whose),
        list(Contact.everything.at(customer).select_related("created_by")[:PEOPLE]),
    )


def owners_of(customer: Customer) -> list[Ownership]:
    """Who looked after a customer."""
    periods = Ownership.everything.filter(customer=customer, deleted_on__isnull=True)
    return list(periods.select_related("rep").order_by("-from_on", "-id")[:MOST])


def merges_into(customer: Customer) -> list[Merge]:
    """Who became part of a customer, one after the other or through another."""
    live = Merge.everything.filter(deleted_on__isnull=True, merged_on__isnull=False)
    rows = live.filter(customer__merged_into=customer).select_related("customer", "into")
    return list(rows.order_by("-merged_on", "-id"))


def _contracts(whose: list[int]) -> list[Contract]:
    rows = Contract.everything.filter(customer__in=whose, deleted_on__isnull=True)
    return list(rows.select_related("by").order_by("-start_on", "-id")[:MOST])


def _answers(whose: list[int]) -> list[Survey]:
    """What was answered; questions without an answer tell nothing of the customer."""
    rows = Survey.everything.filter(customer__in=whose, deleted_on__isnull=True)
    answered = rows.filter(score__isnull=False, answered_on__isnull=False)
    return list(answered.select_related("by").order_by("-answered_on", "-id")[:MOST])


def _complaints(whose: list[int]) -> list[Complaint]:
    rows = Complaint.everything.filter(customer__in=whose, deleted_on__isnull=True)
    return list(rows.select_related("by", "settled_by").order_by("-made_on", "-id")[:MOST])


def _files(whose: list[int]) -> list[CustomerFile]:
    rows = CustomerFile.everything.filter(customer__in=whose).listed()
    return list(rows.select_related("created_by").order_by("-id")[:MOST])
