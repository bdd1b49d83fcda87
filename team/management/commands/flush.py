"""`flush` empties the whole database, and so the audit log too, which else only grows."""

from typing import Any

from django.core.management.commands import flush
from django.db import connections

from team.emptying import audit_guards_lifted


class Command(flush.Command):
    def handle(self, **options: Any) -> None:
        name = connections[options["database"]].settings_dict["NAME"]
        if options["interactive"] and not _confirmed(str(name)):
            self.stdout.write("Nothing was removed.")
            return
        with audit_guards_lifted(options["database"]):
            super().handle(**{**options, "interactive": False})


def _confirmed(name: str) -> bool:
    """Asked before the guards are lifted: lifting locks the audit log."""
    return input(f"All data in {name} will be removed for good. Type yes to go on: ") == "yes"
