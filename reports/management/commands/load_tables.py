"""`manage.py load_tables DIR`: fill a database without records from exchange tables."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from crm.lib.new_database import make_tables
from reports.exchange.emptying import count_records
from reports.exchange.loading import BadTables, NotEmpty, load
from reports.exchange.reading import SETTINGS, Problem, strangers_in, tables_in


class Command(BaseCommand):
    help = (
        "Load a folder of exchange tables (CSV files and settings.json) into a database without "
        "records. All or nothing: every row that cannot be stored is listed, and then nothing is."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, metavar="DIR")
        parser.add_argument(
            "--replace", action="store_true", help="remove all records of the database first"
        )
        parser.add_argument("--yes", action="store_true", help="do not ask before removing them")

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["folder"]
        if not tables_in(folder) and not (folder / SETTINGS).is_file():
            raise CommandError(f"There are no exchange tables in {folder}.")
        for name in strangers_in(folder):
            self.stderr.write(f"{name} is no exchange table and is passed over.")
        make_tables()
        if options["replace"] and not options["yes"]:
            self._ask()
        try:
            loaded = load(folder, by=None, replace=options["replace"])
        except BadTables as bad:
            self._list(bad.problems)
            raise CommandError(
                f"{_rows(len(bad.problems))} cannot be stored. Nothing was stored."
            ) from bad
        except NotEmpty as refusal:
            self._list(refusal.problems)
            raise CommandError(
                "The database holds other records already. Nothing was stored. "
                "--replace removes them first."
            ) from refusal
        if loaded.again:
            self.stdout.write(
                "The database holds exactly these tables already. Nothing was stored."
            )
        for name, count in loaded.counts.items():
            self.stdout.write(f"{count:>9,}  {name}")

    def _list(self, problems: list[Problem]) -> None:
        for problem in problems:
            self.stderr.write(str(problem))

    def _ask(self) -> None:
        held = {name: count for name, count in count_records().items() if count}
        if not held:
            return
        listed = ", ".join(f"{count:,} {name}" for name, count in held.items())
        self.stdout.write(
            f"This removes {listed}, and sets the company's settings back. It cannot be undone."
        )
        try:
            answer = input('Type "yes" to go on: ')
        except EOFError:
            answer = ""
        if answer.strip().lower() != "yes":
            raise CommandError("Nothing was removed, nothing was stored.")


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count:,} rows"
