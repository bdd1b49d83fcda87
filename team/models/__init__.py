from team.models.audit import AuditDetail, AuditEntry
from team.models.base import Fact, Owned, OwnerCopy, Past, Record
from team.models.choice import Choice
from team.models.company import Company, CompanyPast, Holiday
from team.models.employment import Absence, Employment, Membership, Wage
from team.models.feed import Feed
from team.models.job import Job
from team.models.limits import Attempt, Device, HabitAlert, Reading
from team.models.lists import Arrangement, SavedView
from team.models.notice import Notice, NoticeWish
from team.models.people import Team, User

__all__ = [
    "Absence",
    "Arrangement",
    "Attempt",
    "AuditDetail",
    "AuditEntry",
    "Choice",
    "Company",
    "CompanyPast",
    "Device",
    "Employment",
    "Fact",
    "Feed",
    "Holiday",
    "Job",
    "Membership",
    "Notice",
    "NoticeWish",
    "Owned",
    "OwnerCopy",
    "Past",
    "Reading",
    "HabitAlert",
    "SavedView",
    "Record",
    "Team",
    "User",
    "Wage",
]
