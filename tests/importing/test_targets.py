"""Revenue, leads, deals, activities, campaigns, costs and people: what a row becomes."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from customers.models import Customer, Revenue
from sales.leads.lead_ownership import assign_leads
from sales.models import (
    Activity,
    Campaign,
    CampaignCost,
    Deal,
    DealChange,
    Lead,
    LeadAssignment,
    LeadEnding,
    LeadOwnership,
    LeadRule,
    LeadSource,
    Stage,
)
from sales.search import find
from team.models import Company, Employment, Job, Membership, Team, User

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)


@pytest.fixture
def kava(rep):
    return Customer.everything.create(name="Кава", reference="K1", owner=rep)


def test_revenue_keeps_amounts_as_given_and_counts_cents_once(bring, kava, rep):
    said = bring(
        "revenue",
        "entry id;order;customer;date;product;amount;currency;rate;cost;rep\n"
        "E1;O1;K1;2026-01-05;Чай;1 204,505;EUR;43,25;500;Rita Rep\n"
        "E2;O1;кава;2026-02-05;Чай;-200,00;;;;\n"
        "E3;;K1;2026-02-06;;1,1;USD;;;\n"
        "E4;;K1;2026-12-06;;1,10;;;;\n"
        "E5;;K1;2026-02-06;;1,10;EURO;1;;\n"
        "E6;;K1;2026-02-06;;99999999999,00;EUR;99999999,00;;\n",
    )
    assert said.counts == (2, 0, 0, 4)
    assert said.err.splitlines() == [
        "Row 4, Rate: Say how many UAH one USD is worth.",
        "Row 5, Date: This day has not come yet.",
        "Row 6, Currency: “EURO” is no currency code. Write it like EUR.",
        "Row 7, This is more than can be kept. Check the zeros.",
    ]
    first, second = Revenue.everything.order_by("reference")
    assert (first.amount, first.fx_rate, first.cost) == (Decimal("1204.505"), Decimal("43.25"), 500)
    # 1204.505 x 43.25 = 52094.84125
    assert (first.cents, first.cost_cents, first.rep) == (5209484, 2162500, rep)
    assert (second.cents, second.currency, second.cost_cents) == (-20000, "UAH", None)
    kava.refresh_from_db()
    assert (kava.purchases, kava.last_purchase_on) == (1, date(2026, 1, 5))


def test_an_entry_that_is_there_is_never_changed(bring, kava):
    head = "entry id,customer,date,amount\n"
    bring("revenue", f"{head}E1,K1,2026-01-05,100\n")
    said = bring("revenue", f"{head}E1,K1,2026-01-05,100\nE2,K1,2026-01-06,5\n")
    assert said.counts == (1, 0, 1, 0)
    said = bring("revenue", f"{head}E1,K1,2026-01-05,101\n")
    assert said.err.strip() == (
        "Row 2, This entry is stored with other values. Reverse it by an entry of its own."
    )
    assert Revenue.everything.get(reference="E1").cents == 10000


def test_the_first_revenue_is_known_on_its_own_days_and_later_files_as_of_today(bring, kava):
    head = "entry id,customer,date,amount\n"
    bring("revenue", f"{head}E1,K1,2020-01-05,100\n")
    bring("revenue", f"{head}E2,K1,2020-01-06,100\n")
    bring("revenue", f"{head}E3,K1,2020-01-07,100\n", "--recorded", "on-its-day")
    recorded = Revenue.everything.order_by("reference").values_list("recorded_on", flat=True)
    assert list(recorded) == [date(2020, 1, 5), TODAY, date(2020, 1, 7)]


def test_rates_and_values_for_all_rows_can_be_said(bring, kava):
    options = ("--rate", "usd=41.5", "--value", "currency=usd", "--value", "customer=K1")
    assert bring("revenue", "date,amount\n2026-01-05,2\n", *options).code == 0
    assert Revenue.everything.get().cents == 8300


def test_unknown_customers_are_errors_unless_they_may_be_made(bring, kava, manager):
    text = "customer,date,amount\nНова,2026-01-05,2\nНова,2026-01-06,2\nКава,2026-01-06,2\n"
    said = bring("revenue", text, "--dry-run")
    assert said.err.strip() == "Row 2, Customer: “Нова” is no customer of yours. (and 1 more row)"
    assert bring("revenue", text, "--make", "customer", "--as", manager.email).counts == (
        3,
        0,
        0,
        0,
    )
    new = Customer.everything.get(reference="Нова")
    assert (new.name, new.owner, new.purchases, new.created_by) == ("Нова", None, 2, manager)
    assert find(manager, "нова").customers == [new]
    said = bring("revenue", text, "--make", "product")
    assert said.err == "An import of revenue cannot make product."


def test_leads_with_their_owner_their_clock_and_their_end(bring, rep, kava):
    said = bring(
        "leads",
        "lead id;company;person;phone;source;owner;created;won date;customer;closed on;reason\n"
        "L1;Млин;Леся;0675553318;Web form;Rita Rep;2026-11-20 10:30;;;;\n"
        "L2;;Іван;;;;20.11.2026;2026-11-22;K1;;\n"
        "L3;Хліб;;;Ярмарок;;;;;;\n"
        "L4;Сир;;;;;2026-11-01;;;2026-11-05;lost\n"
        "L5;Сир;;;;;2026-11-01;;;2026-11-05;\n"
        "L6;Мед;;;;;2026-11-24;;;;\n",
    )
    assert said.counts == (3, 0, 0, 3)
    assert [line.split("none of")[0] for line in said.err.splitlines()] == [
        "Row 4, Source: “Ярмарок” is ",
        "Row 6, Why it ended: Choose why this lead ends.",
        "Row 7, Arrived: This day has not come yet.",
    ]
    mill, second, cheese = Lead.everything.order_by("reference")
    assert mill.arrived_at == datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
    assert mill.response_due_at == datetime(2026, 11, 21, 8, 30, tzinfo=UTC)
    assert (mill.owner, mill.source.key, mill.phone_e164) == (rep, "web", "+380675553318")
    owned = LeadOwnership.everything.get()
    assert (owned.lead, owned.rep, owned.from_on) == (mill, rep, date(2026, 11, 20))
    assert (second.name, second.customer, second.converted_on) == ("Іван", kava, date(2026, 11, 22))
    assert (cheese.closed_on, cheese.closed_reason, cheese.is_open) == (
        date(2026, 11, 5),
        "lost",
        False,
    )
    endings = LeadEnding.everything.order_by("lead__reference").values_list("kind", "on", "reason")
    assert list(endings) == [
        ("converted", date(2026, 11, 22), ""),
        ("closed", date(2026, 11, 5), "lost"),
    ]
    assert find(rep, "lesia").leads == [mill]


def test_an_end_of_a_lead_that_is_there_is_not_passed_over_in_silence(bring, kava):
    bring("leads", "lead id;company;closed on;reason\nL1;Млин;;\nL2;Сир;2026-11-05;lost\n")
    said = bring(
        "leads",
        "lead id;won date;customer;closed on;reason\nL1;2026-11-22;K1;;\nL2;;;2026-11-05;lost\n",
    )
    assert said.counts == (0, 0, 1, 1)
    assert said.err.strip() == (
        "Row 2, Became a customer on: This lead is here and has not ended on this day."
        " End it on its page."
    )
    assert Lead.everything.get(reference="L1").is_open
    assert LeadEnding.everything.count() == 1


def test_sources_and_campaigns_are_made_when_asked(bring):
    text = "id,name,source,campaign\n1,Млин,Осінній ярмарок,Весна\n2,Сир,осінній ярмарок,Весна\n"
    assert bring("leads", text, "--make", "source", "--make", "campaign").counts == (2, 0, 0, 0)
    source = LeadSource.objects.exclude(order__lte=7).get()
    assert (source.key, source.name) == ("осінній_ярмарок", "Осінній ярмарок")
    assert Lead.everything.filter(source=source, campaign__name="Весна").count() == 2


def test_deals_with_the_changes_that_the_file_knows(bring, rep, kava):
    said = bring(
        "deals",
        "deal id;title;account;owner;deal stage;value;engage date;close date;reason\n"
        "D1;Чай;Кава;Rita Rep;Negotiation;1000;2026-10-01;;\n"
        "D2;Сир;Кава;;Won;20,50;2026-10-01;2026-10-09;\n"
        "D3;Мед;;Rita Rep;lost;;2026-10-01;2026-10-08;Price\n"
        "D4;Сіль;Кава;;Won;;2026-10-01;2026-10-09;\n"
        "D5;Сіль;Кава;;lost;;2026-10-01;;\n"
        "D6;Сіль;Кава;;lost;;2026-10-01;2026-09-01;price\n"
        "D7;Сіль;Кава;;Prospecting;;;;\n"
        "D8;Сіль;;;Won;5;;2026-10-09;\n",
    )
    assert said.counts == (3, 0, 0, 5)
    assert [line.split(" is none of")[0] for line in said.err.splitlines()] == [
        "Row 5, Amount: Say for how much it was won.",
        "Row 6, Closed on: Say on which day it was won or lost.",
        "Row 6, Why it was lost: Choose why it was lost.",
        "Row 7, Closed on: It was closed before it was opened.",
        "Row 8, Stage: “Prospecting”",
        "Row 9, Customer: Choose the customer first: a won deal belongs to one.",
    ]
    tea, cheese, honey = Deal.everything.order_by("reference")
    assert (tea.owner, tea.customer, tea.stage.key, tea.closed_on) == (
        rep,
        kava,
        "negotiation",
        None,
    )
    assert (cheese.owner, cheese.cents, cheese.closed_on) == (rep, 2050, date(2026, 10, 9))
    assert (honey.customer, honey.reason, honey.stage_since) == (None, "price", date(2026, 10, 8))
    changes = DealChange.everything.order_by("deal__reference", "on")
    assert list(changes.values_list("deal__reference", "on", "stage__key", "reason")) == [
        ("D1", date(2026, 10, 1), "negotiation", ""),
        ("D2", date(2026, 10, 1), "new", ""),
        ("D2", date(2026, 10, 9), "won", ""),
        ("D3", date(2026, 10, 1), "new", ""),
        ("D3", date(2026, 10, 8), "lost", "price"),
    ]
    # winning by a file books nothing (ruling 14)
    assert not Revenue.everything.exists()
    assert find(rep, "чай").deals == [tea]
    again = bring("deals", "deal id,title,stage\nD1,Чай,Won\n", "--value", "closed_on=2026-11-01")
    assert again.counts == (0, 0, 0, 1)


def test_a_stage_that_is_made_is_open_and_last(bring, kava):
    text = "title,account,stage\nЧай,Кава,Prospecting\nСир,Кава,prospecting\n"
    assert bring("deals", text, "--make", "stage").counts == (2, 0, 0, 0)
    stage = Stage.objects.get(key="prospecting")
    assert (stage.name, stage.kind) == ("Prospecting", "open")
    assert stage.order > Stage.objects.get(key="lost").order


def test_activities_stop_the_clock_of_a_lead(bring, rep, kava):
    bring("leads", "id,name,created\nL1,Млин,2026-11-20 10:00\n")
    said = bring(
        "activities",
        "type;direction;date;minutes;rep;customer;lead;result;note\n"
        "Дзвінок;вихідний;2026-11-20 09:00;5;Rita Rep;;L1;Reached;before it arrived\n"
        "call;out;2026-11-20 12:00;5;Rita Rep;;L1;No answer;\n"
        "meeting;;2026-11-21 12:00;1 000;;K1;;;\n"
        "Дегустація;;21.11.2026;;;;;;у нас\n"
        "call;out;2026-11-24 12:00;;;K1;;;\n"
        "call;out;2026-11-20 12:00;-5;;K1;;;\n",
    )
    assert said.counts == (4, 0, 0, 2)
    assert said.err.splitlines() == [
        "Row 6, When: This has not happened yet.",
        "Row 7, Minutes: “-5” is no whole number from 0 to 1,440.",
    ]
    lead = Lead.everything.get()
    assert lead.first_touch_at == datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
    call = Activity.everything.get(outcome__key="no_answer")
    assert (call.kind, call.direction, call.author, call.minutes) == ("call", "out", rep, 5)
    assert Activity.everything.get(note="у нас").kind == "Дегустація"
    assert Activity.everything.get(minutes=1000).customer == kava


def test_activities_of_past_days_let_figures_be_taken_anew(bring, rep, kava):
    text = "Number,Customer,Date,Minutes\nA1,K1,2026-03-02 10:00,30\n"
    said = bring("activities", text, "--as", rep.email)
    causes = list(Job.everything.filter(kind="reports.refresh").values_list("args", flat=True))
    assert causes == [{"cause": f"import {said.batch.pk}"}], said.text


def test_a_rep_brings_in_their_own_activities_only(bring, rep, other_rep, kava):
    Customer.everything.create(name="Чужа", owner=other_rep)
    text = "date;customer;rep\n2026-11-20 12:00;Кава;Otto Otherrep\n2026-11-20 12:00;Чужа;\n"
    said = bring("activities", text, "--as", rep.email)
    assert said.counts == (1, 0, 0, 1)
    assert Activity.everything.get().author == rep


def test_campaigns_and_costs(bring, manager, rep):
    said = bring(
        "campaigns",
        "campaign id;name;channel;start;end;owner\nC1;Весна;radio;2026-03-01;2026-03-31;Rita Rep\n"
        "C2;Літо;;2026-06-30;2026-06-01;\n",
        "--as",
        manager.email,
    )
    assert said.err.strip() == "Row 3, Last day: The last day lies before the first."
    assert Campaign.objects.get().owner == rep
    said = bring(
        "costs",
        "cost id;campaign;date;amount;currency;rate\n1;C1;2026-03-01;100;EUR;43\n2;весна;2026-03-02;50;;\n"
        "3;Весна;2026-03-02;50;;\n",
    )
    assert said.counts == (2, 0, 0, 1)
    assert sorted(CampaignCost.objects.values_list("reference", "cents")) == [
        ("1", 430000),
        ("3", 5000),
    ]


def test_people_are_hired_and_not_invited(bring, admin, mailoutbox):
    said = bring(
        "people",
        "id;name;email;team;roles;hired;left\n"
        "R1;Марко Новий;Marko@x.ua;Схід;rep, manager;2026-01-05;\n"
        "R2;Оля Колишня;;Схід;;2020-01-05;2024-06-30\n"
        "R3;Петро;marko@x.ua;Схід;;;\n"
        "R4;Павло;;Схід;king;;\n"
        "R5;Дана;;;director;2026-12-05;\n",
        "--make",
        "team",
        "--as",
        admin.email,
    )
    assert said.counts == (2, 0, 0, 3)
    assert said.err.splitlines() == [
        "Row 4, E-mail: Row 2 has the same.",
        "Row 5, Roles: “king” is no role. Roles are: rep, manager, admin, director.",
        "Row 6, Hired on: This day has not come yet.",
    ]
    marko, olia = User.objects.filter(reference__in=["R1", "R2"]).order_by("reference")
    assert marko.roles == {"rep", "manager"} and marko.email == "marko@x.ua"
    assert not marko.has_usable_password() and marko.is_active and not olia.is_active
    assert olia.roles == {"rep"} and olia.email is None
    east = Team.objects.get(name="Схід")
    assert (marko.team, east.path) == (east, f"/{east.pk}/")
    employed = Employment.objects.filter(deleted_on=None, user__in=[marko, olia]).order_by(
        "hired_on"
    )
    assert list(employed.values_list("user", "hired_on", "left_on")) == [
        (olia.pk, date(2020, 1, 5), date(2024, 6, 30)),
        (marko.pk, date(2026, 1, 5), None),
    ]
    assert Membership.objects.filter(user=marko, team=east, to_on=None).exists()
    assert not mailoutbox
    assert bring("people", "id;name\nR1;Марко Новий\n").counts == (0, 0, 1, 0)


def test_an_administrator_does_not_make_directors_by_file(bring, admin, director):
    said = bring("people", "name;roles\nДана;director\n", "--as", admin.email)
    assert said.err.strip() == "Row 2, Only a director names directors."
    assert not User.objects.filter(name="Дана").exists()


def test_leads_that_the_file_gives_nobody_go_by_the_rules(bring, run, rep, other_rep):
    rule = LeadRule.objects.create(name="In turn")
    rule.people.set([rep, other_rep])
    said = bring(
        "leads",
        "lead id;company;owner;created;closed on;reason\n"
        "L1;Млин;;2026-11-20;;\nL2;Хліб;Rita Rep;2026-11-20;;\nL3;Сир;;2026-11-20;;\n"
        "L4;Мед;;2026-11-01;2026-11-05;lost\n",
    )
    assert said.code == 0, said.err
    owners = dict(Lead.everything.values_list("reference", "owner__name"))
    assert owners == {"L1": rep.name, "L2": rep.name, "L3": other_rep.name, "L4": None}
    told = LeadAssignment.everything.filter(occasion="import", how="turn", rule=rule)
    assert sorted(told.values_list("lead__reference", flat=True)) == ["L1", "L3"]
    rule.refresh_from_db()
    assert rule.last == other_rep
    assert run("--undo", said.batch.pk).code == 0  # the rules' own doing is nobody's work on it
    assert not Lead.everything.exists() and not LeadAssignment.everything.exists()


def test_a_lead_of_an_import_that_was_handed_on_since_is_not_taken_back(bring, run, rep, other_rep):
    LeadRule.objects.create(name="Rita", way="person").people.set([rep])
    said = bring("leads", "company\nМлин\n")
    assign_leads(Lead.everything.all(), other_rep, on=Company.get().today, by=None)
    assert run("--undo", said.batch.pk).code == 1
    assert Lead.everything.get().owner == other_rep
