from django.db import migrations

from crm.lib.postgres import PostgresSQL, no_overlap, references_by_code_point


class Migration(migrations.Migration):
    dependencies = [("customers", "0001_initial"), ("team", "0002_postgres")]
    operations = [
        *references_by_code_point(
            "customers_customer",
            "customers_contact",
            "customers_ownership",
            "customers_revenue",
            "customers_contract",
            "customers_survey",
        ),
        no_overlap("customers_ownership", "customer_id"),
        PostgresSQL(
            "CREATE INDEX customer_name_trigrams ON customers_customer USING gin (sort_name gin_trgm_ops)",
            "DROP INDEX customer_name_trigrams",
        ),
        # prefixes are ranges in code-point order, which only this collation keeps
        PostgresSQL(
            'ALTER TABLE customers_searchterm ALTER COLUMN term TYPE varchar(60) COLLATE "C"',
            migrations.RunSQL.noop,
        ),
        # phone terms outnumber words ten to one: with fewer samples the planner takes each word for rare
        PostgresSQL(
            "ALTER TABLE customers_searchterm ALTER COLUMN term SET STATISTICS 1000",
            migrations.RunSQL.noop,
        ),
    ]
