"""Migration operations for SQLite alone; on PostgreSQL they do nothing."""

from typing import Any

from django.db import migrations


class SqliteSQL(migrations.RunSQL):
    """Like RunSQL, on SQLite only. Give triggers as a list: each entry is one statement."""

    def database_forwards(self, app_label: str, schema_editor: Any, *states: Any) -> None:
        if schema_editor.connection.vendor == "sqlite":
            super().database_forwards(app_label, schema_editor, *states)

    def database_backwards(self, app_label: str, schema_editor: Any, *states: Any) -> None:
        if schema_editor.connection.vendor == "sqlite":
            super().database_backwards(app_label, schema_editor, *states)
