"""What the audit log says besides changes: refusals and exports. Mass reading is `reading`'s."""

from collections.abc import Mapping

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils import timezone

from team.audit import current_actor, one_line, record
from team.buffer import Buffer
from team.habit_alerts import alert_if_unusual
from team.models import AuditEntry, HabitAlert, User

# Statuses that refuse, and the action they are logged as. "Not yours" is "not found", as on the screen.
REFUSALS = {403: "refuse", 404: "not found", 429: "slow down"}


def _keep(rows: list[AuditEntry]) -> None:
    AuditEntry.objects.bulk_create(rows)
    people = (row.actor_id for row in rows if row.actor_id is not None)
    alert_if_unusual(people, HabitAlert.Kind.REFUSED)


_refused: Buffer[AuditEntry] = Buffer(_keep)


def note_answer(request: HttpRequest, status: int) -> None:
    """Log an answer that refuses; of "not found" only our own addresses, with what stands behind the "?"."""
    if status not in REFUSALS or (status == 404 and request.resolver_match is None):
        return
    actor = current_actor()
    _refused.add(
        AuditEntry(
            at=timezone.now(),
            actor=actor.user,
            actor_name=actor.name,
            action=REFUSALS[status],
            subject_name=one_line(f"{request.method} {request.get_full_path()}")[:250],
            batch=actor.batch,
            request_id=actor.request_id,
            address=actor.address,
        )
    )


def record_export(
    what: str, *, rows: int, filters: Mapping[str, str], sha256: str, by: User
) -> None:
    """A list or report left the house: what, how many rows, by which filter, and the file's hash.

    Every file passes here before it is sent. Raises `PermissionDenied` for who leaves and takes none along.
    """
    if not by.exports:
        raise PermissionDenied
    after = {"what": what, "rows": rows, "filter": dict(filters), "sha256": sha256}
    record("export", None, by=by, after=after)
    alert_if_unusual([by.pk], HabitAlert.Kind.EXPORT)
