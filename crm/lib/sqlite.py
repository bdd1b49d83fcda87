"""What SQLite alone needs: migration operations (on PostgreSQL they do nothing), and sums beyond 64 bits."""

from fractions import Fraction
from typing import Any

from django.db import migrations

from crm.lib.money import half_up


class SqliteSQL(migrations.RunSQL):
    """Like RunSQL, on SQLite only. Give triggers as a list: each entry is one statement."""

    def database_forwards(self, app_label: str, schema_editor: Any, *states: Any) -> None:
        if schema_editor.connection.vendor == "sqlite":
            super().database_forwards(app_label, schema_editor, *states)

    def database_backwards(self, app_label: str, schema_editor: Any, *states: Any) -> None:
        if schema_editor.connection.vendor == "sqlite":
            super().database_backwards(app_label, schema_editor, *states)


def know_half_up_times(connection: Any) -> None:
    """Let this connection compute `crm.lib.sql.half_up_times_sql`: its whole numbers end at 64 bits."""
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        connection.connection.create_function("half_up_times", 3, _times, deterministic=True)


def _times(cents: int, part: int, whole: int) -> int:
    return half_up(Fraction(cents * part, whole))
