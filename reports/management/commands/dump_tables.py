"""`manage.py dump_tables DIR`: write the company as exchange tables."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reports.exchange.dumping import dump


class Command(BaseCommand):
    help = (
        "Write all exchange tables (CSV files and settings.json) to a folder, deleted rows included. "
        "They hold what the reports need; they are no backup of the database."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, metavar="DIR")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            counts = dump(options["folder"], by=None)
        except OSError as error:
            raise CommandError(f"{options['folder']} cannot be written: {error}") from error
        for name, count in counts.items():
            self.stdout.write(f"{count:>9,}  {name}")
