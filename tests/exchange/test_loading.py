"""Into which databases tables go: empty ones, the same again, and others only when asked to."""

from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from customers.models import Contact, Customer, Ownership, Revenue
from reports.exchange.emptying import STAYING, record_models
from reports.models import Parameters
from sales.models import LeadRule, Stage, Task
from team.models import AuditEntry, Company, Employment, Holiday, Membership, Team, User, Wage
from tests.exchange.conftest import WORLD

pytestmark = pytest.mark.django_db


def everything():
    return {
        model._meta.label: list(model._default_manager.order_by("pk").values())
        for model in [*record_models(), User, Team, Company]
    }


def test_the_same_again_changes_nothing(world, load):
    load(world)
    before = everything()
    assert load(world) == "The database holds exactly these tables already. Nothing was stored.\n"
    assert everything() == before
    assert AuditEntry.objects.filter(action="load-tables").count() == 1


def test_customers_stand_by_the_rule_that_comes_with_them(write, load):
    settings = '{"params": {"floor_days": 1, "default_interval_days": 10}}'
    sold = "entry_id,customer_id,date,amount\nE1,C1,2024-01-01,5\n"
    load(write(settings=settings, customers="customer_id\nC1\n", revenue=sold))
    assert Customer.everything.get().lost_on == date(2024, 2, 1)


def test_its_own_dump_changes_nothing(world, load, dump):
    load(world)
    Customer.everything.filter(reference="C1").update(name="Renamed meanwhile")
    _files, folder = dump()
    before = everything()
    assert load(folder) == "The database holds exactly these tables already. Nothing was stored.\n"
    assert everything() == before


def test_other_content_of_a_known_reference_is_refused(world, write, load, refused):
    load(world)
    before = everything()
    changed = {**WORLD, "revenue": WORLD["revenue"].replace("100.00", "100.01")}
    changed["settings"] = WORLD["settings"].replace("09:30", "09:00")
    changed["absences"] = WORLD["absences"] + "R1,2025-02-05\n"
    listed, closing = refused(write(**changed))
    assert listed == [
        "settings.json:1: work_start is set otherwise",
        "absences.csv:4: is not in the database",
        'revenue.csv:2: entry_id "E1" is known with other content',
    ]
    assert closing == (
        "The database holds other records already. Nothing was stored. "
        "--replace removes them first."
    )
    assert everything() == before


def test_more_or_fewer_rows_are_refused(world, write, load, refused):
    load(world)
    more = WORLD["customers"] + "C9,,,,,,,\n"
    fewer = WORLD["contracts"].rsplit("K2", 1)[0]
    listed, _closing = refused(write(**{**WORLD, "customers": more, "contracts": fewer}))
    assert listed == [
        'customers.csv:8: customer_id "C9" is not in the database',
        "contracts.csv:1: rows only in the database: 1",
    ]
    without = {name: text for name, text in WORLD.items() if name != "surveys"}
    listed, _closing = refused(write(**without))
    assert listed == ["surveys.csv:1: is missing, but the database holds such rows"]


def test_bad_rows_are_listed_before_anything_else(world, write, load, refused):
    load(world)
    listed, closing = refused(write(customers="customer_id,is_test\nA,7\n"))
    assert listed == ['customers.csv:2: is_test is neither 1 nor 0: "7"']
    assert closing == "1 row cannot be stored. Nothing was stored."


def test_a_database_with_people_at_work_is_not_empty(world, rep, refused):
    listed, closing = refused(world)
    assert "holds other records" in closing
    assert any("R1" in line for line in listed)
    assert not Customer.everything.exists()


def test_replace_removes_records_and_keeps_sign_ins(write, load, rep, north, south, manager):
    customer = Customer.everything.create(name="Old", owner=rep)
    Contact.everything.create(customer=customer, name="Old contact")
    Task.everything.create(title="Call", customer=customer, due_on="2026-01-01")
    LeadRule.objects.create(name="Rita").people.set([rep])
    User.objects.create(name="Known from tables", reference="T1", is_rep=True)
    Team.objects.create(name="Nobody's")
    Company.objects.update_or_create(id=1, defaults={"is_demo": True})
    AuditEntry.objects.create(at="2026-01-01T00:00:00Z", action="test", actor=rep)
    load(write(**WORLD), "--replace", "--yes")
    assert set(Customer.everything.values_list("reference", flat=True)) == {
        "C1", "c1", " 001 x", "客户1", "1e5",
    }  # fmt: skip
    assert not Contact.everything.exists()
    assert not Task.everything.exists()
    assert not LeadRule.objects.exists() and not LeadRule.people.through.objects.exists()
    rep.refresh_from_db()
    assert (rep.team, rep.is_active, rep.check_password("correct horse battery")) == (
        north, True, True,
    )  # fmt: skip
    for model in (Employment, Membership, Wage):
        assert not model.objects.filter(user=rep).exists()
    assert not User.objects.filter(reference="T1").exists()
    assert {team.name for team in Team.objects.all()} == {"Північ", "North", "South"}
    assert not Company.get().is_demo
    assert AuditEntry.objects.filter(action="test", actor=rep).exists()


def test_replace_with_bad_rows_removes_nothing(world, write, load, refused):
    load(world)
    before = everything()
    refused(write(customers="customer_id\n\nA\nA\n"), "--replace", "--yes")
    assert everything() == before


def test_somebody_who_can_sign_in_is_the_rep_of_the_same_reference(write, load, rep):
    Employment.objects.all().delete()
    Membership.objects.all().delete()
    rep.reference = "R1"
    rep.save()
    load(write(**WORLD))
    rep.refresh_from_db()
    assert (rep.name, rep.team.name) == ("Оксана Шевчук", "Північ")
    assert rep.email == "rita.rep@example.com"
    assert rep.check_password("correct horse battery")
    merged = Customer.everything.get(reference="1e5")
    assert merged.owner == merged.merged_into.owner is not None
    assert not Ownership.everything.filter(customer=merged, rep__isnull=False).exists()
    assert Employment.objects.filter(user=rep).count() == 1


@pytest.mark.parametrize("answer", ["", "y", "no", "\n"])
def test_replace_asks_first(world, load, monkeypatch, answer):
    load(world)
    before = everything()
    asked = []

    def reply(prompt):
        asked.append(prompt)
        if answer == "":
            raise EOFError
        return answer

    monkeypatch.setattr("builtins.input", reply)
    out = StringIO()
    with pytest.raises(CommandError, match="Nothing was removed, nothing was stored"):
        call_command("load_tables", str(world), "--replace", stdout=out)
    assert len(asked) == 1
    assert "5 customers" in out.getvalue()
    assert everything() == before


def test_replace_goes_on_after_a_yes(write, load, monkeypatch):
    load(write(**WORLD))
    monkeypatch.setattr("builtins.input", lambda prompt: "yes")
    load(write(customers="customer_id\nonly\n"), "--replace")
    assert [c.reference for c in Customer.everything.all()] == ["only"]
    assert not Revenue.everything.exists()


def test_no_tables_at_all(write, refused, tmp_path):
    for folder in (write(), tmp_path / "nowhere"):
        listed, closing = refused(folder)
        assert listed == []
        assert closing == f"There are no exchange tables in {folder}."


def test_a_file_that_is_no_table_is_named(write):
    errors = StringIO()
    folder = write(customers="customer_id\nA\n", custmers="x\n")
    call_command("load_tables", str(folder), stdout=StringIO(), stderr=errors)
    assert errors.getvalue() == "custmers.csv is no exchange table and is passed over.\n"


def test_every_model_is_a_record_or_stays():
    """A new model must be put on one side: `--replace` may not forget it."""
    assert {model._meta.label_lower for model in record_models()}.isdisjoint(STAYING)
    assert Stage._meta.label_lower in STAYING
    assert Customer in record_models()


def test_settings_alone(write, load):
    load(write(settings='{"tz": "Asia/Shanghai", "base_currency": "CNY"}'))
    company = Company.get()
    assert (company.time_zone, company.base_currency) == ("Asia/Shanghai", "CNY")


@pytest.mark.thorough
def test_many_rows_in_chunks(write, load, dump, rows):
    """12,000 rows are three chunks; references go across them."""
    customers = "customer_id,merged_into,merged_on\n" + "".join(
        f"C{n},{f'C{n + 1}' if n % 1000 == 0 else ''},{'2025-01-01' if n % 1000 == 0 else ''}\n"
        for n in range(12_000)
    )
    revenue = "entry_id,customer_id,date,amount\n" + "".join(
        f"E{n},C{11_999 - n},2025-0{n % 9 + 1}-01,{n}.25\n" for n in range(12_000)
    )
    load(write(customers=customers, revenue=revenue))
    assert Revenue.everything.count() == 12_000
    assert Customer.everything.filter(purchases=1).count() == 11_976
    assert Customer.everything.filter(purchases=2).count() == 12
    dumped, _folder = dump()
    assert sum(float(row["amount"]) for row in rows(dumped["revenue.csv"])) == 71_997_000


def test_parameters_are_a_version_by_nobody(world, write, load):
    load(world)
    version = Parameters.objects.get()
    assert (version.version, version.set_by) == (1, None)
    assert (version.values["k"], version.values["gap_memory"]) == ("2.5", 10)
    assert version.values["floor_days"] == 30


def test_replacing_sets_back_what_the_folder_does_not_say(world, write, load):
    load(world)
    load(write(customers="customer_id\nA\n"), "--replace", "--yes")
    latest = Parameters.objects.first()
    assert (latest.version, latest.values["k"], latest.values["gap_memory"]) == (2, "3", 12)
    company = Company.get()
    assert f"{company.work_start:%H:%M}" == "09:00"
    assert not Holiday.all_days()
    stages = list(Stage.objects.values_list("key", flat=True))
    assert stages == ["new", "qualified", "offer", "negotiation", "won", "lost"]


@pytest.mark.parametrize(
    "params", ['{"kk": 3}', '{"k": "many"}', '{"gap_memory": 1.5}', '{"abc_b": 0.5}', "[3]"]
)
def test_parameters_that_cannot_stand(params, write, refused):
    listed, _closing = refused(write(settings=f'{{"params": {params}}}'))
    assert len(listed) == 1
    assert listed[0].startswith("settings.json:1: params ")
    assert not Parameters.objects.exists()
