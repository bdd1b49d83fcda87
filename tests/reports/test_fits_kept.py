"""Fits of the model are kept while a snapshot that stays was made with them; others go after five weeks."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from crm.lib.periods import Period
from customers.models import Customer, Revenue
from customers.purchases import refresh_purchases
from reports.definitions.clv import CLV
from reports.modelling import fitting
from reports.models import Fit, Snapshot
from reports.report import Run
from reports.rules.parameters import values_for
from reports.snapshots import nights
from reports.snapshots.taking import take_snapshot
from tests.reports.conftest import World

KEPT, GONE, YOUNG = date(2025, 6, 30), date(2025, 7, 31), date(2025, 8, 31)
FEW = {"bgnbd_min_customers": 1, "bgnbd_min_repeaters": 1}
DAILY, MONTH_END = Snapshot.Kind.DAILY, Snapshot.Kind.MONTH_END


@pytest.fixture
def shop(world: World) -> None:
    for number in range(12):
        for month in range(1, 2 + number % 5):
            world.order(f"C{number:02}", f"2025-0{month}-{10 + number}", 100 + number)
    world.load()


def run(day: date) -> Run:
    return Run(Period(day, day), day, values_for(CLV.parameter_names, FEW))


def fitted_days() -> list[date]:
    return list(Fit.objects.order_by("as_of").values_list("as_of", flat=True))


def grow_old() -> None:
    """All that was kept so far is forty days older."""
    forty = timezone.now() - timedelta(days=40)
    Snapshot.objects.update(created_at=forty)
    Fit.objects.update(created_at=forty)


def test_the_night_forgets_fits_that_no_kept_snapshot_was_made_with(
    shop: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_snapshot(CLV, run(KEPT), kind=MONTH_END)
    take_snapshot(CLV, run(GONE), kind=DAILY)
    grow_old()
    young = take_snapshot(CLV, run(YOUNG), kind=DAILY)
    young.delete()  # what it was fitted for is of use to whoever asks again
    assert fitted_days() == [KEPT, GONE, YOUNG]
    nights.tidy(timezone.localdate() - timedelta(days=1))
    assert fitted_days() == [KEPT, YOUNG]

    def again(*_args: Any) -> None:
        raise AssertionError("it is fitted once more")

    monkeypatch.setattr(fitting, "fit", again)
    assert take_snapshot(CLV, run(KEPT)).as_of == KEPT


def test_a_fit_of_rows_that_later_knowledge_replaced_goes(shop: None) -> None:
    """A month-end is taken anew, and its first revision is not there any more."""
    take_snapshot(CLV, run(KEPT), kind=MONTH_END)
    buyer, on = Customer.everything.get(reference="C00"), date(2025, 6, 20)
    Revenue.everything.create(customer=buyer, on=on, recorded_on=on, amount=Decimal(5))
    refresh_purchases([buyer.pk])
    second = take_snapshot(CLV, run(KEPT), kind=MONTH_END)
    assert Fit.objects.count() == 2
    grow_old()
    Snapshot.objects.exclude(pk=second.pk).delete()
    assert fitting.forget_fits(timezone.localdate()) == 1
    told = second.whole["model"]
    (left,) = Fit.objects.all()
    assert (left.n, left.repeaters, left.log_likelihood) == (
        told["n"],
        told["repeaters"],
        told["LL"],
    )
    assert fitting.forget_fits(timezone.localdate()) == 0
