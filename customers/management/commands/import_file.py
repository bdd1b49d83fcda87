"""Bring a CSV or XLSX file in, or take an import back."""

import codecs
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from crm.lib.parsing import Unreadable, parse_amount
from crm.lib.text import normalise_email
from customers.importing.guessing import find_style
from customers.importing.importer import IMPORTERS, Importer
from customers.importing.limits import BadFile
from customers.importing.mapping import known_names, map_columns
from customers.importing.rows import FILL, ON_ITS_DAY, REPLACE, SKIP, TODAY, Options
from customers.importing.running import (
    AlreadyImported,
    NotAllowed,
    Outcome,
    RowsRefused,
    apply,
    check,
)
from customers.importing.table import Asked, Table, open_table
from customers.importing.telling import told_errors, told_outcome, told_reading
from customers.importing.undoing import CannotUndo, undo
from customers.models import ImportBatch
from team.access import leads_others
from team.models import Company, User

# Some rows were left out; 1 is "nothing came in", 2 a wrong command line.
SOME_LEFT_OUT = 3
_SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|", "spaces": " "}


class Command(BaseCommand):
    help = (
        "Import a CSV or XLSX file: detect, map, check, apply. Rows with errors are left out and listed. "
        "Exit code 0: every row came in or was there already; 3: some rows were left out; 1: nothing came in."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "target", nargs="?", choices=sorted(IMPORTERS), help="what the rows are"
        )
        parser.add_argument("file", nargs="?", type=Path)
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would happen, keep nothing"
        )
        parser.add_argument("--undo", metavar="BATCH", help="take an import back, within 7 days")
        parser.add_argument(
            "--as", dest="email", metavar="EMAIL", help="import with this person's rights"
        )
        parser.add_argument("--strict", action="store_true", help="with any error import nothing")
        self._add_reading(parser)
        self._add_meaning(parser)

    def _add_reading(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--encoding", default="", help="such as utf-8 or cp1251; found out without"
        )
        parser.add_argument(
            "--separator", default="", help="comma, semicolon, tab, bar, spaces or a sign"
        )
        parser.add_argument("--sheet", default="", help="of a workbook; the first without")
        parser.add_argument(
            "--no-header", action="store_true", help="the first row is data already"
        )
        parser.add_argument(
            "--columns",
            default="",
            metavar="A,B,,C",
            help="where the columns of a file without header go, in order; an empty one is left out",
        )
        parser.add_argument(
            "--dates", choices=["dmy", "mdy", "ymd"], default="", help="order of 03/04/2021"
        )
        parser.add_argument(
            "--decimal", choices=[",", "."], default="", help="the decimal sign of amounts"
        )

    def _add_meaning(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--map",
            action="append",
            default=[],
            metavar="COLUMN=FIELD",
            help="where a column (name or number) goes; an empty field leaves it out",
        )
        parser.add_argument(
            "--value",
            action="append",
            default=[],
            metavar="FIELD=TEXT",
            help="where the file has none",
        )
        parser.add_argument(
            "--make",
            action="append",
            default=[],
            metavar="FIELD",
            help="make what rows name there and nobody knows, such as customer",
        )
        parser.add_argument(
            "--same-by", default="", metavar="A,B", help="what makes a row a record that is there"
        )
        parser.add_argument("--existing", choices=[FILL, REPLACE, SKIP], default=FILL)
        parser.add_argument("--rate", action="append", default=[], metavar="EUR=43.2")
        parser.add_argument(
            "--recorded",
            choices=[ON_ITS_DAY, TODAY],
            default="",
            help="since when reports know the rows; the first file of a kind: on-its-day, later ones: today",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        by = _person(options["email"]) if options["email"] else None
        try:
            if options["undo"]:
                self._undo(options["undo"], by)
            elif options["target"] and options["file"]:
                self._import(IMPORTERS[options["target"]], options["file"], by, options)
            else:
                raise CommandError(_("Say what to import and from which file, or --undo BATCH."))
        except AlreadyImported as error:
            self.stdout.write(str(error))
        except (BadFile, NotAllowed, CannotUndo) as error:
            for number, name in getattr(error, "touched", ()):
                self.stderr.write(_("Row %(row)s, %(name)s") % {"row": number, "name": name})
            raise CommandError(str(error)) from error

    def _undo(self, batch_id: str, by: User | None) -> None:
        try:
            batch = ImportBatch.objects.get(pk=batch_id)
        except (ImportBatch.DoesNotExist, ValidationError):
            raise CommandError(_("There is no import %(batch)s.") % {"batch": batch_id}) from None
        count = undo(batch, by=by)
        self.stdout.write(
            _("%(file)s is taken back: %(count)s records.")
            % {"file": batch.file_name, "count": count}
        )

    def _import(
        self, importer: Importer, path: Path, by: User | None, options: dict[str, Any]
    ) -> None:
        started = time.monotonic()
        if not path.is_file():
            raise CommandError(_("There is no file %(path)s.") % {"path": path})
        chosen = _options(options)
        table = open_table(path, _asked(options), frozenset(known_names(importer)))
        mapping = map_columns(
            table,
            importer,
            _said(options, table),
            leading=by is None or leads_others(by),
            given=frozenset(chosen.values),
        )
        style = find_style(
            table,
            mapping,
            importer,
            zone=Company.get().zone,
            order=options["dates"],
            decimal=options["decimal"],
        )
        for line in told_reading(table, mapping):
            self.stdout.write(line)
        try:
            work = check if options["dry_run"] else apply
            outcome = work(table, mapping, importer, style, chosen, by)
        except RowsRefused as error:
            for line in told_errors(error.outcome):
                self.stderr.write(line)
            raise CommandError(str(error)) from error
        self._show_outcome(outcome, time.monotonic() - started)

    def _show_outcome(self, outcome: Outcome, seconds: float) -> None:
        for line in told_errors(outcome):
            self.stderr.write(line)
        for line in told_outcome(outcome, seconds):
            self.stdout.write(line)
        if outcome.counts.get("error"):
            raise SystemExit(SOME_LEFT_OUT)


def _person(email: str) -> User:
    person = User.objects.filter(email=normalise_email(email), is_active=True).first()
    if person is None:
        raise CommandError(_("Nobody with the e-mail %(email)s may sign in.") % {"email": email})
    return person


def _asked(options: dict[str, Any]) -> Asked:
    encoding = options["encoding"]
    if encoding:
        try:
            encoding = codecs.lookup(encoding).name
        except LookupError:
            raise CommandError(_("There is no encoding %(name)s.") % {"name": encoding}) from None
    separator = _SEPARATORS.get(options["separator"], options["separator"])
    if len(separator) > 1:
        raise CommandError(_("A separator is one sign, or comma, semicolon, tab, bar, spaces."))
    columns = tuple(options["columns"].split(",")) if options["columns"] else ()
    return Asked(encoding, separator, options["sheet"], not options["no_header"], columns)


def _said(options: dict[str, Any], table: Table) -> dict[str, str]:
    if options["columns"]:
        named = {str(place): name for place, name in enumerate(table.header, start=1)}
        return named | _pairs(options["map"])
    return _pairs(options["map"])


def _pairs(given: list[str]) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for text in given:
        name, found, value = text.rpartition("=")
        if not found:
            raise CommandError(_("“%(text)s” lacks an equals sign.") % {"text": text})
        pairs[name] = value
    return pairs


def _options(options: dict[str, Any]) -> Options:
    rates: dict[str, Decimal] = {}
    for currency, rate in _pairs(options["rate"]).items():
        try:
            rates[currency.upper()] = parse_amount(rate, decimal=".")
        except Unreadable as error:
            raise CommandError(str(error)) from error
    return Options(
        existing=options["existing"],
        make=frozenset(options["make"]),
        same_by=frozenset(name for name in options["same_by"].split(",") if name),
        values=_pairs(options["value"]),
        rates=rates,
        strict=options["strict"],
        recorded=options["recorded"],
    )
