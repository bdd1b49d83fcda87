"""What a database keeps no longer than it needs."""

from datetime import datetime, timedelta

from django.contrib.sessions.models import Session

from team.models import Job

KEEP_JOBS = timedelta(days=90)


def clear_expired(now: datetime) -> int:
    """Delete sessions that ended and jobs done long ago; the answer is how many rows went.

    Of jobs with a key the rows stay: they say which periods were computed.
    """
    sessions, _ = Session.objects.filter(expire_date__lt=now).delete()
    old = Job.everything.filter(finished_at__lt=now - KEEP_JOBS, key="")
    jobs, _ = old.delete()
    return sessions + jobs
