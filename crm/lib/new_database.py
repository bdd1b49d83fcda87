"""A database that nobody has used yet."""

from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder


def make_tables() -> None:
    """All tables, where there are none at all; a database of an earlier version is left to `migrate`."""
    if not MigrationRecorder(connection).has_table():
        call_command("migrate", interactive=False, verbosity=0)
