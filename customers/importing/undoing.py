"""Taking an import back, within seven days and only while nothing it brought in was worked with since.

On the day of the import its rows are removed, and every table is as it was. Later, reports may have read
them: facts are deleted as of today, records go to the bin, and what they filled gets its old values back.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.lib.formatting import day
from crm.lib.periods import local_date
from customers.importing.figures import figures_changed
from customers.importing.importer import IMPORTERS, Importer
from customers.importing.rows import FILLED, NEW
from customers.importing.taking_back import CHUNK, Back, remove_made
from customers.models import ImportBatch, ImportRow
from team.audit import Actor, acting, current_actor, record
from team.models import Company, User

DAYS = 7
TOLD = 20


class CannotUndo(Exception):
    """`touched`: the rows whose records were worked with since, as (row, name)."""

    def __init__(self, sentence: str, touched: list[tuple[int, str]] | None = None) -> None:
        super().__init__(sentence)
        self.touched = touched or []


def undo(batch: ImportBatch, *, by: User | None) -> int:
    """Take an import back in one transaction; how many records were taken back. Raises `CannotUndo`."""
    company = Company.get()
    importer = IMPORTERS[batch.target]
    actor = current_actor()
    with (
        acting(Actor(by, by.name if by else actor.name, actor.request_id, actor.address, batch.id)),
        transaction.atomic(),
    ):
        batch = ImportBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
        _check(batch, importer, by, company.today)
        applied_on = local_date(batch.applied_at, company.zone) if batch.applied_at else None
        back = Back(batch, by, company.today, applied_on == company.today)
        _check_untouched(importer, back)
        count = sum(_take_back(importer, back, rows) for rows in _chunks(batch))
        importer.undone(back)
        if importer.feeds_figures:
            figures_changed()
        for label, ids in batch.made.items():
            remove_made(label, ids, back)
        batch.state, batch.undone_at = ImportBatch.State.UNDONE, timezone.now()
        batch.save(update_fields=["state", "undone_at"])
        record("import.undo", by=by, after={"file": batch.file_name, "records": count})
    return count


def _check(batch: ImportBatch, importer: Importer, by: User | None, today: date) -> None:
    if batch.state != ImportBatch.State.APPLIED or batch.applied_at is None:
        raise CannotUndo(_("This import was taken back already."))
    if by is not None and not (
        by.is_admin or (batch.by_id == by.pk and by.has_role(*importer.roles))
    ):
        raise CannotUndo(_("Only who imported it or an administrator can take it back."))
    last = timezone.localdate(batch.applied_at) + timedelta(days=DAYS)
    if today > last:
        raise CannotUndo(
            _("An import can be taken back for %(days)s days; this one could until %(day)s.")
            % {"days": DAYS, "day": day(last)}
        )


def _check_untouched(importer: Importer, back: Back) -> None:
    touched: list[tuple[int, str]] = []
    for rows in _chunks(back.batch):
        touched += importer.worked_with(rows, back)
    if touched:
        raise CannotUndo(
            _("Nothing is taken back: %(count)s records of this import were worked with since.")
            % {"count": len(touched)},
            touched[:TOLD],
        )


def _take_back(importer: Importer, back: Back, rows: list[ImportRow]) -> int:
    new = [row for row in rows if row.verdict == NEW]
    filled = [row for row in rows if row.verdict == FILLED]
    if new:
        importer.take_back_new(new, back)
    if filled:
        importer.take_back_filled(filled, back)
    return len(new) + len(filled)


def _chunks(batch: ImportBatch) -> Iterator[list[ImportRow]]:
    rows = batch.rows.filter(verdict__in=[NEW, FILLED]).order_by("line")
    last = 0
    while part := list(rows.filter(line__gt=last)[:CHUNK]):
        last = part[-1].line
        yield part
