"""Every column that a list may show has its cell, and no cell stands there without a column."""

import pytest
from django.template import Context, Template
from django.template.loader import get_template

from crm.lib.columns import KINDS, Column, as_words, declare, shown
from crm.lib.templatetags.lists import CellsNode

TEMPLATES = {
    "customer-list": "customers/_customers.html",
    "contact-list": "customers/_contacts.html",
    "lead-list": "sales/_leads.html",
    "deal-list": "sales/_deals.html",
    "campaign-list": "sales/_campaigns.html",
    "task-list": "sales/_tasks.html",
}
# a list of sentences has no columns
NONE = {"activity-list"}


def test_every_list_is_looked_at(client) -> None:
    client.get("/")  # the lists declare themselves where their pages are written
    assert set(KINDS) == TEMPLATES.keys() | NONE


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_column_has_a_cell(client, name: str) -> None:
    client.get("/")
    template = get_template(TEMPLATES[name]).template
    (cells,) = template.nodelist.get_nodes_by_type(CellsNode)
    assert cells.cells.keys() == {column.name for column in KINDS[name].columns}
    assert [column.fixed for column in KINDS[name].columns].count(True) == 1


def test_what_is_fixed_stands_first_and_what_is_extra_waits_to_be_chosen() -> None:
    columns = [Column("a", "A"), Column("n", "N", fixed=True), Column("x", "X", extra=True)]
    names = [column.name for column in shown(columns, [])]
    assert names == ["a", "n"]
    chosen = shown(columns, ["x", "x", "nonsense", "n", "a"])
    assert [column.name for column in chosen] == ["n", "x", "a"]
    assert [column.name for column in shown(columns, ["nonsense"])] == ["a", "n"]


def test_a_choice_names_widths_of_fixed_columns_too() -> None:
    columns = [Column("n", "N", fixed=True), Column("a", "A", numeric=True), Column("x", "X")]
    seen = shown(columns, ["n:wide", "x:narrow", "a:nonsense"])
    assert [(each.name, each.width, each.classes) for each in seen] == [
        ("n", "wide", "is-wide"),
        ("x", "narrow", "is-narrow"),
        ("a", "", "is-number"),
    ]
    assert as_words(seen) == "n:wide,x:narrow,a"
    # a width alone leaves the list as it comes
    alone = shown(columns, ["n:narrow"])
    assert [(each.name, each.width) for each in alone] == [("n", "narrow"), ("a", ""), ("x", "")]


def test_a_cell_takes_the_class_of_its_width_and_keeps_its_own() -> None:
    page = Template(
        "{% load lists %}{% cells shown %}"
        '{% cell n %}<th scope="row" class="is-name"><b class="x">N</b></th>{% endcell %}'
        "{% cell a %}<td>{{ text }}</td>{% endcell %}{% endcells %}"
    )
    seen = [Column("n", "N", width="wide"), Column("a", "A", width="narrow")]
    drawn = page.render(Context({"shown": seen, "text": '<td class="no">'}))
    assert drawn == (
        '<th scope="row" class="is-wide is-name"><b class="x">N</b></th>'
        '<td class="is-narrow">&lt;td class=&quot;no&quot;&gt;</td>'
    )


def test_who_sees_one_person_is_not_offered_whose(monkeypatch) -> None:
    monkeypatch.setattr("crm.lib.columns.KINDS", {})
    kind = declare("some-list", "Some", [Column("a", "A"), Column("o", "O", of_others=True)])
    assert [column.name for column in kind.offered(others=False)] == ["a"]
    assert [column.name for column in kind.offered(others=True)] == ["a", "o"]
