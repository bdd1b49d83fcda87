"""An import taken back leaves every table as it was; what was worked with since is never lost."""

from datetime import timedelta

import pytest
from django.apps import apps

from customers.models import Customer, Ownership, Revenue, SearchTerm
from customers.ownership import assign
from sales.models import Activity, Deal, Lead
from team.models import AuditEntry, Team, User

pytestmark = [pytest.mark.django_db, pytest.mark.thorough]
# They tell of the import itself, and are append-only.
TOLD = {
    "team.AuditEntry",
    "team.AuditDetail",
    "team.Job",
    "customers.ImportBatch",
    "customers.ImportRow",
}

FILES = {
    "customers": (
        "id,name,phone,place,owner\n1,Кава,0675553318,Львів,Rita Rep\n2,Сіль,0501112233,,\n7,Стара,,Рівне,\n",
        (),
    ),
    "contacts": ("customer,name,email\nСтара,Олена,o@x.ua\n", ()),
    "revenue": (
        "customer,on,amount,order\nСтара,2026-01-05,100,A\nСтара,2026-02-05,-20,A\nНова,2026-03-05,5,B\n",
        ("--make", "customer"),
    ),
    "leads": (
        "id,name,source,campaign,owner,arrived,closed on,reason\n"
        "L1,Млин,web,,Rita Rep,2026-11-20,,\nL2,Хліб,Ярмарок,Весна,,2026-11-01,2026-11-05,lost\n",
        ("--make", "source", "--make", "campaign"),
    ),
    "deals": (
        "id,title,customer,stage,amount,opened on,closed on,reason\n"
        "D1,Чай,Стара,Пошук,10,2026-10-01,,\nD2,Сир,Стара,Won,20,2026-10-01,2026-10-09,\n"
        "D3,Мед,Стара,lost,,2026-10-01,2026-10-08,price\n",
        ("--make", "stage"),
    ),
    "activities": (
        "kind,direction,date,lead,customer,minutes,outcome\n"
        "call,out,2026-11-22 10:00,OLD,,5,Reached\nдзвінок,in,2026-11-22 11:00,,Стара,3,\n",
        (),
    ),
    "campaigns": ("name,channel,start\nВесна,radio,2026-03-01\n", ()),
    "costs": (
        "campaign,date,amount\nСтарт,2026-03-01,100\nЛіто,2026-06-01,50\n",
        ("--make", "campaign"),
    ),
    "people": (
        "name,team,hired\nМарко Новий,Схід,2026-01-05\nОля Колишня,Схід,2020-01-05\n",
        ("--make", "team"),
    ),
}


@pytest.fixture
def world(rep, bring):
    """A customer with a purchase, a lead that was called, a campaign: what imports may touch."""
    bring("customers", "id,name,owner\n7,Стара,Rita Rep\n", name="a.csv")
    bring("revenue", "customer,on,amount\nСтара,2025-12-01,50\n", name="b.csv")
    bring("leads", "id,name,arrived\nOLD,Давній,2026-11-20\n", name="c.csv")
    bring("campaigns", "name\nСтарт\n", name="d.csv")


def tables(ignore=()):
    """Every row of every table, without the counters of edits."""
    return {
        model._meta.label: sorted(
            (
                {name: value for name, value in row.items() if name not in ("version", *ignore)}
                for row in model._default_manager.values()
            ),
            key=lambda row: str(row.get("id", row)),
        )
        for model in apps.get_models()
        if model._meta.label not in TOLD
    }


def without_ids(all_tables):
    """Search terms and the roll-up of purchases are written anew on undo, so their own numbers differ."""
    for label in ("customers.SearchTerm", "customers.PurchaseDay"):
        for row in all_tables[label]:
            del row["id"]
        all_tables[label].sort(key=str)
    return all_tables


@pytest.mark.parametrize("target", FILES)
def test_on_its_day_an_import_is_undone_without_a_trace(target, world, bring, run):
    text, options = FILES[target]
    before = without_ids(tables())
    said = bring(target, text, *options)
    assert said.code == 0, said.err
    assert without_ids(tables()) != before
    entries = AuditEntry.objects.count()
    back = run("--undo", said.batch.pk)
    assert back.code == 0, back.err
    assert without_ids(tables()) == before
    assert AuditEntry.objects.count() > entries
    said.batch.refresh_from_db()
    assert said.batch.state == "undone"


@pytest.mark.parametrize("target", FILES)
def test_what_was_undone_can_be_imported_again(target, world, bring, run):
    text, options = FILES[target]
    first = bring(target, text, *options)
    assert run("--undo", first.batch.pk).code == 0
    assert bring(target, text, *options).counts == first.counts


@pytest.mark.parametrize("target", FILES)
def test_twice_is_refused(target, world, bring, run):
    text, options = FILES[target]
    batch = bring(target, text, *options).batch
    run("--undo", batch.pk)
    again = run("--undo", batch.pk)
    assert (again.code, again.err) == (1, "This import was taken back already.")


def test_on_a_later_day_facts_are_deleted_and_records_binned(world, bring, run, today):
    batches = {
        name: bring(name, *_flat(FILES[name])).batch
        for name in ("customers", "leads", "deals", "revenue")
    }
    today.shift(timedelta(days=2))
    for name in ("revenue", "deals", "leads", "customers"):
        assert run("--undo", batches[name].pk).code == 0
    entries = Revenue.everything.filter(recorded_on__lte="2026-11-23").exclude(on="2025-12-01")
    assert [str(row.deleted_on) for row in entries] == ["2026-11-25"] * 3
    assert Deal.everything.filter(binned_on="2026-11-25").count() == 3
    assert Lead.everything.filter(deleted_on="2026-11-25").count() == 2
    assert (
        Customer.everything.filter(binned_on="2026-11-25", name__in=["Кава", "Сіль"]).count() == 2
    )
    old = Customer.everything.get(reference="7")
    assert (old.place, old.binned_on, old.purchases, old.annual_cents) == ("", None, 1, 5000)


def _flat(pair):
    return (pair[0], *pair[1])


def edit(record):
    record.version += 1
    record.save()


WORK = {
    "an edit": lambda: edit(Customer.everything.get(name="Кава")),
    "a hand-over": lambda: hand_over(),
    "a call": lambda: Activity.everything.create(
        customer=Customer.everything.get(name="Кава"),
        start_at="2026-11-23T10:00Z",
        recorded_on="2026-11-23",
        created_at="2026-11-23T10:00Z",
    ),
}


def hand_over():
    kava = Customer.everything.get(name="Кава")
    assign([kava.pk], None, on=kava.recorded_on or kava.created_at.date(), by=None)


@pytest.mark.parametrize("work", WORK)
def test_what_was_worked_with_since_keeps_the_import(work, world, bring, run):
    batch = bring("customers", FILES["customers"][0]).batch
    WORK[work]()
    before = tables()
    said = run("--undo", batch.pk)
    assert said.code == 1
    assert said.err == (
        "Row 2, Кава\nNothing is taken back: 1 records of this import were worked with since."
    )
    assert tables() == before


def test_made_customers_who_are_used_by_now_stay(world, bring, run):
    batch = bring("revenue", *_flat(FILES["revenue"])).batch
    new = Customer.everything.get(name="Нова")
    Activity.everything.create(
        customer=new,
        start_at="2026-11-23T10:00Z",
        recorded_on="2026-11-23",
        created_at="2026-11-23T10:00Z",
    )
    assert run("--undo", batch.pk).code == 0
    new.refresh_from_db()
    assert (new.purchases, new.revenue.count()) == (0, 0)


def test_after_seven_days_it_is_too_late(world, bring, run, today):
    batch = bring("customers", FILES["customers"][0]).batch
    today.shift(timedelta(days=7))
    early = tables()
    today.shift(timedelta(days=1))
    said = run("--undo", batch.pk)
    assert said.code == 1
    assert said.err.replace("\xa0", " ") == (
        "An import can be taken back for 7 days; this one could until 30 Nov 2026."
    )
    assert tables() == early


def test_only_who_imported_it_or_an_administrator_takes_it_back(
    world, bring, run, rep, other_rep, admin
):
    batch = bring("customers", "name\nКава\n", "--as", rep.email).batch
    said = run("--undo", batch.pk, "--as", other_rep.email)
    assert (said.code, said.err) == (
        1,
        "Only who imported it or an administrator can take it back.",
    )
    assert run("--undo", batch.pk, "--as", admin.email).code == 0
    assert not Customer.everything.filter(name="Кава").exists()
    assert not SearchTerm.objects.filter(term="kava").exists()
    assert not Ownership.everything.filter(customer__name="Кава").exists()


def test_a_batch_that_is_none_is_told(run):
    for name in ("x", "0e0b1e7e-93a5-4a9c-8a43-0d1ee5f6a001"):
        said = run("--undo", name)
        assert (said.code, said.err) == (1, f"There is no import {name}.")


def test_a_person_who_works_by_now_is_not_undone(world, bring, run):
    batch = bring("people", *_flat(FILES["people"])).batch
    person = User.objects.get(name="Марко Новий")
    Customer.everything.filter(name="Стара").update(owner=person)
    assert run("--undo", batch.pk).code == 1
    assert User.objects.filter(pk=person.pk).exists() and Team.objects.filter(name="Схід").exists()
