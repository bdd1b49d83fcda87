from team.models.audit import AuditDetail, AuditEntry
from team.models.base import Fact, Owned, OwnerCopy, Past, Record
from team.models.company import Company, CompanyPast, Holiday
from team.models.employment import Absence, Employment, Membership, Wage
from team.models.job import Job
from team.models.limits import Attempt, Reading, ReadingAlert
from team.models.people import Team, User

__all__ = [
    "Absence",
    "Attempt",
    "AuditDetail",
    "AuditEntry",
    "Company",
    "CompanyPast",
    "Employment",
    "Fact",
    "Holiday",
    "Job",
    "Membership",
    "Owned",
    "OwnerCopy",
    "Past",
    "Reading",
    "ReadingAlert",
    "Record",
    "Team",
    "User",
    "Wage",
]
