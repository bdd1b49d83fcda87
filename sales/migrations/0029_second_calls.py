from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("sales", "0028_handover_letters"),
    ]

    operations = [
        migrations.AddField(
            model_name="handoverline",
            name="second_told",
            field=models.BooleanField(db_default=False, default=False, editable=False),
        ),
    ]
