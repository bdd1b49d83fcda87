"""Laying a hand-over over what is there: a line for each record, with what speaks for whom.

It can be laid again at any time: what is not the giver's any more drops out, what has come since is added,
and who takes what stays as it was chosen. A fixed number of statements, whatever the number of records.
"""

from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone

from crm.lib.periods import day_start
from crm.lib.transactions import count_rows_anew
from customers.models import Customer
from sales.handing_over.plan_sql import (
    ADD_ASIDE,
    ADD_CUSTOMERS,
    ADD_DEALS,
    ADD_LEADS,
    ADD_REST,
    ADD_TASKS,
    DROP_GONE,
    SEE_AGAIN,
)
from sales.models import Activity, Handover
from team.models import Company

# What counts as talking with a customer.
SPOKEN = (
    Activity.Kind.CALL,
    Activity.Kind.MEETING,
    Activity.Kind.VISIT,
    Activity.Kind.DEMO,
    Activity.Kind.NEGOTIATION,
)
YEAR = timedelta(days=365)
# Contracts that end within so many days are told.
RENEWAL_DAYS = timedelta(days=60)
# So many new lines PostgreSQL looks through for each deal and task without harm. Of more it has to know: it takes a
# table for empty whose earlier lines were all thrown away, and a book of 5,000 took seven minutes for two seconds.
FEW = 200


def lay(handover: Handover) -> None:
    """Bring the lines up to date with the records. Call it in a transaction that has locked the hand-over."""
    today = Company.get().today
    told = _parameters(handover, today)
    with connection.cursor() as cursor:
        for drop in DROP_GONE:
            cursor.execute(drop, told)
        cursor.execute(_within(ADD_CUSTOMERS, handover, told), told)
        _count_if_many(cursor.rowcount)
        if handover.leaver_id is not None:
            cursor.execute(ADD_LEADS, told)
        cursor.execute(_of_owner(ADD_DEALS, "d", handover), told)
        many = cursor.rowcount
        cursor.execute(_of_owner(ADD_TASKS, "t", handover), told)
        # of a kind that it has not counted it looks through all lines for one
        _count_if_many(max(many, cursor.rowcount))
        if handover.leaver_id is not None:
            cursor.execute(ADD_ASIDE, told)
        if handover.takes_all:
            for rest in ADD_REST:
                cursor.execute(rest, told)
        for see in SEE_AGAIN:
            cursor.execute(see, told)
    handover.asks_at = timezone.now()


def _count_if_many(new: int) -> None:
    if new > FEW:
        count_rows_anew("sales_handoverline")


def customers_of(handover: Handover) -> "QuerySet[Customer]":
    """The customers that the document is about, as of now."""
    listed = Customer.everything.listed()
    if handover.leaver_id is not None:
        return listed.filter(owner=handover.leaver_id)
    seen = Customer.visible_to(handover.by).listed()
    if handover.kind == Handover.Kind.SELECTION:
        return seen.filter(pk__in=handover.narrow.get("ids", []))
    wanted = {
        name: value
        for name, value in handover.narrow.items()
        if value and name in ("segment", "region")
    }
    return seen.filter(Q(**wanted))


def _within(statement: str, handover: Handover, told: dict[str, Any]) -> str:
    """The statement for the customers of this document; what narrows them becomes parameters of it."""
    sql, values = customers_of(handover).values("pk").query.sql_with_params()
    for place, value in enumerate(values):
        sql = sql.replace("%s", f"%(chosen_{place})s", 1)
        told[f"chosen_{place}"] = value
    return statement.replace("{chosen}", sql)


def _of_owner(statement: str, row: str, handover: Handover) -> str:
    own = "%(leaver)s" if handover.leaver_id is not None else "p.giver_id"
    return statement.replace("{owner}", f"{row}.owner_id = {own}")


def _parameters(handover: Handover, today: date) -> dict[str, Any]:
    zone = Company.get().zone
    return {
        "handover": handover.pk,
        "leaver": handover.leaver_id,
        "takes_all": handover.takes_all,
        "all_customers": handover.kind != Handover.Kind.PARTIAL,
        "since": connection.ops.adapt_datetimefield_value(day_start(today - YEAR, zone)),
        "today": today.isoformat(),
        "renews_by": (today + RENEWAL_DAYS).isoformat(),
        **{f"spoken_{n}": kind for n, kind in enumerate(SPOKEN)},
    }
