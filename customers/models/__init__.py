from customers.models.customer import Contact, Customer, CustomerPast, Merge, Ownership
from customers.models.importing import ImportBatch, ImportRow
from customers.models.money import Contract, PurchaseDay, Revenue, Survey
from customers.models.search import SearchTerm

__all__ = [
    "Contact",
    "Contract",
    "Customer",
    "CustomerPast",
    "ImportBatch",
    "ImportRow",
    "Merge",
    "Ownership",
    "PurchaseDay",
    "Revenue",
    "SearchTerm",
    "Survey",
]
