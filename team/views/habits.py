"""The evidence file about one person, for administrators."""

import hashlib
from datetime import timedelta

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from crm.lib.csvio import csv_lines
from team.access import ADMIN, SignedInRequest, access
from team.evidence import evidence_of
from team.habits import HABIT_DAYS
from team.views.people import person_or_404
from team.watching import record_export


@require_POST
@access(ADMIN)
def person_evidence(request: SignedInRequest, user_id: int) -> HttpResponse:
    """A post: that it was taken stands in the audit log, with the hash of the file."""
    person = person_or_404(request, user_id)
    lines = list(evidence_of(person, timezone.now() - timedelta(days=HABIT_DAYS)))
    content = b"".join(csv_lines(lines))
    told = {"person": person.reference, "days": str(HABIT_DAYS)}
    record_export(
        "evidence",
        rows=len(lines) - 1,
        filters=told,
        sha256=hashlib.sha256(content).hexdigest(),
        by=request.user,
    )
    answer = HttpResponse(content, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="evidence-{person.reference}.csv"'
    return answer
