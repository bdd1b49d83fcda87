"""Kaplan-Meier by hand (loss-reports section 4)."""

from fractions import Fraction

import pytest

from reports.statistics.survival import converting, curve, root


def test_the_example_of_the_text() -> None:
    """Events at 3 and 10, censored at 5, 5, 90 and 90."""
    share = converting({3: 1, 10: 1}, {5: 2, 90: 2})
    assert (share.n, share.p) == (6, 1 - Fraction(5, 6) * Fraction(2, 3))
    assert float(share.p) == pytest.approx(0.4444, abs=1e-4)
    # S 5/9, Greenwood's sum 1/(6*5) + 1/(3*2)
    half = 1.959963984540054 * (5 / 9) * (1 / 30 + 1 / 6) ** 0.5
    assert float(share.high) == pytest.approx(4 / 9 + half)
    assert share.low == 0  # cut


def test_sixty_leads_of_which_fifteen_convert() -> None:
    share = converting({17: 15}, {90: 45})
    assert share.p == Fraction(1, 4)
    assert float(share.low) == pytest.approx(0.14043468, abs=1e-8)
    assert float(share.high) == pytest.approx(0.35956532, abs=1e-8)


def test_events_come_before_censorings_of_the_same_day() -> None:
    assert converting({5: 1}, {5: 1}).p == Fraction(1, 2)
    assert converting({5: 1}, {4: 1}).p == 1


def test_where_all_convert_there_is_no_spread() -> None:
    share = converting({0: 2, 7: 1}, {})
    assert (share.p, share.low, share.high) == (1, 1, 1)
    assert converting({}, {90: 4}) == converting({}, {1: 4})
    assert (converting({}, {90: 4}).p, converting({}, {90: 4}).high) == (0, 0)


def test_the_curve_ends_at_the_share() -> None:
    events, censored = {3: 1, 10: 1}, {5: 2, 90: 2}
    steps = curve(events, censored)
    assert [(day, share.p) for day, share in steps] == [
        (3, Fraction(1, 6)),
        (10, Fraction(4, 9)),
    ]
    assert steps[-1][1] == converting(events, censored)


def test_a_root_is_exact_to_many_digits() -> None:
    assert root(Fraction(9, 4)) == Fraction(3, 2)
    assert abs(root(Fraction(2)) ** 2 - 2) < Fraction(1, 10**38)
