"""Tags and filters as templates use them."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.template import Context, Template
from django.utils import timezone
from django.utils.translation import override

from crm.lib import svg
from crm.lib.formatting import axis_numbers
from crm.lib.heat import Share, heat_rows

NB = "\u00a0"


def render(text, **context):
    return Template("{% load ui charts %}" + text).render(Context(context)).strip()


def test_an_icon_is_hidden_from_readers_unless_it_has_a_name():
    assert 'aria-hidden="true"' in render('{% icon "phone" %}')
    assert "icons.svg#phone" in render('{% icon "phone" %}')
    named = render('{% icon "phone" label %}', label='Call "now"')
    assert 'role="img" aria-label="Call &quot;now&quot;"' in named
    assert "aria-hidden" not in named


def test_short_money_is_read_out_in_full():
    shown = render('{{ cents|money_short:"UAH" }}', cents=694_012_345)
    assert '<span aria-hidden="true">₴6.94m</span>' in shown
    assert '<span class="visually-hidden">₴6,940,123</span>' in shown
    assert render('{{ cents|money_short:"UAH" }}', cents=None) == "—"


@pytest.mark.parametrize(
    ("tag", "tone", "icon", "text"),
    [
        ('{% change 91 100 "down" %}', "is-good", "#arrow-down", "9%"),
        ('{% change 108 100 "down" %}', "is-bad", "#arrow-up", "8%"),
        ("{% change 108 100 %}", "is-good", "#arrow-up", "8%"),
        ('{% points 0.075 0.088 "down" %}', "is-good", "#arrow-down", "1.3 points"),
    ],
)
def test_changes_carry_arrow_and_tone(tag, tone, icon, text):
    shown = render(tag)
    assert tone in shown
    assert icon in shown
    assert shown.endswith(f"{text}</span>")


def test_no_change_has_no_arrow():
    assert "<svg" not in render("{% change 5 5 %}")


@time_machine.travel(datetime(2026, 11, 23, 9, 0, tzinfo=UTC), tick=False)
def test_instants_are_told_in_the_readers_zone():
    late_evening = datetime(2026, 11, 22, 22, 30, tzinfo=UTC)
    with timezone.override("Europe/Kyiv"):
        assert render("{{ at|ago }}", at=late_evening) == (
            f'<time datetime="2026-11-23T00:30+02:00" title="23{NB}Nov{NB}2026, 00:30">today 00:30</time>'
        )
    with timezone.override("UTC"):
        assert ">yesterday 22:30<" in render("{{ at|ago }}", at=late_evening)
    assert f">22{NB}Nov{NB}2026, 22:30<" in render("{{ at|moment }}", at=late_evening)
    assert render("{{ at|ago }}", at=None) == "—"


def test_days_name_themselves_to_machines():
    assert render("{{ on|day }}", on=date(2026, 11, 22)) == (
        f'<time datetime="2026-11-22">22{NB}Nov{NB}2026</time>'
    )
    with override("uk"):
        assert f">22{NB}лист.{NB}2026<" in render("{{ on|day }}", on=date(2026, 11, 22))
    assert render("{{ on|day }}", on=None) == "—"
    told = render("{{ on|day_ago:today }}", on=date(2026, 11, 20), today=date(2026, 11, 23))
    assert f'title="20{NB}Nov{NB}2026">3 days ago<' in told


def test_what_is_late_has_a_sign_beside_its_colour():
    today = date(2026, 11, 23)
    late = render("{% due on today %}", on=date(2026, 11, 20), today=today)
    assert "is-bad" in late
    assert "#alert-triangle" in late
    assert "3 days late" in late
    assert "<svg" not in render("{% due on today %}", on=today, today=today)


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("+380675550142", f"+380{NB}67{NB}555{NB}01{NB}42"),
        ("+442079460018", f"+44{NB}20{NB}7946{NB}0018"),
        ("+8651212345678", f"+86{NB}512{NB}1234{NB}5678"),
    ],
)
def test_phones_dial_and_read_well(stored, shown):
    assert render("{{ phone|phone }}", phone=stored) == (
        f'<a class="m-phone" href="tel:{stored}">{shown}</a>'
    )


def test_what_is_no_number_is_no_link():
    assert render("{{ phone|phone }}", phone="<ask Olena>") == "&lt;ask Olena&gt;"


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Оксана Мельник", "ОМ"),
        ("ТОВ «Карпатська Кава»", "КК"),
        ("林志强", "林"),
        ("", ""),
        ("«»", ""),
        ("O'Neill & Sons", "OS"),
    ],
)
def test_initials(name, letters):
    assert render("{{ name|initials }}", name=name) == letters


def test_places_in_charts_keep_their_point_in_every_language():
    marks = [svg.Mark(str(index), 10 + index, "10", url="/list/") for index in range(3)]
    chart = svg.columns("test", marks, axis_numbers)
    with override("uk"):
        drawn = render(
            "{% column_chart chart %}{% range_bar 1 3 %}{% sparkline v %}", chart=chart, v=[1, 2, 4]
        )
    assert 'width="33.33%"' in drawn
    assert 'x="6.0%"' in drawn
    assert "33,3" not in drawn


def test_each_column_opens_its_list_and_stands_in_the_table():
    marks = [
        svg.Mark("Oct", 5, "five & more", url="/list/?month=10"),
        svg.Mark("Nov", 3, "three", url="/list/?month=11", running=True),
    ]
    line = svg.Line("A year before", [4, 4], ["four", "quatre"], dashed=True)
    shown = render(
        "{% column_chart chart %}",
        chart=svg.columns("test", marks, axis_numbers, lines=[line], value_name="Lost"),
    )
    assert shown.count('href="/list/?month=10"') == 2
    assert "<title>Nov: three so far</title>" in shown
    assert (
        'aria-label="Highest Oct: five &amp; more. Latest Nov: three. The latest is not complete."'
        in shown
    )
    assert (
        '<th scope="row">Oct</th><td class="is-number">'
        '<a href="/list/?month=10">five &amp; more</a></td><td class="is-number">four</td>' in shown
    )
    assert 'fill="url(#hatch-test)"' in shown
    assert "style=" not in shown


def test_heat_cells_are_linked_and_the_future_is_named():
    rows = heat_rows(
        [
            ("2024", "77", [Share(1, "100", "/a/"), Share(0.8, "80")]),
            ("2025", "59", [Share(1, "100")]),
        ],
        1,
        0.5,
    )
    shown = render(
        '{% heat_map rows heads "Joined" "Customers" "Who stays" %}', rows=rows, heads=["1", "2"]
    )
    assert '<td class="m-heat-cell is-0"><a href="/a/">100</a></td>' in shown
    assert '<td class="m-heat-cell is-4 is-latest"><span>80</span></td>' in shown
    assert shown.count("not yet") == 1
    assert 'aria-label="Who stays"' in shown


def test_revenue_by_month_lays_twelve_months_over_the_year_before():
    months = [
        type("Month", (), {"month": date(2025 + n // 12, n % 12 + 1, 1), "cents": n * 100_000})
        for n in range(24)
    ]
    shown = render('{% revenue_months months "UAH" %}', months=months)
    assert "Revenue</th>" in shown
    assert (
        '<th scope="row">Jan</th><td class="is-number">₴12,000</td><td class="is-number">₴0</td>'
        in shown
    )
    assert "₴23,000 so far" in shown
