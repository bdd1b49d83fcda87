import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Alerts of one kind become those of any habit; devices are remembered."""

    dependencies = [("team", "0007_leaving")]

    operations = [
        migrations.RemoveConstraint("readingalert", "reading_alert_once_a_day"),
        migrations.RemoveIndex("readingalert", "reading_alert_open"),
        migrations.RenameModel("ReadingAlert", "HabitAlert"),
        migrations.RenameField("habitalert", "opened", "n"),
        migrations.AlterModelOptions("habitalert", {"ordering": ["-on", "user", "kind"]}),
        migrations.AddField(
            "habitalert",
            "kind",
            models.CharField(
                choices=[
                    ("read", "customers opened"),
                    ("late", "customers opened outside working time"),
                    ("export", "files exported"),
                    ("refused", "requests refused"),
                    ("device", "new devices"),
                ],
                default="read",
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            "habitalert",
            models.UniqueConstraint(
                fields=("user", "on", "kind"), name="habit_alert_once_a_day"
            ),
        ),
        migrations.AddIndex(
            "habitalert",
            models.Index(
                condition=models.Q(("settled_at__isnull", True)),
                fields=["user"],
                name="habit_alert_open",
            ),
        ),
        migrations.CreateModel(
            name="Device",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("mark", models.CharField(max_length=64)),
                ("agent", models.CharField(blank=True, default="", max_length=200)),
                ("first_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("last_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("user", "mark"), name="device_once")
                ]
            },
        ),
    ]
