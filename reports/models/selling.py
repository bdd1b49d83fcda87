"""The roll-up of what reps did by day, so that selling time is read from days and not from a million rows."""

from django.conf import settings
from django.db import models


class SellingRollUp(models.Model):
    """A single row (id 1): what the rows of `SellingDay` were made from, and whether all are there.

    They hold every activity up to `last_id` that was not deleted when they were written, on the day
    `known_on`. `rows` and `id_sum` tell whether those activities are still the same ones.
    """

    formula = models.PositiveIntegerField(default=0)
    zone = models.CharField(max_length=60, default="")
    max_minutes = models.IntegerField(default=0)
    known_on = models.DateField(null=True)
    last_id = models.BigIntegerField(default=0)
    rows = models.BigIntegerField(default=0)
    id_sum = models.BigIntegerField(default=0)
    is_whole = models.BooleanField(default=False)
    # raised with every writing, so that two writers, or a reader and a writer, notice each other
    serial = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="one_selling_roll_up"),
        ]


class SellingDay(models.Model):
    """What a rep did on a local day (integer, days since 1970-01-01): see `reports.rows.work_rows`.

    Minutes are whole and clipped; `selling_minutes` is the union of the selling intervals, the others are
    plain sums by kind.
    """

    rep = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    day = models.IntegerField()
    selling_minutes = models.IntegerField()
    records = models.IntegerField()
    imputed = models.IntegerField()
    call_minutes = models.IntegerField()
    email_minutes = models.IntegerField()
    message_minutes = models.IntegerField()
    meeting_minutes = models.IntegerField()
    visit_minutes = models.IntegerField()
    demo_minutes = models.IntegerField()
    proposal_minutes = models.IntegerField()
    negotiation_minutes = models.IntegerField()
    admin_minutes = models.IntegerField()
    internal_minutes = models.IntegerField()
    training_minutes = models.IntegerField()
    travel_minutes = models.IntegerField()
    report_minutes = models.IntegerField()
    other_minutes = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rep", "day"], name="selling_day_once"),
        ]
