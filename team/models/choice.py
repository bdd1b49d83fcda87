"""Lists that people edit: a stable key, a name, an order, an active flag."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from team.models.base import Record


class Choice(Record):
    """`name` is in English for what ships with the product and translated on show; own entries as typed.

    Records keep the entry they were given: one that is retired is offered no more and stands where it stood.
    """

    key = models.CharField(max_length=100, unique=True)
    name = models.CharField(_("name"), max_length=100)
    order = models.PositiveSmallIntegerField(_("place in the list"), default=100)
    is_active = models.BooleanField(default=True)

    class Meta:
        abstract = True
        ordering = ["order", "id"]

    def __str__(self) -> str:
        # an empty string would be translated to the catalogue's header
        return str(_(self.name)) if self.name else self.key
