"""Checking and applying an import: the same passage of rows, kept or taken back.

What a check says is what applying does, since a check does it too and then rolls back.
"""

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.lib.bulk import insert_rows
from crm.lib.formatting import day
from customers.importing.columns import Style
from customers.importing.figures import figures_changed
from customers.importing.importer import Importer
from customers.importing.limits import CHUNK_LETTERS, CHUNK_ROWS
from customers.importing.mapping import Mapping
from customers.importing.rows import ERROR, ON_ITS_DAY, SAME, TODAY, Options, Row, Run
from customers.importing.table import Table
from customers.models import ImportBatch, ImportRow
from team.audit import Actor, acting, current_actor, record
from team.models import Company, User

CAUSES_KEPT = 1000


@dataclass
class Outcome:
    """`counts` by verdict; `causes`: sentence -> first row and number of rows; no `batch` for a check."""

    counts: dict[str, int] = field(default_factory=dict)
    causes: dict[str, tuple[int, int]] = field(default_factory=dict)
    batch: ImportBatch | None = None

    @property
    def brought_in(self) -> int:
        return self.counts.get("new", 0) + self.counts.get("filled", 0)


class AlreadyImported(Exception):
    """All rows of this very file came in earlier, as the same target, and were not taken back since."""

    def __init__(self, batch: ImportBatch) -> None:
        super().__init__(
            _("This file was imported already, on %(day)s. Nothing new came in.")
            % {"day": day(timezone.localdate(batch.applied_at))}
        )
        self.batch = batch


class NotAllowed(Exception):
    """This person may not import this target, or not so."""


class RowsRefused(Exception):
    """Some rows are wrong and the import was to be all or nothing: nothing is stored."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(_("Nothing is imported: some rows have errors."))
        self.outcome = outcome


def may_import(importer: Importer, by: User | None) -> bool:
    return by is None or by.has_role(*importer.roles)


def check(
    table: Table,
    mapping: Mapping,
    importer: Importer,
    style: Style,
    options: Options,
    by: User | None,
) -> Outcome:
    """Say what an import would do; nothing is kept."""
    run = _begin(table, mapping, importer, style, options, by)
    outcome = Outcome()
    with transaction.atomic():
        for rows in _pass_through(table, mapping, run):
            _count(outcome, rows)
        importer.finish(run)
        transaction.set_rollback(True)
    return outcome


def apply(
    table: Table,
    mapping: Mapping,
    importer: Importer,
    style: Style,
    options: Options,
    by: User | None,
) -> Outcome:
    """Import in one transaction; rows with errors are left out and told.

    Raises `NotAllowed`, `AlreadyImported`, `BadFile` on the way, and `RowsRefused` where `options.strict`.
    """
    run = _begin(table, mapping, importer, style, options, by)
    batch = _batch(table, mapping, run)
    outcome = Outcome(batch=batch)
    actor = current_actor()
    with (
        acting(Actor(by, by.name if by else actor.name, actor.request_id, actor.address, batch.id)),
        transaction.atomic(),
    ):
        batch.save(force_insert=True)
        for rows in _pass_through(table, mapping, run):
            _count(outcome, rows)
            _keep(rows, batch, run)
        importer.finish(run)
        if options.strict and outcome.counts.get("error"):
            raise RowsRefused(outcome)
        if importer.feeds_figures and outcome.brought_in:
            figures_changed()
        batch.counts, batch.made = outcome.counts, run.made
        batch.save(update_fields=["counts", "made"])
        record(
            "import",
            by=by,
            after={"file": batch.file_name, **outcome.counts, "as": importer.target},
        )
    return outcome


def _done_before(table: Table, importer: Importer) -> frozenset[int]:
    """The rows of this very file that came in earlier; raises `AlreadyImported` if all did."""
    batches = ImportBatch.objects.filter(
        target=importer.target, file_hash=table.digest, state=ImportBatch.State.APPLIED
    )
    rows = ImportRow.objects.filter(batch__in=batches)
    done = frozenset(rows.exclude(verdict=ERROR).values_list("line", flat=True))
    left = frozenset(rows.filter(verdict=ERROR).values_list("line", flat=True)) - done
    last = batches.order_by("-applied_at").first()
    if last is not None and not left:
        raise AlreadyImported(last)
    return done


def _begin(
    table: Table,
    mapping: Mapping,
    importer: Importer,
    style: Style,
    options: Options,
    by: User | None,
) -> Run:
    if not may_import(importer, by):
        raise NotAllowed(_("You may not import this. Ask an administrator."))
    wrong = options.make - importer.makes
    if wrong:
        raise NotAllowed(
            _("An import of %(target)s cannot make %(what)s.")
            % {"target": importer.target, "what": ", ".join(sorted(wrong))}
        )
    done = _done_before(table, importer)
    company = Company.get()
    mapped = frozenset(mapping.positions)
    first = not importer.model._default_manager.exists()
    recorded = options.recorded or (ON_ITS_DAY if first else TODAY)
    return Run(importer, by, company, options, style, company.today, mapped, recorded, done)


def _pass_through(table: Table, mapping: Mapping, run: Run) -> Iterator[list[Row]]:
    """Read, check, match and store the rows, chunk by chunk."""
    for rows in _chunks(table, mapping):
        _work_on([row for row in rows if row.number not in run.done], run)
        for row in rows:
            if row.number in run.done:
                row.verdict = SAME
        yield rows


def _chunks(table: Table, mapping: Mapping) -> Iterator[list[Row]]:
    chunk: list[Row] = []
    letters = 0
    for number, texts in table.rows():
        chunk.append(_row(number, texts, table, mapping))
        letters += sum(map(len, texts))
        if len(chunk) >= CHUNK_ROWS or letters >= CHUNK_LETTERS:
            yield chunk
            chunk, letters = [], 0
    if chunk:
        yield chunk


def _work_on(rows: list[Row], run: Run) -> None:
    run.importer.read(rows, run)
    for row in rows:
        if row.good:
            run.importer.check(row, run)
    run.importer.match(rows, run)
    run.importer.store([row for row in rows if row.good], run)


def _row(number: int, texts: list[str], table: Table, mapping: Mapping) -> Row:
    values = {
        name: texts[place] if place < len(texts) else ""
        for name, place in mapping.positions.items()
    }
    row = Row(number, values)
    if any(texts[len(table.header) :]):
        row.refuse(
            _("It has %(cells)s cells, the header has %(columns)s.")
            % {"cells": len(texts), "columns": len(table.header)}
        )
    return row


def _count(outcome: Outcome, rows: list[Row]) -> None:
    for row in rows:
        outcome.counts[str(row.verdict)] = outcome.counts.get(str(row.verdict), 0) + 1
        for sentence in row.problems:
            first, count = outcome.causes.get(sentence, (row.number, 0))
            if count or len(outcome.causes) < CAUSES_KEPT:
                outcome.causes[sentence] = (first, count + 1)


def _batch(table: Table, mapping: Mapping, run: Run) -> ImportBatch:
    now = timezone.now()
    return ImportBatch(
        id=uuid.uuid4(),
        target=run.importer.target,
        file_name=table.name[:250],
        file_hash=table.digest,
        mapping={place.header: place.goes_to for place in mapping.placed},
        reading=table.reading.as_json() | {"order": run.style.order, "decimal": run.style.decimal},
        state=ImportBatch.State.APPLIED,
        by=run.by,
        created_at=now,
        applied_at=now,
    )


def _keep(rows: list[Row], batch: ImportBatch, run: Run) -> None:
    """Store what each row said, became and overwrote: what undo and the result page read."""
    batch_id = batch.id.hex if connection.vendor == "sqlite" else str(batch.id)
    insert_rows(
        ImportRow,
        ("batch_id", "line", "values", "verdict", "problem", "record_id", "before"),
        [
            (
                batch_id,
                row.number,
                _json(row.values),
                str(row.verdict),
                " ".join(row.problems).replace("\x00", ""),
                row.record.pk if row.good and row.record is not None else None,
                _json(_before(row)),
            )
            for row in rows
        ],
    )


def _before(row: Row) -> dict[str, Any]:
    version = getattr(row.record, "version", None) if row.good else None
    return {"version": version, "was": row.was, "owner": row.owner_id}


def _json(value: Any) -> str:
    return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False)
