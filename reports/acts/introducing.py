"""Who is proposed as the second person that customers get to know."""

from django.db.models import Count, Q

from reports.acts.choosing import Ticked
from team.models import User


def second_person(ticked: Ticked, by: User) -> User | None:
    """Of the team of who speaks with most of the chosen customers, the rep who looks after fewest; two queries."""
    rows = ticked.rows if ticked.ids is None else ticked.rows.filter(subject_id__in=ticked.ids)
    found = (
        rows.order_by()
        .values("owner", "owner__team")
        .annotate(n=Count("pk"))
        .order_by("-n", "owner")
    )
    voices = list(found)
    if not voices or voices[0]["owner__team"] is None:
        return None
    mates = User.receivers(by).filter(is_rep=True, team=voices[0]["owner__team"])
    mates = mates.exclude(pk__in=[voice["owner"] for voice in voices if voice["owner"]])
    theirs = Count(
        "customers",
        filter=Q(customers__binned_on__isnull=True, customers__merged_into__isnull=True),
    )
    return mates.annotate(looks_after=theirs).order_by("looks_after", "sort_name", "pk").first()
