from django.db import migrations, models

from crm.lib.postgres import PostgresSQL


class Migration(migrations.Migration):
    """Prefixes are ranges in code-point order, which only this collation keeps on PostgreSQL."""

    dependencies = [("customers", "0004_merge_without_a_day")]
    operations = [
        PostgresSQL(
            'ALTER TABLE customers_searchterm ALTER COLUMN term TYPE varchar(60) COLLATE "C"',
            migrations.RunSQL.noop,
        ),
        # phone terms outnumber words ten to one: with fewer samples the planner takes each word for rare
        PostgresSQL(
            "ALTER TABLE customers_searchterm ALTER COLUMN term SET STATISTICS 1000",
            migrations.RunSQL.noop,
        ),
        migrations.RemoveIndex("searchterm", "search_of_record"),
        migrations.AddIndex(
            "searchterm",
            models.Index(fields=["kind", "record_id", "term"], name="search_of_record"),
        ),
    ]
