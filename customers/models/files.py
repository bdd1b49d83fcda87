"""Files that people keep with a customer."""

import uuid
from typing import Any, ClassVar, cast

from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models.customer import Customer
from customers.querysets import FileQuerySet
from team.models import Owned, Record


class CustomerFile(Owned, Record):
    """A file somebody added, written by `customers.filing`. Its content lies in the store, named by `key` alone."""

    owner_paths = ("customer__owner",)

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="files")
    name = models.CharField(_("file"), max_length=200)
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    binned_on = models.DateField(null=True, blank=True, editable=False)

    everything: ClassVar[models.Manager[Any]] = FileQuerySet.as_manager()

    class Meta(Owned.Meta):
        pass

    def __str__(self) -> str:
        return self.name

    @property
    def stored_as(self) -> str:
        return f"customers/{self.key.hex[:2]}/{self.key.hex}"

    @classmethod
    def visible_to(cls, user: Any) -> FileQuerySet:
        return cast(FileQuerySet, super().visible_to(user))
