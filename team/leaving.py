"""Who leaves soon, as those who answer for them are told."""

from django.db.models import QuerySet

from team.access import leads_others
from team.models import User


def leavers_told_to(viewer: User) -> "QuerySet[User]":
    """Who leaves and is still here, of the people that this person leads; the next one first."""
    if not leads_others(viewer):
        return User.objects.none()
    soon = User.visible_to(viewer).filter(leaves_on__isnull=False, is_active=True)
    return soon.exclude(pk=viewer.pk).order_by("leaves_on", "sort_name", "pk")
