"""Secret addresses under which a calendar fetches somebody's next steps."""

from django.db import models
from django.utils import timezone

from team.models.people import User


class Feed(models.Model):
    """A person has one address at most; only a hash of it is kept. Written by `team.feeds` alone."""

    user = models.OneToOneField(User, models.PROTECT, related_name="feed")
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(default=timezone.now)
