"""What somebody leaves behind in words: a page about each customer, for who takes over."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from team.models import Owned, Record


class HandoverNote(Owned, Record):
    """The page about a customer of the person whose it was (`giver`); written by `sales.handing_over.notes`.

    Whole once every part says something, be it that there is nothing. It stays with the customer: whoever sees
    the customer reads it.
    """

    owner_paths = ("customer__owner",)
    PARTS = ("state", "promises", "people", "dangers")

    customer = models.ForeignKey(
        "customers.Customer", models.CASCADE, related_name="handover_notes", db_index=False
    )
    giver = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False
    )
    state = models.TextField(_("how it stands"), max_length=2000, blank=True, default="")
    promises = models.TextField(_("what was promised"), max_length=2000, blank=True, default="")
    people = models.TextField(
        _("who decides, and how they are"), max_length=2000, blank=True, default=""
    )
    dangers = models.TextField(_("what could go wrong"), max_length=2000, blank=True, default="")
    written_at = models.DateTimeField(editable=False)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        editable=False,
        related_name="+",
        db_index=False,
    )

    class Meta(Owned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["customer", "giver"], name="handover_note_once_a_giver")
        ]

    def __str__(self) -> str:
        return str(self.customer)

    @property
    def is_whole(self) -> bool:
        return all(getattr(self, part) for part in self.PARTS)

    @property
    def parts(self) -> list[tuple[str, str]]:
        """What it says, under the names of its parts; those without words are left out."""
        columns: list[Any] = [self._meta.get_field(name) for name in self.PARTS]
        found = ((column.verbose_name, getattr(self, column.name)) for column in columns)
        return [(str(label), text) for label, text in found if text]
