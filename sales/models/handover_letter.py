"""Letters by which customers are told who looks after them now, and what they say."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from team.models import Owned, Record


class HandoverLetter(Owned):
    """One letter to one customer of a hand-over, there once somebody who leads has approved these very words.

    Written by `sales.handing_over.letters`. `taken_at` is when a worker took it to be sent: from then on nobody else
    sends it. `sent_at` is when the mail server took it; `problem` why it did not go.
    """

    class Problem(models.TextChoices):
        UNDONE = "undone", _("The hand-over was taken back.")
        OWNER = "owner", _("The customer has another owner by now.")
        CONTACT = "contact", _("The contact is not there any more.")
        REFUSED = "refused", _("The address was refused.")

    owner_paths = ("customer__owner",)

    handover = models.ForeignKey(
        "sales.Handover", models.CASCADE, related_name="letters", db_index=False
    )
    customer = models.ForeignKey("customers.Customer", models.CASCADE, related_name="+")
    contact = models.ForeignKey(
        "customers.Contact", models.PROTECT, related_name="+", db_index=False
    )
    receiver = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False
    )
    language = models.CharField(max_length=10)
    subject = models.CharField(max_length=250)
    text = models.TextField(max_length=4000)
    approved_at = models.DateTimeField()
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False
    )
    taken_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=10, choices=Problem, blank=True, default="")

    class Meta(Owned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["handover", "customer"], name="handover_letter_once_a_customer"
            ),
            models.CheckConstraint(
                condition=Q(sent_at__isnull=True) | Q(taken_at__isnull=False),
                name="handover_letter_taken_before_sent",
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"], name="handover_letter_waits", condition=Q(taken_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return self.subject


class LetterTemplate(Record):
    """What these letters say in a language, where administrators wrote other words than ship with the product.

    Placeholders and brackets are those of `sales.handing_over.letter_words`; new drafts are written with it.
    """

    language = models.CharField(max_length=10, unique=True, editable=False)
    subject = models.CharField(_("subject"), max_length=200)
    text = models.TextField(_("text"), max_length=3000)

    def __str__(self) -> str:
        return str(dict(settings.LANGUAGES).get(self.language, self.language))
