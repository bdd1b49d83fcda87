"""How rows that can still be stopped stand now: what has happened to their records since the night computed them.

Pages count by these what acts can treat, and acts treat what is counted here.
"""

from collections.abc import Iterable

from django.db.models import Case, Count, Exists, OuterRef, QuerySet, TextField, Value, When

from customers.models import Customer
from customers.models.customer import LISTED
from reports.models import Evidence
from reports.reading.scope import facet_text
from sales.models import Lead
from team.models import User


def still_open(rows: "QuerySet[Evidence]", viewer: User) -> "QuerySet[Evidence]":
    """Of leads those that are neither won nor closed, and this person's to see."""
    leads = Lead.visible_to(viewer).open().order_by().values("pk")
    return rows.order_by().filter(subject_type="lead", subject_id__in=leads)


def taken_over(rows: "QuerySet[Evidence]") -> "QuerySet[Evidence]":
    """Of customers whose rep leaves or has left those that somebody else has, who works here; and of those that
    after-care watches (`watched`), whose giver may work here too, all that somebody has.
    """
    owned = Customer.everything.filter(
        LISTED, pk=OuterRef("subject_id"), owner__is_active=True
    ).exclude(owner__reference=OuterRef("leaver"))
    leaver = Case(
        When(watched__isnull=False, then=Value("")),
        default=facet_text("departure"),
        output_field=TextField(),
    )
    told = rows.order_by().annotate(watched=facet_text("watched")).annotate(leaver=leaver)
    return told.filter(Exists(owned))


def counted(rows: "Iterable[QuerySet[Evidence]]") -> dict[int, int]:
    """How many rows there are, by snapshot; one query for all of them."""
    each = [
        one.select_related(None).order_by().values_list("snapshot_id").annotate(n=Count("pk"))
        for one in rows
    ]
    return dict(each[0].union(*each[1:], all=True)) if each else {}
