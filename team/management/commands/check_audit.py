"""`manage.py check_audit`: is the audit log as it was written?"""

from argparse import ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from team.sealing import Head, check_log, seal_log


def head_of(text: str) -> Head:
    entry_id, _, seal = text.partition(":")
    if not entry_id.isdigit() or not seal:
        raise ArgumentTypeError("a head looks like 1234:9f86d081...")
    return Head(int(entry_id), seal)


class Command(BaseCommand):
    help = "Recompute the hash chain of the audit log and name every entry that is not as it was."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--head", type=head_of, help="a head printed earlier; it must be there")
        parser.add_argument("--seal", action="store_true", help="seal new entries first")

    def handle(self, *, head: Head | None, seal: bool, **options: Any) -> None:
        if seal:
            self.stdout.write(f"{seal_log()} entries sealed now.")
        check = check_log(head)
        self.stdout.write(
            f"{check.sealed} entries sealed, {check.unsealed} not yet, values of {check.blanked} erased."
        )
        for sentence in check.broken:
            self.stderr.write(sentence)
        if check.broken:
            raise CommandError("The audit log is not as it was written.")
        self.stdout.write(f"The chain holds. Head: {check.head}")
