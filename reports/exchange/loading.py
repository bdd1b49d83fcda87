"""Loading a folder of exchange tables: all of it in one transaction, or nothing (rulings 13 to 16).

The audit log gets one entry per load, with the number of rows and the fingerprint of the folder: the tables
are a migration of what was decided elsewhere, and their rows say themselves when each was recorded.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from crm.lib.transactions import count_rows_anew, unhurried
from customers.purchases import refresh_purchases
from reports.asking import figures_changed
from reports.exchange.checks import PERIODS_OF, Checker
from reports.exchange.comparing import differences
from reports.exchange.emptying import empty_database, has_records
from reports.exchange.reading import (
    Problem,
    Row,
    UnreadableTable,
    fingerprint,
    rows_of,
)
from reports.exchange.settings_file import Settings, read_settings, store_settings
from reports.exchange.spec import TABLES, Table
from reports.exchange.storing.customers import Customers
from reports.exchange.storing.leads import Leads
from reports.exchange.storing.people import People
from reports.exchange.storing.work import Work
from reports.exchange.world import World
from reports.rows.rolling_days import refresh_selling_days
from sales.models import Stage
from team.audit import record
from team.models import AuditDetail, Company, User

CHUNK = 5000
# the tables that rows of others name
REFERRED = {column.refers for table in TABLES.values() for column in table.columns}
ACTION = "load-tables"
Store = Callable[..., None]


class BadTables(Exception):
    """Something in the folder cannot be stored, so nothing was."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = problems


class NotEmpty(Exception):
    """The database holds other records already; `problems` name rows that are known with other content."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("the database holds records")
        self.problems = problems


@dataclass(frozen=True)
class Loaded:
    """`counts`: rows by table, in the order of loading; `again`: the same was there, nothing was written."""

    counts: dict[str, int]
    again: bool = False


def load(folder: Path, *, by: User | None, replace: bool = False) -> Loaded:
    """Store the folder. Raises `BadTables` with every bad row, or `NotEmpty`; then nothing has changed."""
    key = fingerprint(folder)
    with transaction.atomic():
        unhurried()
        settings, problems = read_settings(folder)
        if replace:
            empty_database()
        elif has_records():
            if key is None or key != _last_load():
                _refuse_others(folder, settings, problems)
            return Loaded({}, again=True)
        counts = _load_tables(folder, settings, problems)
        record(ACTION, by=by, after={"rows": counts, "fingerprint": key, "replaced": replace})
        figures_changed(f"load {key}")
    return Loaded(counts)


def _last_load() -> str | None:
    last = AuditDetail.objects.filter(entry__action=ACTION).order_by("-entry").first()
    return last.after.get("fingerprint") if last else None


def _load_tables(folder: Path, settings: Settings, problems: list[Problem]) -> dict[str, int]:
    world = _world(settings, problems)
    work = Work(world)
    stores = [People(world), Customers(world), Leads(world), work]
    if not problems:
        store_settings(settings)
        work.name_stages(settings.values.get("stage_probability", {}))
    for table in TABLES.values():
        store = next(each for each in stores if hasattr(each, f"store_{table.name}"))
        _read_table(table, folder, world, getattr(store, f"store_{table.name}"))
        if table.name in REFERRED and not world.problems:
            rows = table.model._default_manager.values_list("reference", "pk")
            world.ids[table.name] = dict(rows.iterator())
        finish: Store | None = getattr(store, f"finish_{table.name}", None)
        if finish is not None and not world.problems:
            finish()
    if world.problems:
        raise BadTables(_in_order(world.problems))
    if world.counts.get("opp_history"):
        # the file speaks for the company: a stage that it gives no share has none, not the one that ships
        unnamed = Stage.objects.exclude(key__in=settings.values.get("stage_probability", {}))
        unnamed.filter(kind=Stage.Kind.OPEN).update(win_share=0)
    count_rows_anew()
    refresh_purchases(None, today=world.today)
    refresh_selling_days()
    return world.counts


def _world(settings: Settings, problems: list[Problem]) -> World:
    company = Company.get()
    zone = settings.zone or company.zone
    return World(zone=zone, now=timezone.now(), problems=problems)


def _refuse_others(folder: Path, settings: Settings, problems: list[Problem]) -> None:
    """Raise `BadTables` or `NotEmpty` unless the folder says exactly what is stored."""
    world = _world(settings, problems)
    for table in TABLES.values():
        _read_table(table, folder, world, _nowhere)
    if world.problems:
        raise BadTables(_in_order(world.problems))
    others = differences(folder, settings, world)
    if others:
        raise NotEmpty(others)


def _read_table(table: Table, folder: Path, world: World, store: Store) -> None:
    """Hand the sound rows to `store` in chunks, as long as nothing at all was wrong."""
    world.ids[table.name] = {}
    if not (folder / table.file).is_file():
        return
    if table.name in PERIODS_OF:
        # overlaps show at the end of the file, too late for a database that refuses them itself
        _pass_through(table, folder, world, _nowhere)
        if world.problems:
            return
    _pass_through(table, folder, world, store)


def _pass_through(table: Table, folder: Path, world: World, store: Store) -> None:
    checker, count = Checker(table, world), 0
    for chunk in _chunks(_good_rows(table, folder, world, checker)):
        count += len(chunk)
        if not world.problems:
            store(chunk)
    world.problems += checker.finish()
    world.counts[table.name] = count


def _nowhere(chunk: list[dict[str, Any]]) -> None:
    """Rows are only looked at."""


def _good_rows(
    table: Table, folder: Path, world: World, checker: Checker
) -> Iterator[dict[str, Any]]:
    """The rows that can be stored; what is wrong with the others goes to the world."""
    known = world.ids[table.name]
    try:
        for row in rows_of(table, folder):
            checker.check(row)
            if table.name in REFERRED and row.values.get(table.key):
                # a row with a fault elsewhere is still there for those that refer to it
                known.setdefault(row.values[table.key], 0)
            if row.wrong:
                world.problems.append(_problem(table, row))
            else:
                yield row.values
    except UnreadableTable as unreadable:
        world.broken.add(table.name)
        world.problems.append(unreadable.problem)


def _problem(table: Table, row: Row) -> Problem:
    return Problem(table.file, row.line, "; ".join(row.wrong))


def _chunks(rows: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    chunk: list[dict[str, Any]] = []
    for values in rows:
        chunk.append(values)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _in_order(problems: list[Problem]) -> list[Problem]:
    places = {table.file: place for place, table in enumerate(TABLES.values())}
    return sorted(problems, key=lambda each: (places.get(each.file, -1), each.line))
