from django.db import migrations

from crm.lib.owner_copies import Copy, keep_copied

CUSTOMERS, LEADS = "customers_customer", "sales_lead"


class Migration(migrations.Migration):
    dependencies = [("sales", "0002_postgres")]
    operations = [
        *keep_copied(Copy("sales_deal", "customer_owner_id", "customer_id", CUSTOMERS)),
        *keep_copied(Copy("sales_activity", "customer_owner_id", "customer_id", CUSTOMERS)),
        *keep_copied(Copy("sales_activity", "lead_owner_id", "lead_id", LEADS)),
    ]
