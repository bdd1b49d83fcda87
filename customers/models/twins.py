"""Customers that look like one."""

from typing import Any, ClassVar, cast

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models.customer import Customer
from customers.querysets import TwinQuerySet
from team.access import scope_of
from team.models import Owned


class TwinPair(Owned):
    """Two customers that are probably one, and why (`signs`); found by `customers.twins` alone.

    `cents` is what both buy in a year, as of the night. Whoever sees both customers sees the pair.
    """

    class State(models.TextChoices):
        OPEN = "open", gettext_lazy("Open")
        DIFFERENT = "different", gettext_lazy("Not the same")

    owner_paths = ("first__owner", "second__owner")

    first = models.ForeignKey(Customer, models.CASCADE, related_name="+", db_index=False)
    second = models.ForeignKey(Customer, models.CASCADE, related_name="+")
    signs = models.CharField(max_length=30)
    cents = models.BigIntegerField(default=0)
    found_on = models.DateField()
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )

    everything: ClassVar[models.Manager[Any]] = TwinQuerySet.as_manager()

    class Meta(Owned.Meta):
        indexes = [models.Index(fields=["state", "-cents", "-id"], name="twins_by_value")]
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="twins_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="twins_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.first} / {self.second}"

    @classmethod
    def ways_for(cls, user: Any) -> list[Q]:
        """Both must be in sight: half a pair would tell of the other half."""
        if scope_of(user).all:
            return [Q()]
        seen = Customer.visible_to(user).values("pk")
        return [Q(first__in=seen, second__in=seen)]

    @classmethod
    def visible_to(cls, user: Any) -> TwinQuerySet:
        return cast(TwinQuerySet, super().visible_to(user))

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN

    def twin_of(self, customer: Customer) -> Customer:
        return self.second if self.first_id == customer.pk else self.first

    @property
    def told(self) -> str:
        """What they have in common, in words."""
        words = {"phone": _("same number"), "email": _("same e-mail"), "name": _("same name")}
        return ", ".join(words[sign] for sign in self.signs.split(","))
