"""Lines over a band, and small fields side by side: hand-computed places."""

import itertools

from crm.lib.bands import NAME_HEIGHT, Track, band_chart
from crm.lib.formatting import axis_numbers
from crm.lib.multiples import Bar, Field, fields


def names(*tracks):
    chart = band_chart("test", [Track(*track, text="") for track in tracks], [], axis_numbers)
    return {one.track.name: one for one in chart.tracks}


def test_names_of_lines_that_end_close_to_each_other_stand_apart():
    drawn = names(("a", [0, 0, 0]), ("b", [0, 0, 1]), ("c", [0, 0, 90]))
    # 190 px for 0 to 100: a and b end at 190 and 188.1, their names 11 px above the end, b's a height more
    assert drawn["a"].name_y == 179
    assert drawn["b"].name_y == round(188.1 - 11 - NAME_HEIGHT, 2)
    assert drawn["c"].name_y == drawn["c"].end_y - 11
    assert [one.is_moved for one in drawn.values()] == [False, True, False]


def test_a_name_leaves_the_lines_that_go_on_where_its_own_ends():
    """Steep goes on to the right of where short ends, 2 px above nought: the name goes to the left and above
    both, where no line is at any of the places that its word takes."""
    drawn = names(
        ("slow", [0, 0, 0, 0, 15, 30, 45]),
        ("short", [0, 0, 0, 1]),
        ("steep", [0, 0, 0, 7, 40, 100]),
    )
    short = drawn["short"]
    right = short.end_x if not short.stands_left else short.end_x - 10
    for other in drawn.values():
        points = [tuple(map(float, point.split(","))) for point in other.points.split()]
        for (x1, y1), (x2, y2) in itertools.pairwise(points):
            for part in range(101):
                x, y = x1 + (x2 - x1) * part / 100, y1 + (y2 - y1) * part / 100
                on_word = right + 0.6 < x < right + 9.4 and abs(y - short.name_y) < 7
                assert not on_word, (other.track.name, x, y)
    assert short.end_y - short.name_y < 4 * NAME_HEIGHT


def test_names_at_other_places_stay_at_their_lines():
    drawn = names(("a", [0]), ("b", [0, 0, 0]), ("c", [0, 0, 0, 0, 100]))
    assert drawn["a"].name_y == drawn["b"].name_y == 179
    assert [drawn[name].ends_right for name in "abc"] == [False, False, True]


def test_a_field_leaves_the_places_free_that_have_no_value():
    late = Field("late", "50%", "/", [Bar("Jan", None), Bar("Feb", 4.0)])
    whole = Field("whole", "100%", "/", [Bar("Jan", 8.0), Bar("Feb", 0.0)])
    first, second = fields([late, whole], 8)
    assert [(bar.bar.label, bar.x, bar.height) for bar in first.bars] == [("Feb", 58.5, 22)]
    assert [(bar.x, bar.height) for bar in second.bars] == [(8.5, 44), (58.5, 0)]
    assert (first.cells, second.cells) == (["", "4.0"], ["8.0", "0.0"])
    assert second.frame_height == 46
    assert first.words == "Feb 4.0"
