"""Steps that stand already: of a customer or lead there is one open step a report and deed, whoever planned it."""

from collections import Counter
from collections.abc import Iterable

from django.utils.translation import gettext as _

from crm.lib import formatting
from reports.models import ActItem
from sales.models import Task
from team.models import User

# A talk with a person is planned by each who leads them.
ONCE = ("customer", "lead")


def planned_already(
    ids: Iterable[int], *, slug: str, deed: str, subject_type: str, but_by: int | None = None
) -> dict[int, int]:
    """Who planned the open step that a record has, by record; `but_by` is an act that is left out. One query.

    Asked under the lock of the records' rows the answer holds to the end of the transaction.
    """
    if subject_type not in ONCE:
        return {}
    items = ActItem.objects.filter(
        treated=True,
        subject_id__in=sorted(ids),
        act__slug=slug,
        act__deed=deed,
        act__subject_type=subject_type,
        act__undone_at__isnull=True,
        task__state=Task.State.OPEN,
    ).exclude(act=but_by)
    return dict(items.values_list("subject_id", "act__by"))


def by_whom(planners: Iterable[int], viewer: User) -> str:
    """Olena (2), you (1), a colleague (1): names within the viewer's sight, the most first."""
    counts = Counter(planners)
    names = dict(User.visible_to(viewer).filter(pk__in=counts).values_list("pk", "name"))
    told: Counter[str] = Counter()
    for person, n in counts.items():
        name = _("you") if person == viewer.pk else names.get(person) or _("a colleague")
        told[name] += n
    ranked = sorted(told.items(), key=lambda each: (-each[1], each[0]))
    return ", ".join(f"{name} ({formatting.number(n)})" for name, n in ranked)
