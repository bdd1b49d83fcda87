"""`manage.py seed`: fill an empty database with the demonstration company."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from crm.lib.new_database import make_tables
from reports.demo.large.seeding import seed_large
from reports.demo.people import SIGN_INS
from reports.demo.seeding import NotEmpty, seed_demo
from reports.demo.staff import PASSWORD


class Command(BaseCommand):
    help = "Fill an empty database with a demonstration company."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--size", choices=["demo", "large"], default="demo")
        parser.add_argument("--seed", type=int, default=1, help="another number, another company")
        parser.add_argument(
            "--today",
            type=date.fromisoformat,
            help="the day it is made for (YYYY-MM-DD; default: today)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        make_tables()
        try:
            seed = seed_large if options["size"] == "large" else seed_demo
            counts = seed(options["seed"], options["today"])
        except NotEmpty as refusal:
            raise CommandError(str(refusal)) from refusal
        for name, count in counts.items():
            self.stdout.write(f"{count:>9,}  {name}")
        self.stdout.write(f"Sign in as {', '.join(SIGN_INS)}; the password is {PASSWORD}.")
