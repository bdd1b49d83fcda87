"""The waterfall: changes to scale, totals cut only where nothing of a change is hidden."""

from crm.lib.svg import Mark
from crm.lib.waterfall import STUMP, TEXT_ROOM, waterfall


def mark(value: int, label: str = "x") -> Mark:
    return Mark(label, value, str(value))


def test_changes_are_to_scale_and_join() -> None:
    drawn = waterfall("w", mark(100), [mark(50), mark(-150)], mark(0), height=TEXT_ROOM + 150)
    start, more, less, end = drawn.steps
    # a pixel a unit: 150 is the highest level, 0 the lowest
    assert (start.y, start.height) == (TEXT_ROOM + 50, 100)
    assert (more.y, more.height, more.tone) == (TEXT_ROOM, 50, "gain")
    assert (less.y, less.height, less.tone) == (TEXT_ROOM, 150, "loss")
    assert (end.height, end.tone, drawn.is_cut) == (1, "neutral", False)
    assert start.join is not None and start.join[2] == start.y
    assert less.join is not None and less.join[2] == drawn.base_y
    assert end.join is None


def test_large_totals_are_cut_and_say_so() -> None:
    drawn = waterfall("w", mark(1000), [mark(30), mark(-50)], mark(980), TEXT_ROOM + STUMP + 50)
    start, more, less, end = drawn.steps
    assert drawn.is_cut and start.is_cut and end.is_cut and not more.is_cut
    assert (more.height, less.height) == (30, 50)
    assert end.y == TEXT_ROOM + 50
    assert end.height == STUMP


def test_nothing_moves_below_zero_unseen() -> None:
    drawn = waterfall("w", mark(10), [mark(-30)], mark(-20), height=TEXT_ROOM + 30)
    start, less, end = drawn.steps
    assert (less.y, less.height) == (TEXT_ROOM, 30)
    assert drawn.base_y == TEXT_ROOM + 10
    assert (end.y, end.height) == (TEXT_ROOM + 10, 20)
    assert start.tone == end.tone == "neutral"


def test_labels_break_into_two_lines() -> None:
    drawn = waterfall("w", mark(1, "Year before"), [], mark(1, "Now"), height=100)
    assert [word for word, _y in drawn.steps[0].words] == ["Year", "before"]
    assert [word for word, _y in drawn.steps[1].words] == ["Now"]
