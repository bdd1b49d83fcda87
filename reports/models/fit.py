"""A fitted model, kept so that the reports of one day work it out once."""

from django.db import models
from django.utils import timezone


class Fit(models.Model):
    """BG/NBD fitted to the customers as they were known at the end of `as_of`; never changed.

    `digest` tells the rows it was fitted to: the same rows, the same fit. `alpha` is in weeks. Parameters are
    null where the model does not hold. Snapshots keep the parameters they used themselves.
    """

    digest = models.CharField(max_length=64, unique=True)
    as_of = models.DateField()
    n = models.PositiveIntegerField()
    repeaters = models.PositiveIntegerField()
    r = models.FloatField(null=True)
    alpha = models.FloatField(null=True)
    a = models.FloatField(null=True)
    b = models.FloatField(null=True)
    log_likelihood = models.FloatField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
