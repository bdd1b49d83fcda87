"""What people on notice opened and changed yesterday, told each morning to administrators and to who leads them."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.lib import formatting
from crm.lib.periods import day_start
from team.habit_alerts import who_is_told
from team.habits import HABITS, Kind
from team.models import AuditEntry, Company, NoticeWish, User
from team.notices import Told, notice_kind, tell

COUNTED = (Kind.READ, Kind.LATE, Kind.EXPORT, Kind.REFUSED)
# What the log holds of somebody that changes no record.
NO_CHANGE = ("sign-in", "sign-out", "export", "refuse", "not found", "slow down", "new device")


def _sentence(told: Mapping[str, Any]) -> str:
    parts = [
        f"{Kind(key).label}: {formatting.number(told[key])}" for key in COUNTED if told.get(key)
    ]
    if told["changed"]:
        parts.append(f"{_('changes of records')}: {formatting.number(told['changed'])}")
    return _("%(name)s, who leaves, on %(day)s: %(what)s.") % {
        "name": told["name"],
        "day": formatting.day(date.fromisoformat(told["day"])),
        "what": ", ".join(parts) or _("nothing"),
    }


LEAVER_DAY = notice_kind(
    "leaver.day",
    gettext_lazy("What people who leave opened and changed, each day"),
    _sentence,
    icon="user-share",
    mail=NoticeWish.Mail.DAILY,
)


def tell_leaver_days(day: date) -> int:
    """Tell of a day of everybody who is on notice and still signs in, once; how many notices."""
    company = Company.get()
    leavers = User.objects.filter(leaves_on__gte=day, is_active=True).order_by("pk")
    return sum(_tell(leaver, day, company) for leaver in leavers)


def _tell(leaver: User, day: date, company: Company) -> int:
    told: dict[str, Any] = {"name": leaver.name, "day": day.isoformat()}
    for kind in COUNTED:
        told[str(kind)] = HABITS[kind].by_day(leaver.pk, day, company).get(day, 0)
    told["changed"] = _changed(leaver, day, company)
    path = leaver.get_absolute_url()
    return tell(
        LEAVER_DAY, (Told(pk, f"{leaver.pk} {day}", told, path) for pk in who_is_told(leaver))
    )


def _changed(leaver: User, day: date, company: Company) -> int:
    """Entries of the log that tell of a change of theirs."""
    start, end = (day_start(each, company.zone) for each in (day, day + timedelta(days=1)))
    entries = AuditEntry.objects.filter(actor=leaver, at__gte=start, at__lt=end)
    return entries.exclude(action__in=NO_CHANGE).count()
