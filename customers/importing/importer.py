"""One importer a target: its columns, what makes two rows the same record, how records are stored."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from crm.lib.parsing.unreadable import shorten
from customers.importing.columns import Column, Refers, read_cell
from customers.importing.lookups import SEVERAL
from customers.importing.rows import FILLED, NEW, REPLACE, SAME, SKIP, Row, Run
from customers.importing.taking_back import TakesBack
from team.access import ADMIN, DIRECTOR, MANAGER, REP
from team.audit import Change, changed, record_many, values_of
from team.models import User
from team.past import keep_past, kept_values

EVERYBODY = (REP, MANAGER, ADMIN, DIRECTOR)
LEADING = (MANAGER, ADMIN, DIRECTOR)


@dataclass(frozen=True)
class Key:
    """What makes a row the same as a record: `column` of the file, folded, equals `field` of the record."""

    column: str
    field: str
    fold: Callable[[str], str] = str


REFERENCE = Key("reference", "reference")


class Importer(TakesBack):
    """Subclasses declare; what differs in a target they override.

    `fills`: columns that fill or replace those of a record that is there. A record is found by the first
    of `keys` that a row has a value for; a reference is always the only one.
    """

    target: ClassVar[str]
    columns: ClassVar[tuple[Column, ...]]
    keys: ClassVar[tuple[Key, ...]] = (REFERENCE,)
    fills: ClassVar[tuple[str, ...]] = ()
    roles: ClassVar[tuple[str, ...]] = EVERYBODY
    # columns that only those who lead others may give
    leading: ClassVar[frozenset[str]] = frozenset({"owner"})
    # reports of past days read what it brings: they are computed anew
    feeds_figures: ClassVar[bool] = False
    # what can be made where a row names something unknown
    makes: ClassVar[frozenset[str]] = frozenset()

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    def visible(self, by: User | None) -> "QuerySet[Any]":
        """The records a row may fill."""
        everything: QuerySet[Any] = self.model._default_manager.all()
        return everything if by is None else self.model.visible_to(by)

    # -- reading ---------------------------------------------------------------------------------

    def read(self, rows: list[Row], run: Run) -> None:
        """Turn the texts of the rows into values; look up what they name."""
        for column in self.columns:
            if not run.has(column.name) and not column.required:
                continue
            given = run.options.values.get(column.name, "")
            for row in rows:
                text = row.values.get(column.name) or given
                row.clean[column.name], problem = read_cell(column, text, run.style)
                if problem:
                    row.refuse(problem, column.label)
            if isinstance(column, Refers):
                self._look_up(column, rows, run)

    def _look_up(self, column: Refers, rows: list[Row], run: Run) -> None:
        naming = [row for row in rows if row.clean[column.name]]
        answers = column.lookup.find({row.clean[column.name] for row in naming}, run.by)
        if column.name in run.options.make:
            unknown = sorted(text for text, (found, _why) in answers.items() if found is None)
            answers |= {
                text: (made, "") for text, made in self.make(column.name, unknown, run).items()
            }
        for row in naming:
            text = row.clean[column.name]
            row.clean[column.name], why = answers[text]
            if why:
                row.refuse(why, column.label)

    def make(self, name: str, texts: list[str], run: Run) -> dict[str, Model]:
        """Make what the rows name in a column and what is not known. Only for columns in `makes`."""
        raise NotImplementedError

    def check(self, row: Row, run: Run) -> None:
        """Rules over several columns; `row.refuse` says what is wrong."""

    # -- matching --------------------------------------------------------------------------------

    def match(self, rows: list[Row], run: Run) -> None:
        """Find the record each row is about, if it is there already, by one key after the other."""
        left = [row for row in rows if row.good]
        for key in self.keys:
            if key.column not in (run.options.same_by or [key.column]):
                continue
            pairs = [(row, key.fold(str(row.clean.get(key.column) or ""))) for row in left]
            pairs = [pair for pair in pairs if pair[1] and self._first_of_file(key, *pair, run)]
            if pairs:
                self._match_by(key, pairs, run)
            left = [row for row in left if row.good and row.record is None]
            if key == REFERENCE:
                left = [row for row in left if not row.clean.get(key.column)]

    def _first_of_file(self, key: Key, row: Row, value: str, run: Run) -> bool:
        earlier = run.seen.setdefault((key.column, self.identity(row, key, value)), row.number)
        if earlier != row.number:
            told = _("Row %(row)s has the same.") % {"row": earlier}
            row.refuse(told, self.column(key.column).label)
        return earlier == row.number

    def identity(self, row: Row, key: Key, value: str) -> Any:
        """What two rows of a file may not share."""
        return value

    def _match_by(self, key: Key, pairs: list[tuple[Row, str]], run: Run) -> None:
        found: dict[str, list[Any]] = defaultdict(list)
        wanted = {value for _row, value in pairs}
        for record in self.visible(run.by).filter(**{f"{key.field}__in": wanted}).order_by("pk"):
            found[getattr(record, key.field)].append(record)
        taken = self._taken(wanted - set(found), run) if key == REFERENCE else set()
        for row, value in pairs:
            label = self.column(key.column).label
            same = [record for record in found[value] if self.is_same(row, record, key)]
            if value in taken:
                row.refuse(_("“%(typed)s” is taken.") % {"typed": shorten(value)}, label)
            elif len(same) > 1:
                row.refuse(str(SEVERAL % {"typed": shorten(value)}), label)
            elif same:
                self.compare(row, same[0], run)

    def _taken(self, references: set[str], run: Run) -> set[str]:
        """References of records beyond the person's scope; nothing else is told of those."""
        if run.by is None or not references:
            return set()
        everywhere = self.model._default_manager.filter(reference__in=references)
        return set(everywhere.values_list("reference", flat=True))

    def is_same(self, row: Row, record: Any, key: Key) -> bool:
        """Whether a record with the row's key is the one that is meant."""
        return True

    def compare(self, row: Row, record: Any, run: Run) -> None:
        """Decide between filled and same; take over what fills."""
        row.record = record
        new = {
            name: row.clean[name]
            for name in self.fills
            if run.has(name) and row.clean.get(name) not in (None, "", False)
        }
        stands = values_of(record, new)
        for name, value in list(new.items()):
            filled = stands[name] not in (None, "") and run.options.existing != REPLACE
            if run.options.existing == SKIP or filled or _stored(value) == stands[name]:
                del new[name]
        row.was = {name: stands[name] for name in new}
        row.verdict = FILLED if new else SAME
        for name, value in new.items():
            setattr(record, name, value)

    # -- storing ---------------------------------------------------------------------------------

    def store(self, rows: list[Row], run: Run) -> None:
        """Write the good rows of a chunk, set-based, with their audit entries."""
        new = [row for row in rows if row.verdict == NEW]
        filled = [row for row in rows if row.verdict == FILLED]
        for row in new:
            row.record = self.build(row, run)
        self.model._default_manager.bulk_create([row.record for row in new])
        self._record("create", new, run)
        self._save_filled(filled, run)
        self.stored(new, filled, run)

    def build(self, row: Row, run: Run) -> Any:
        """The new record of a row, not stored yet."""
        raise NotImplementedError

    def stored(self, new: list[Row], filled: list[Row], run: Run) -> None:
        """What follows from the rows of a chunk."""

    def finish(self, run: Run) -> None:
        """What follows from all rows, at the end of the transaction."""

    def _record(self, action: str, rows: Iterable[Row], run: Run) -> None:
        names = [column.name for column in self.columns if run.has(column.name)]
        names = [name for name in names if name in self._field_names()]
        record_many(
            action,
            (Change(row.record, after=values_of(row.record, names)) for row in rows),
            by=run.by,
        )

    def _save_filled(self, rows: list[Row], run: Run) -> None:
        if not rows:
            return
        derived = self.derive([row.record for row in rows])
        for row in rows:
            row.record.version += 1
        names = {*self.fills, *derived, "version"}
        records = [row.record for row in rows]
        self.model._default_manager.bulk_update(records, sorted(names))
        keep_past(records, {row.record.pk: _said(row) for row in rows}, run.today)
        record_many(
            "update",
            (Change(row.record, *changed(row.was, values_of(row.record, row.was))) for row in rows),
            by=run.by,
        )

    def _field_names(self) -> set[str]:
        return {field.name for field in self.model._meta.concrete_fields}


def _said(row: Row) -> dict[str, Any]:
    """What a filled record said before of what reports read."""
    return {name: row.was.get(name, value) for name, value in kept_values(row.record).items()}


def _stored(value: Any) -> Any:
    return value.pk if isinstance(value, Model) else value


IMPORTERS: dict[str, Importer] = {}


def importer(declared: type[Importer]) -> type[Importer]:
    """Declare a target that files can be imported as."""
    IMPORTERS[declared.target] = declared()
    return declared
