"""The audit log only grows: entries are sealed once, details may be blanked by an erasure."""

from django.db import migrations

from crm.lib.postgres import PostgresSQL
from crm.lib.sqlite import SqliteSQL

FIXED = (
    "id, at, actor_id, actor_name, action, subject_type, subject_id, subject_name, batch,"
    " request_id, address, detail_hash"
)
BLANK = "NEW.entry_id = OLD.entry_id AND CAST(NEW.before AS text) = '{}' AND CAST(NEW.after AS text) = '{}'"
# name -> (event, table, condition)
GUARDS = {
    "audit_entry_fixed": (f"UPDATE OF {FIXED}", "team_auditentry", ""),
    "audit_entry_sealed_once": ("UPDATE OF sealed", "team_auditentry", "OLD.sealed <> ''"),
    "audit_entry_kept": ("DELETE", "team_auditentry", ""),
    "audit_detail_fixed": ("UPDATE", "team_auditdetail", f"NOT ({BLANK})"),
    "audit_detail_kept": ("DELETE", "team_auditdetail", ""),
}
MESSAGE = "the audit log only grows"


def postgres_trigger(name: str, event: str, table: str, condition: str) -> str:
    when = f" WHEN ({condition})" if condition else ""
    return (
        f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW{when}"
        " EXECUTE FUNCTION audit_only_grows()"
    )


def sqlite_trigger(name: str, event: str, table: str, condition: str) -> str:
    when = f" WHEN {condition}" if condition else ""
    return (
        f"CREATE TRIGGER {name} BEFORE {event} ON {table}{when}"
        f" BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
    )


class Migration(migrations.Migration):
    dependencies = [("team", "0002_postgres")]
    operations = [
        PostgresSQL(
            [
                "CREATE FUNCTION audit_only_grows() RETURNS trigger LANGUAGE plpgsql AS"
                f" $$ BEGIN RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'integrity_constraint_violation'; END $$",
                *(postgres_trigger(name, *guard) for name, guard in GUARDS.items()),
                "CREATE TRIGGER audit_entry_whole BEFORE TRUNCATE ON team_auditentry"
                " EXECUTE FUNCTION audit_only_grows()",
                "CREATE TRIGGER audit_detail_whole BEFORE TRUNCATE ON team_auditdetail"
                " EXECUTE FUNCTION audit_only_grows()",
            ],
            ["DROP FUNCTION audit_only_grows() CASCADE"],
        ),
        SqliteSQL(
            [sqlite_trigger(name, *guard) for name, guard in GUARDS.items()],
            [f"DROP TRIGGER {name}" for name in GUARDS],
        ),
    ]
