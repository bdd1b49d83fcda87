"""Who was employed when, in which team, at which wage, and absent on which days."""

from datetime import date, timedelta

from django.db import models
from django.db.models import F, Q

from crm.lib.fields import ExactDecimalField
from team.models.base import Fact
from team.models.people import Team, User

OPEN = Q(to_on__isnull=True, deleted_on__isnull=True)


class Employment(Fact):
    """`left_on` is the last day employed; empty means still here.

    `hired_on` is empty only for somebody loaded without a day of hire, who counts as no rep.
    """

    user = models.ForeignKey(User, models.PROTECT, related_name="employments")
    hired_on = models.DateField(null=True)
    left_on = models.DateField(null=True, blank=True)
    leave_reason = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        ordering = ["hired_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(left_on__isnull=True, deleted_on__isnull=True),
                name="employment_one_open",
            )
        ]


class Membership(Fact):
    """Which team somebody belonged to, `from_on` to the day before `to_on`."""

    user = models.ForeignKey(User, models.PROTECT, related_name="memberships")
    team = models.ForeignKey(Team, models.PROTECT, related_name="memberships")
    from_on = models.DateField()
    to_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["from_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["user"], condition=OPEN, name="membership_one_open"),
            models.CheckConstraint(
                condition=Q(to_on__isnull=True) | Q(to_on__gte=F("from_on")),
                name="membership_ends_after_start",
            ),
        ]

    @property
    def last_day(self) -> date | None:
        return self.to_on and self.to_on - timedelta(days=1)


class Wage(Fact):
    """Monthly wage and expenses in the company's currency, in force from a day until the next row."""

    user = models.ForeignKey(User, models.PROTECT, related_name="wages")
    from_on = models.DateField()
    monthly_wage = ExactDecimalField()
    monthly_expenses = ExactDecimalField(default=0)

    class Meta:
        ordering = ["from_on", "id"]
        indexes = [models.Index(fields=["user", "from_on"], name="wage_in_force")]


class Absence(Fact):
    """One day on which somebody was not at work."""

    user = models.ForeignKey(User, models.PROTECT, related_name="absences")
    on = models.DateField()
    reason = models.CharField(max_length=100, blank=True, default="")

    class Meta:
        ordering = ["on"]
        indexes = [models.Index(fields=["user", "on"], name="absence_days")]
