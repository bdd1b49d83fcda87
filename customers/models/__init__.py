from customers.models.complaint import Complaint
from customers.models.customer import Contact, Customer, CustomerPast, Merge, Ownership
from customers.models.files import CustomerFile
from customers.models.importing import ImportBatch, ImportRow
from customers.models.money import Contract, PurchaseDay, Revenue, Survey
from customers.models.search import SearchTerm
from customers.models.tag import ContactTag, CustomerTag, Tag, borne_by, tags_of, worn, worn_by_all
from customers.models.twins import TwinPair

__all__ = [
    "Complaint",
    "Contact",
    "ContactTag",
    "Contract",
    "Customer",
    "CustomerFile",
    "CustomerPast",
    "CustomerTag",
    "ImportBatch",
    "ImportRow",
    "Merge",
    "Ownership",
    "PurchaseDay",
    "Revenue",
    "SearchTerm",
    "Survey",
    "Tag",
    "TwinPair",
    "borne_by",
    "tags_of",
    "worn",
    "worn_by_all",
]
