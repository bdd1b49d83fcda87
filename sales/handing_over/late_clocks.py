"""When leads that nobody answered are passed on: an heir gets time for them, who gets them back what was left."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from sales.models import HandoverLine, LeadEscalation

TOLD = LeadEscalation.Level.TOLD


def note_clocks(lines: "QuerySet[HandoverLine]") -> None:
    """Write on the lines of leads when they would be passed on, before they move. Three statements at most."""
    due = _told(lines).filter(pass_on_at__isnull=False)
    at = {clock.lead_id: clock.pass_on_at for clock in due if clock.pass_on_at is not None}
    noted = list(lines.filter(record_id__in=at)) if at else []
    for line in noted:
        line.before = {"pass_on_at": at[line.record_id].isoformat()}
    HandoverLine.objects.bulk_update(noted, ["before"], batch_size=500)


def restart_clocks(lines: "QuerySet[HandoverLine]", moved_at: datetime, now: datetime) -> None:
    """Let them be passed on as was noted, once the leads are back; where that has passed, after what was left then.

    Who comes back from an absence would lose them within the minute else.
    """
    noted = dict(
        lines.filter(before__has_key="pass_on_at").values_list("record_id", "before__pass_on_at")
    )
    clocks = list(_told(lines).filter(lead__in=noted)) if noted else []
    for clock in clocks:
        at = datetime.fromisoformat(noted[clock.lead_id])
        clock.pass_on_at = at if at > now else now + max(at - moved_at, timedelta(0))
    LeadEscalation.everything.bulk_update(clocks, ["pass_on_at"], batch_size=500)


def _told(lines: "QuerySet[HandoverLine]") -> "QuerySet[LeadEscalation]":
    leads = lines.values("record_id")
    return LeadEscalation.everything.filter(level=TOLD, lead__in=leads).order_by("pk")
