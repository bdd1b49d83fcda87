"""What a database keeps no longer than it needs."""

from datetime import datetime, timedelta

from django.contrib.sessions.models import Session

from team.models import Attempt, HabitAlert, Job, Notice, Reading

KEEP_JOBS = timedelta(days=90)
KEEP_READINGS = timedelta(days=90)
KEEP_NOTICES = timedelta(days=90)
KEEP_ATTEMPTS = timedelta(days=1)


def clear_expired(now: datetime) -> int:
    """Delete ended sessions, jobs done and notices told long ago, and what limits counted; answers how many rows went.

    Of jobs with a key the rows stay: they say which periods were computed.
    """
    sessions, _ = Session.objects.filter(expire_date__lt=now).delete()
    old = Job.everything.filter(finished_at__lt=now - KEEP_JOBS, key="")
    jobs, _ = old.delete()
    readings, _ = Reading.objects.filter(at__lt=now - KEEP_READINGS).delete()
    alerts, _ = HabitAlert.objects.filter(on__lt=(now - KEEP_READINGS).date()).delete()
    attempts, _ = Attempt.objects.filter(at__lt=now - KEEP_ATTEMPTS).delete()
    notices, _ = Notice.objects.filter(at__lt=now - KEEP_NOTICES).delete()
    return sessions + jobs + readings + alerts + attempts + notices
