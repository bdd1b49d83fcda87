"""Jobs of this app."""

from datetime import time

from django.utils import timezone

from team.jobs import Progress, handler
from team.jobs.housekeeping import clear_expired


@handler("team.housekeeping", nightly_at=time(3, 30))
def keep_house(progress: Progress, *, day: str) -> None:
    with progress.publishing(day=day):
        clear_expired(timezone.now())
