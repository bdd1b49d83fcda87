"""What people are told, and how they wish to be told it."""

from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from team.models.people import User


class Notice(models.Model):
    """One person is told one thing, once per `kind` and `key`; written by `team.notices` alone.

    `told` holds what its sentence names, as it was then: the sentence itself is written in the reader's language.
    `path` is where it leads, an address of this site. Until `hidden_until` it waits out of sight.
    `mailed_at` is when a letter with it was claimed by whoever sends it.
    """

    user = models.ForeignKey(User, models.PROTECT, related_name="notices", db_index=False)
    kind = models.CharField(max_length=30)
    key = models.CharField(max_length=120)
    told = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    path = models.CharField(max_length=200, blank=True, default="")
    at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True)
    hidden_until = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["user", "kind", "key"], name="notice_once"),
        ]
        indexes = [
            models.Index(fields=["user", "-at", "-id"], name="notice_newest"),
            models.Index(fields=["user"], name="notice_unread", condition=Q(read_at__isnull=True)),
            models.Index(
                fields=["kind", "user"],
                name="notice_to_mail",
                condition=Q(read_at__isnull=True, mailed_at__isnull=True),
            ),
        ]

    @classmethod
    def visible_to(cls, user: Any) -> "models.QuerySet[Notice]":
        """One's own, of whoever it is: nobody reads a colleague's."""
        return cls.objects.filter(user=user.pk)


class NoticeWish(models.Model):
    """By which way a person wants one kind of notice besides the list; without a row the kind's own way holds."""

    class Mail(models.TextChoices):
        AT_ONCE = "at-once", _("At once")
        DAILY = "daily", _("Once a day")
        NEVER = "never", _("Never")

    user = models.ForeignKey(User, models.PROTECT, related_name="notice_wishes", db_index=False)
    kind = models.CharField(max_length=30)
    mail = models.CharField(max_length=8, choices=Mail)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "kind"], name="notice_wish_once"),
        ]
