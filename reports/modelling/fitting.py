"""The model of one day: fitted once to the customers as they were known then, or the reason why it does not hold."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from django.utils import timezone

from reports.modelling.bgnbd import Model, fit
from reports.modelling.likelihood import Group, Groups
from reports.models import Fit, Snapshot

# As long as a daily snapshot.
KEEP = timedelta(days=35)
# A part of the digest: another way of fitting makes other fits.
WAY = 1
Reason = Literal["", "few_customers", "few_repeaters", "out_of_bounds"]


@dataclass(frozen=True)
class Fitted:
    """`model` is None for a `reason`: too few customers or repeat customers, or a parameter out of bounds."""

    model: Model | None
    n: int
    repeaters: int
    reason: Reason = ""

    def as_json(self) -> dict[str, Any]:
        """For `Snapshot.whole`, with the names of section 13."""
        model = self.model
        return {
            "r": model and model.r,
            "alpha": model and model.alpha,
            "a": model and model.a,
            "b": model and model.b,
            "LL": model and model.log_likelihood,
            "ok": model is not None,
            "n": self.n,
            "repeaters": self.repeaters,
            "reason": self.reason,
        }


def fitted(groups: Groups, as_of: date, values: Mapping[str, Any]) -> Fitted:
    """The model of these customers, as of a day; fits that were made are kept, for they take seconds."""
    n = sum(groups.values())
    repeaters = sum(count for group, count in groups.items() if group.repeats)
    if n < values["bgnbd_min_customers"]:
        return Fitted(None, n, repeaters, "few_customers")
    if repeaters < values["bgnbd_min_repeaters"]:
        return Fitted(None, n, repeaters, "few_repeaters")
    model = _model(groups, as_of, n, repeaters)
    return Fitted(model, n, repeaters, "" if model else "out_of_bounds")


def _model(groups: Groups, as_of: date, n: int, repeaters: int) -> Model | None:
    digest = _digest(groups)
    kept = Fit.objects.filter(digest=digest).first()
    if kept is not None:
        return _of_row(kept)
    model = fit(groups)
    told = model._asdict() if model else {}
    row = Fit(**{**told, "digest": digest, "as_of": as_of, "n": n, "repeaters": repeaters})
    # whoever fitted the same meanwhile has found the same
    Fit.objects.bulk_create([row], ignore_conflicts=True)
    return model


def forget_fits(today: date) -> int:
    """Delete old fits, but for those that a kept snapshot was made with: it may be taken anew. Answers how many."""
    models = Snapshot.objects.filter(whole__has_key="model").values_list("as_of", "whole__model")
    used = {(as_of, *(told[key] for key in ("n", "repeaters", "LL"))) for as_of, told in models}
    old = Fit.objects.filter(as_of__lt=today - KEEP, created_at__lt=timezone.now() - KEEP)
    known = old.values_list("pk", "as_of", "n", "repeaters", "log_likelihood")
    gone = [pk for pk, *fit_of in known if tuple(fit_of) not in used]
    return Fit.objects.filter(pk__in=gone).delete()[0]


def _of_row(row: Fit) -> Model | None:
    """All parameters are null together."""
    if (
        row.r is None
        or row.alpha is None
        or row.a is None
        or row.b is None
        or row.log_likelihood is None
    ):
        return None
    return Model(row.r, row.alpha, row.a, row.b, row.log_likelihood, row.n)


def _digest(groups: Mapping[Group, int]) -> str:
    rows = sorted((*group, count) for group, count in groups.items())
    return hashlib.sha256(f"{WAY} {rows}".encode()).hexdigest()
