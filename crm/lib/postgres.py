"""Migration operations for what PostgreSQL can do more; on SQLite they do nothing."""

from typing import Any

from django.db import migrations


class PostgresSQL(migrations.RunSQL):
    """Like RunSQL, on PostgreSQL only."""

    def database_forwards(self, app_label: str, schema_editor: Any, *states: Any) -> None:
        if schema_editor.connection.vendor == "postgresql":
            super().database_forwards(app_label, schema_editor, *states)

    def database_backwards(self, app_label: str, schema_editor: Any, *states: Any) -> None:
        if schema_editor.connection.vendor == "postgresql":
            super().database_backwards(app_label, schema_editor, *states)


def references_by_code_point(*tables: str) -> list[PostgresSQL]:
    """Order references as text by code point, as SQLite does (ruling 3)."""
    return [
        PostgresSQL(
            f'ALTER TABLE {table} ALTER COLUMN reference TYPE varchar(100) COLLATE "C"',
            migrations.RunSQL.noop,
        )
        for table in tables
    ]


def no_overlap(table: str, subject: str) -> PostgresSQL:
    """Live periods [from_on, to_on) of one subject never overlap."""
    name = f"{table}_no_overlap"
    return PostgresSQL(
        f"ALTER TABLE {table} ADD CONSTRAINT {name} EXCLUDE USING gist "
        f"({subject} WITH =, daterange(from_on, to_on) WITH &&) WHERE (deleted_on IS NULL)",
        f"ALTER TABLE {table} DROP CONSTRAINT {name}",
    )
