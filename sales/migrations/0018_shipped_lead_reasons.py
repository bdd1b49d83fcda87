from django.db import migrations

from sales.models.choices import SHIPPED_LEAD_REASONS


def ship_reasons(apps, schema_editor):
    reasons = apps.get_model("sales", "LeadReason")
    for order, (key, (kind, name)) in enumerate(SHIPPED_LEAD_REASONS.items(), start=1):
        reasons.objects.create(key=key, name=name, kind=kind, order=order)


class Migration(migrations.Migration):
    dependencies = [("sales", "0017_lead_reasons")]
    operations = [migrations.RunPython(ship_reasons, migrations.RunPython.noop)]
