from decimal import Decimal

from django.db import migrations

from sales.models.choices import (
    SHIPPED_LOSS_REASONS,
    SHIPPED_OUTCOMES,
    SHIPPED_SOURCES,
    SHIPPED_STAGES,
)


def ship_lists(apps, schema_editor):
    for model, shipped in (("LeadSource", SHIPPED_SOURCES), ("LossReason", SHIPPED_LOSS_REASONS)):
        for order, (key, name) in enumerate(shipped.items(), start=1):
            apps.get_model("sales", model).objects.create(key=key, name=name, order=order)
    for order, (key, (name, reached, days, title)) in enumerate(SHIPPED_OUTCOMES.items(), start=1):
        apps.get_model("sales", "Outcome").objects.create(
            key=key, name=name, order=order, reached=reached,
            next_step_days=days, next_step_title=title, needs_note=key == "refused",
        )
    pipeline = apps.get_model("sales", "Pipeline").objects.create(key="default", name="Sales", order=1)
    for order, (key, (name, kind, share)) in enumerate(SHIPPED_STAGES.items(), start=1):
        apps.get_model("sales", "Stage").objects.create(
            key=key, name=name, kind=kind, win_share=Decimal(share), order=order, pipeline=pipeline
        )


class Migration(migrations.Migration):
    dependencies = [("sales", "0003_owner_copies")]
    operations = [migrations.RunPython(ship_lists, migrations.RunPython.noop)]
