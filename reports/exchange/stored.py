"""The stored company as rows of the exchange tables, in an order of their own.

Lost on the way, because the tables have no place for it: contacts, tasks, notes and titles, earlier teams and
employments of a person, merges and lead endings that were taken back, and what a record or the calendar said
before it was changed.
"""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from django.db.models import F, FilteredRelation, Q

from crm.lib.money import base_cents, cents_to_amount
from crm.lib.periods import SINCE_EVER
from customers.models import Customer
from reports.exchange.checks import ONE, usually_recorded_on
from reports.exchange.spec import TABLES, Column, Table
from sales.models import DealChange, Stage
from team.models import Company, Employment, User, Wage

CHUNK = 5000
# absences have no reference
ABSENCES = ["user__reference", "on", "recorded_on", F("deleted_on").asc(nulls_first=True)]
Values = dict[str, Any]


def stored_rows(table: Table) -> Iterator[Values]:
    """Values by column name, the rows by reference (or by rep and day where they have none)."""
    special = SPECIAL.get(table.name)
    return special(table) if special else _rows(table, table.model._default_manager.all())


def cells_of(values: Values, columns: tuple[Column, ...]) -> list[str]:
    given = ((column, values[column.name]) for column in columns)
    return ["" if value is None else column.kind.write(value) for column, value in given]


def columns_needed(table: Table) -> tuple[Column, ...]:
    """The table's columns; the extra ones only if a row says in them what the others do not."""
    extra = {column.name for column in table.columns if column.extra}
    needed: set[str] = set()
    zone = Company.get().zone
    if extra:
        for values in stored_rows(table):
            usual = {"recorded_on": usually_recorded_on(table, values, zone)}
            needed |= {name for name in extra if values[name] not in (None, usual.get(name))}
            if needed == extra:
                break
    return tuple(column for column in table.columns if not column.extra or column.name in needed)


def _rows(table: Table, queryset: Any) -> Iterator[Values]:
    names = [column.name for column in table.columns]
    order = [table.column(table.key).path] if table.key else ABSENCES
    rows = queryset.order_by(*order).values_list(*(column.path for column in table.columns))
    for row in rows.iterator(chunk_size=CHUNK):
        yield dict(zip(names, row, strict=True))


def _customers(table: Table) -> Iterator[Values]:
    live = FilteredRelation("merges", condition=Q(merges__deleted_on__isnull=True))
    yield from _rows(table, Customer.everything.annotate(merge=live))


def _reps(table: Table) -> Iterator[Values]:
    employed, wages = _employments(), _first_wages()
    for user in User.objects.filter(_is_rep()).select_related("team").order_by("reference"):
        hired, left = employed.get(user.pk, (None, None))
        wage = wages.get(user.pk)
        yield {
            "rep_id": user.reference,
            "name": user.name,
            "team": user.team.name if user.team else "",
            "hire_on": hired,
            "leave_on": left,
            "monthly_wage": wage.monthly_wage if wage else None,
            "monthly_expenses": wage.monthly_expenses if wage else None,
        }


def _is_rep() -> Q:
    """Everybody the facts name, who is employed, or who came with tables; not a sign-in without any of it."""
    named = Q(email__isnull=True) | Q(pk__in=_live_employments().values("user"))
    for table in TABLES.values():
        for column in table.columns:
            if column.refers == "reps":
                field = column.path.removesuffix("__reference")
                facts = table.model._default_manager.filter(**{f"{field}__isnull": False})
                named |= Q(pk__in=facts.values(field))
    return named


def _live_employments() -> Any:
    return Employment.objects.filter(deleted_on__isnull=True)


def _employments() -> dict[int, tuple[date | None, date | None]]:
    """The latest employment of each person."""
    found = _live_employments().values_list("user", "hired_on", "left_on", "pk")
    ordered = sorted(found, key=lambda row: (row[1] or date.min, row[3]))
    return {user: (hired, left) for user, hired, left, _pk in ordered}


def _first_wages() -> dict[int, Wage]:
    """The wages that the reps table tells: those in force from the day of hire or since ever."""
    first: dict[int, Wage] = {}
    for wage in Wage.objects.filter(deleted_on__isnull=True).order_by("from_on", "pk"):
        first.setdefault(wage.user_id, wage)
    employed = _employments()
    return {
        user: wage
        for user, wage in first.items()
        if wage.from_on == wage.recorded_on
        and wage.from_on in (SINCE_EVER, employed.get(user, (None, None))[0])
    }


def _rep_costs(table: Table) -> Iterator[Values]:
    told = {wage.pk for wage in _first_wages().values()}
    wages = [w for w in Wage.objects.select_related("user") if w.pk not in told]
    wages.sort(
        key=lambda w: (
            w.user.reference,
            w.from_on,
            w.monthly_wage,
            w.monthly_expenses,
            w.recorded_on,
            w.deleted_on or date.max,
        )
    )
    for wage in wages:
        names = (column.name for column in table.columns if column.name != "rep_id")
        yield {"rep_id": wage.user.reference, **{name: getattr(wage, name) for name in names}}


def _opp_history(table: Table) -> Iterator[Values]:
    """Amounts in the company's currency, for the table names no other; the ends of all pipelines are won and lost."""
    paths = [column.path for column in table.columns]
    changes = DealChange.everything.order_by("reference").values(*paths, "cents", "stage__kind")
    for change in changes.iterator(chunk_size=CHUNK):
        amount = change["amount"]
        if amount is not None and base_cents(amount, ONE) != change["cents"]:
            change["amount"] = cents_to_amount(change["cents"])
        if change["stage__kind"] != Stage.Kind.OPEN:
            change["stage__key"] = change["stage__kind"]
        yield {column.name: change[column.path] for column in table.columns}


SPECIAL: dict[str, Callable[[Table], Iterator[Values]]] = {
    "reps": _reps,
    "rep_costs": _rep_costs,
    "customers": _customers,
    "opp_history": _opp_history,
}
