from decimal import Decimal

from django.db import migrations

from sales.models.choices import (
    SHIPPED_LEAD_REASONS,
    SHIPPED_LOSS_REASONS,
    SHIPPED_OUTCOMES,
    SHIPPED_PIPELINE,
    SHIPPED_SOURCES,
    SHIPPED_STAGES,
)


def ship_lists(apps, schema_editor):
    def ship(model, order, key, name, **values):
        apps.get_model("sales", model).objects.create(key=key, name=name, order=order, **values)

    for model, shipped in (("LeadSource", SHIPPED_SOURCES), ("LossReason", SHIPPED_LOSS_REASONS)):
        for order, (key, name) in enumerate(shipped.items(), start=1):
            ship(model, order, key, name)
    for order, (key, (kind, name)) in enumerate(SHIPPED_LEAD_REASONS.items(), start=1):
        ship("LeadReason", order, key, name, kind=kind)
    for order, (key, shipped) in enumerate(SHIPPED_OUTCOMES.items(), start=1):
        name, reached, title, rule, days, opens = shipped
        ship(
            "Outcome", order, key, name, reached=reached, next_step_title=title, next_step_rule=rule,
            next_step_after=days, opens_contact=opens, needs_note=key == "refused",
        )
    pipeline = apps.get_model("sales", "Pipeline").objects.create(key="default", name=SHIPPED_PIPELINE, order=1)
    for order, (key, (name, kind, share)) in enumerate(SHIPPED_STAGES.items(), start=1):
        ship("Stage", order, key, name, kind=kind, win_share=Decimal(share), pipeline=pipeline)


class Migration(migrations.Migration):
    dependencies = [("sales", "0003_owner_copies")]
    operations = [migrations.RunPython(ship_lists, migrations.RunPython.noop)]
