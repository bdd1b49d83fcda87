"""The geometry of the charts, by hand-computed places."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.lib import svg
from crm.lib.formatting import axis_numbers, axis_percents, money_axis
from crm.lib.heat import Share, heat_rows


def chart(values, **options):
    marks = [svg.Mark(str(index), value, f"{value}") for index, value in enumerate(values)]
    return svg.columns("test", marks, axis_numbers, **{"height": 120, **options})


def test_columns_start_at_zero_and_share_one_scale():
    drawn = chart([30, 60, 0])
    # ticks 0, 20, 40, 60 over 120 px: two pixels a unit
    assert [tick.text for tick in drawn.grid] == ["0", "20", "40", "60"]
    assert [tick.y for tick in drawn.grid] == [120, 80, 40, 0]
    assert [(column.y, column.height) for column in drawn.columns] == [(60, 60), (0, 120), (120, 0)]
    assert drawn.zero_y == 120


def test_negative_columns_hang_below_the_same_zero():
    drawn = chart([50, -50])
    # ticks -50, 0, 50
    assert drawn.zero_y == 60
    assert [(column.y, column.height) for column in drawn.columns] == [(0, 60), (60, 60)]
    assert [tick.is_zero for tick in drawn.grid] == [False, True, False]


def test_a_second_column_hangs_below_the_axis_on_the_same_scale():
    marks = [svg.Mark("a", 60, "60", below=30, below_text="30"), svg.Mark("b", 0, "0")]
    drawn = svg.columns("test", marks, axis_numbers, height=150, below_name="Came back")
    # ticks -50, 0, 50, 100 over 150 px: one pixel a unit; sizes have no sign
    assert [tick.text for tick in drawn.grid] == ["50", "0", "50", "100"]
    assert drawn.zero_y == 100
    assert [(column.y, column.height) for column in drawn.columns] == [(40, 60), (100, 0)]
    assert [column.below_height for column in drawn.columns] == [30, 0]


def test_columns_divide_the_width_evenly():
    drawn = chart([1, 2, 3, 4])
    assert [column.slot_x for column in drawn.columns] == [0, 25, 50, 75]
    assert [column.middle for column in drawn.columns] == [12.5, 37.5, 62.5, 87.5]
    assert {column.width for column in drawn.columns} == {16}


def test_a_line_breaks_at_a_gap_and_counts_for_the_scale():
    line = svg.Line("before", [None, 100, 50, None, 100], label="100")
    drawn = chart([10, 10, 10, 10, 10], lines=[line])
    assert drawn.grid[-1].text == "100"
    assert drawn.lines[0].paths == ("30,0 50,60", "90,0")
    assert drawn.lines[0].end_y == 0


def test_ranges_are_drawn_as_whiskers_on_the_same_scale():
    marks = [svg.Mark("a", 50, "50", low=25, high=100)]
    drawn = svg.columns("test", marks, axis_numbers, height=100)
    assert drawn.columns[0].whisker == (0, 75)


def test_no_values_and_only_zeros_draw_an_empty_field():
    assert chart([]).columns == ()
    assert [column.height for column in chart([0, 0]).columns] == [0, 0]


def test_labels_thin_out_but_the_last_stays():
    drawn = chart(range(36))
    shown = [index for index, column in enumerate(drawn.columns) if column.label_shown]
    assert shown[-1] == 35
    assert len(shown) == 12


@given(st.lists(st.integers(-(10**13), 10**13), min_size=1, max_size=40))
def test_heights_are_in_proportion_to_values_within_the_field(values):
    drawn = chart(values, height=200)
    assert (2 if any(values) else 1) <= len(drawn.grid) <= 4
    top = float(drawn.zero_y)
    for column, value in zip(drawn.columns, values, strict=True):
        assert column.y >= 0
        assert column.y + column.height <= 200.02
        assert (
            column.height == 0
            or abs((column.y if value < 0 else column.y + column.height) - top) < 0.02
        )
    biggest = max(abs(value) for value in values)
    if biggest:
        per_pixel = max(column.height for column in drawn.columns) / biggest
        for column, value in zip(drawn.columns, values, strict=True):
            assert column.height == pytest.approx(abs(value) * per_pixel, abs=0.03)


def test_range_bars_of_one_ledger_share_a_scale():
    assert svg.range_bar(694, 694) == svg.RangeBar(100, None, None)
    assert svg.range_bar(347, 694, 0, 694) == svg.RangeBar(50, 0, 100)
    assert svg.range_bar(0, 0) == svg.RangeBar(0, None, None)


def test_signed_bars_stand_on_both_sides_of_one_zero():
    bars = svg.signed_bars(
        [svg.Mark("a", -18, "−18"), svg.Mark("b", 6, "+6"), svg.Mark("c", 0, "0")]
    )
    # 24 points wide in all: zero at 75 %
    assert [(bar.x, bar.width, bar.tone) for bar in bars] == [
        (0, 75, "loss"),
        (75, 25, "gain"),
        (75, 0, "gain"),
    ]
    assert {bar.width for bar in svg.signed_bars([svg.Mark("a", 0, "0")])} == {0}


def test_sparklines_put_both_years_on_one_scale():
    spark = svg.sparkline([0, 10, 5], [10, 10, None])
    # field 92 x 26 with an edge of 4: x from 4 to 88, y from 22 (lowest) to 4 (highest)
    assert spark.paths == ("4,22 46,4 88,13",)
    assert spark.before == ("4,4 46,4",)
    assert spark.end == (88, 13)
    assert svg.sparkline([]).end is None
    assert svg.sparkline([7, 7]).paths == ("4,13 88,13",)


def test_heat_steps_run_from_faintest_to_deepest_and_outline_the_latest():
    shares = [
        Share(Decimal("1.00"), "100"),
        Share(Decimal("0.85"), "85"),
        Share(Decimal("0.4"), "40"),
    ]
    rows = heat_rows([("2024", "77", shares), ("2025", "59", shares[:1])], 1, Decimal("0.65"))
    assert [cell.step for cell in rows[0].cells] == [0, 4, 10]
    assert [cell.is_latest for cell in rows[0].cells] == [False, False, True]
    assert rows[1].cells[1:] == (None, None)


def test_axes_name_their_unit_once_and_write_even_decimals():
    axis = money_axis(92_000_000, "UAH")
    assert axis.unit == "₴k"
    assert money_axis(120_000_000, "UAH").unit == "₴m"
    assert money_axis(90_000, "EUR").unit == "€"
    assert axis.write([0, 50_000_000, 100_000_000]) == ["0", "500", "1,000"]
    assert money_axis(10**9, "UAH").write([0, 5 * 10**7, 10**8]) == ["0.0", "0.5", "1.0"]
    assert axis_numbers([-2500, 0, 2500]) == ["−2,500", "0", "2,500"]
    assert axis_percents([0, 0.125]) == ["0%", "12.5%"]
