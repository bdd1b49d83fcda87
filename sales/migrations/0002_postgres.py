from django.db import migrations

from crm.lib.postgres import no_overlap, references_by_code_point


class Migration(migrations.Migration):
    dependencies = [("sales", "0001_initial"), ("customers", "0002_postgres")]
    operations = [
        *references_by_code_point(
            "sales_campaign",
            "sales_campaigncost",
            "sales_lead",
            "sales_leadownership",
            "sales_deal",
            "sales_dealchange",
            "sales_activity",
        ),
        no_overlap("sales_leadownership", "lead_id"),
    ]
