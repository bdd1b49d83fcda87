from django.db import migrations

from crm.lib.postgres import PostgresSQL, no_overlap, references_by_code_point


class Migration(migrations.Migration):
    dependencies = [("team", "0001_initial")]
    operations = [
        PostgresSQL("CREATE EXTENSION IF NOT EXISTS btree_gist", migrations.RunSQL.noop),
        PostgresSQL("CREATE EXTENSION IF NOT EXISTS pg_trgm", migrations.RunSQL.noop),
        *references_by_code_point("team_user", "team_team"),
        no_overlap("team_membership", "user_id"),
    ]
