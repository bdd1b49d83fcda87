"""Migration operations for columns that repeat the owner of a row's parent (docs/decisions/0008).

The copy is written by the database alone: whenever a row names its parent, and whenever a parent's owner
changes. On PostgreSQL reading the parent's owner waits for a change of it that is under way.
"""

from dataclasses import dataclass
from typing import Any

from crm.lib.postgres import PostgresSQL
from crm.lib.sqlite import SqliteSQL


@dataclass(frozen=True)
class Copy:
    """`table.column` repeats the `owner_id` of the row of `parents` that `table.reference` names."""

    table: str
    column: str
    reference: str
    parents: str

    @property
    def name(self) -> str:
        return f"{self.table}_{self.column}"


def keep_copied(copy: Copy) -> list[PostgresSQL | SqliteSQL]:
    return [
        PostgresSQL(
            _postgres(copy), [f"DROP FUNCTION {copy.name}_read, {copy.name}_moved CASCADE"]
        ),
        SqliteSQL(
            _sqlite(copy),
            [f"DROP TRIGGER {copy.name}_{event}" for event in ("made", "changed", "moved")],
        ),
    ]


def _postgres(copy: Copy) -> list[Any]:
    name, table, column, reference = copy.name, copy.table, copy.column, copy.reference
    return [
        f"CREATE FUNCTION {name}_read() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" NEW.{column} := NULL; IF NEW.{reference} IS NOT NULL THEN"
        f" SELECT owner_id INTO NEW.{column} FROM {copy.parents} WHERE id = NEW.{reference} FOR SHARE;"
        " END IF; RETURN NEW; END $$",
        f"CREATE TRIGGER {name}_made BEFORE INSERT ON {table}"
        f" FOR EACH ROW EXECUTE FUNCTION {name}_read()",
        # saving a row as it is takes no lock, and what the parent's trigger writes is right already
        f"CREATE TRIGGER {name}_changed BEFORE UPDATE OF {reference}, {column} ON {table} FOR EACH ROW"
        f" WHEN (pg_trigger_depth() = 0 AND (OLD.{reference} IS DISTINCT FROM NEW.{reference}"
        f" OR OLD.{column} IS DISTINCT FROM NEW.{column})) EXECUTE FUNCTION {name}_read()",
        f"CREATE FUNCTION {name}_moved() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" UPDATE {table} SET {column} = NEW.owner_id WHERE {reference} = NEW.id; RETURN NULL; END $$",
        f"CREATE TRIGGER {name}_moved AFTER UPDATE OF owner_id ON {copy.parents} FOR EACH ROW"
        f" WHEN (OLD.owner_id IS DISTINCT FROM NEW.owner_id) EXECUTE FUNCTION {name}_moved()",
    ]


def _sqlite(copy: Copy) -> list[Any]:
    name, table, column, reference = copy.name, copy.table, copy.column, copy.reference
    owner = f"(SELECT owner_id FROM {copy.parents} WHERE id = NEW.{reference})"
    read = f"BEGIN UPDATE {table} SET {column} = {owner} WHERE id = NEW.id; END"
    return [
        f"CREATE TRIGGER {name}_made AFTER INSERT ON {table} WHEN NEW.{reference} IS NOT NULL {read}",
        f"CREATE TRIGGER {name}_changed AFTER UPDATE OF {reference}, {column} ON {table}"
        f" WHEN NEW.{column} IS NOT {owner} {read}",
        f"CREATE TRIGGER {name}_moved AFTER UPDATE OF owner_id ON {copy.parents}"
        " WHEN OLD.owner_id IS NOT NEW.owner_id"
        f" BEGIN UPDATE {table} SET {column} = NEW.owner_id WHERE {reference} = NEW.id; END",
    ]
