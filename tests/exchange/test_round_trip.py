"""What goes in comes out, and what came out goes in again to the same bytes."""

import csv
from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command

from customers.models import Customer, Revenue
from sales.deals.pipelines import add_pipeline
from sales.models import Deal, DealChange, Lead, LeadEnding, LeadOwnership, Pipeline, Stage
from team.models import AuditEntry, Company, Holiday, User
from tests.exchange.conftest import WORLD

pytestmark = [pytest.mark.django_db, pytest.mark.thorough]


def test_the_dump_of_a_load_loads_to_the_same_dump(world, load, dump):
    load(world)
    first, folder = dump()
    assert len(first) == 16
    load(folder, "--replace", "--yes")
    second, _folder = dump()
    assert second == first


def test_rows_without_a_first_day_hold_since_ever_and_come_back_without_one(
    write, load, dump, rows, login, request
):
    folder = write(
        reps="rep_id\nR\n",
        customers="customer_id\nC\n",
        ownership="ownership_id,customer_id,rep_id,from_on,to_on\nW,C,R,,2025-01-01\nV,C,R,2025-01-01,\n",
        contracts="contract_id,customer_id,start_on,end_on\nK,C,,2025-12-31\n",
        opportunities="opportunity_id,customer_id,created_on\nD,C,\n",
        leads="lead_id,created_at,rep_id\nL,2024-02-01T09:00:00Z,R\n",
        lead_ownership="ownership_id,lead_id,rep_id,from_on\nLW,L,R,\n",
    )
    load(folder)
    load(folder)
    first, back = dump()
    told = {
        name: rows(first[f"{name}.csv"]) for name in ("ownership", "contracts", "opportunities")
    }
    assert [row["from_on"] for row in told["ownership"]] == ["2025-01-01", ""]
    assert [told["contracts"][0]["start_on"], told["opportunities"][0]["created_on"]] == ["", ""]
    assert rows(first["lead_ownership.csv"])[0]["from_on"] == ""
    assert str(Deal.everything.get().opened_on) == "1900-01-01"
    load(back, "--replace", "--yes")
    assert dump()[0] == first
    browser = login(request.getfixturevalue("admin"))
    customer, deal = Customer.everything.get(), Deal.everything.get()
    for page in (customer.get_absolute_url(), deal.get_absolute_url()):
        answer = browser.get(page)
        assert answer.status_code == 200
        assert "1900" not in answer.content.decode()


def test_the_same_columns_and_references_come_back(world, load, dump, rows):
    load(world)
    dumped, _folder = dump()
    for table, text in WORLD.items():
        if table == "settings":
            continue
        given = list(csv.DictReader(StringIO(text, newline="")))
        back = rows(dumped[f"{table}.csv"])
        key = next(iter(given[0]))
        assert list(back[0]) == list(given[0]), table
        if table == "lead_ownership":
            back = back[1:]  # L2 had no row of its own
        assert sorted(row[key] for row in back) == sorted(row[key] for row in given), table


def test_what_was_said_is_said_again(world, load, dump, rows):
    load(world)
    dumped, _folder = dump()
    back = {
        name: {next(iter(row.values())): row for row in rows(content)}
        for name, content in dumped.items()
        if name.endswith(".csv")
    }
    assert back["customers.csv"][" 001 x"] == {
        "customer_id": " 001 x",
        "name": 'Big, "quoted"\ntwo lines',
        "segment": "опт",
        "region": "上海",
        "is_test": "1",
        "merged_into": "",
        "merged_on": "",
        "recorded_on": "",
    }
    assert back["customers.csv"]["客户1"]["merged_into"] == " 001 x"
    assert back["customers.csv"]["c1"]["name"] == "c1"
    assert back["revenue.csv"]["E1"]["amount"] == "100"
    assert back["revenue.csv"]["E1"]["fx_rate"] == "41.2345"
    assert back["revenue.csv"]["E2"]["recorded_on"] == "2024-01-20"
    assert back["revenue.csv"]["E3"]["amount"] == "10.00000001"
    assert back["activities.csv"]["A1"]["recorded_on"] == "2024-03-02"  # half past midnight in Kyiv
    assert back["activities.csv"]["A1"]["start_at"] == "2024-03-01T22:30:15Z"
    assert back["activities.csv"]["A2"]["minutes"] == "-5"
    assert back["activities.csv"]["A2"]["kind"] == "дзвінок"
    assert back["reps.csv"]["R1"]["monthly_wage"] == "30000"
    assert back["reps.csv"]["007"]["hire_on"] == ""
    assert back["reps.csv"]["007"]["leave_on"] == "2024-06-30"
    assert [r["from_on"] for r in rows(dumped["rep_costs.csv"])] == ["2024-01-01", "2025-01-01"]
    assert back["opp_history.csv"]["H10"]["stage"] == ""


def test_what_the_rows_became(world, load):
    load(world)
    c1, small = Customer.everything.get(reference="C1"), Customer.everything.get(reference="c1")
    assert c1.owner.reference == "007"
    assert small.merged_into == c1
    assert Customer.everything.get(reference="客户1").merged_into is None  # a merge without a day
    assert c1.purchases == 1  # E3 was deleted, the order O 1 counts once
    assert Revenue.everything.get(reference="E1").cents == 412345
    assert Revenue.everything.get(reference="E2").cents == -1001
    oksana = User.objects.get(reference="R1")
    assert (oksana.email, oksana.is_rep, oksana.has_usable_password()) == (None, True, False)
    assert oksana.team.name == "Північ"
    assert not User.objects.get(reference="007").is_rep
    assert not User.objects.get(reference="r1").is_active
    first, second = Lead.everything.filter(reference__in=["L1", "L2"]).order_by("reference")
    assert first.owner.reference == "R1"
    own = LeadOwnership.everything.get(lead=second)
    assert (own.rep.reference, str(own.from_on), own.to_on) == ("r1", "2024-03-02", None)
    assert set(LeadEnding.everything.values_list("lead__reference", "kind", "reason")) == {
        ("L1", "converted", ""),
        ("L2", "closed", "junk"),
        ("L3", "converted", ""),
    }
    deal = Deal.everything.get(reference="D1")
    assert (deal.stage.key, str(deal.stage_since)) == ("lost", "2024-03-05")
    # H10 comes before H2 as text, so the open stage lies before the closed run of H2, H3, H4
    assert str(deal.closed_on) == "2024-02-01"
    assert Deal.everything.get(reference="d1").stage.key == "new"
    own_stage = Stage.objects.get(key="Перша зустріч")
    assert (own_stage.order, str(own_stage.win_share), own_stage.kind) == (1, "0.125", "open")
    company = Company.get()
    assert (company.time_zone, f"{company.work_start:%H:%M}") == ("Europe/Kyiv", "09:30")
    assert [str(day) for day in sorted(Holiday.all_days())] == ["2024-08-24", "2025-01-01"]


def test_one_audit_entry_tells_the_load_and_one_the_dump(world, load, dump):
    load(world)
    entry = AuditEntry.objects.get(action="load-tables")
    assert entry.detail.after["rows"]["customers"] == 5
    dump()
    assert AuditEntry.objects.get(action="dump-tables").detail.after["rows"]["revenue"] == 4


def test_the_order_of_rows_and_columns_plays_no_part(write, load, dump):
    load(write(**WORLD))
    first, _folder = dump()
    turned = {}
    for name, text in WORLD.items():
        if name != "settings":
            lines = list(csv.reader(StringIO(text, newline="")))
            out = StringIO()
            csv.writer(out).writerows([line[::-1] for line in [lines[0], *lines[:0:-1]]])
            text = out.getvalue()
        turned[name] = text
    load(write(**turned), "--replace", "--yes")
    second, _folder = dump()
    assert second == first


def test_changes_made_in_the_product_come_out_with_their_days(world, load, dump, rows, monkeypatch):
    """A period that was deleted appears with the day of its deletion, in a column of its own."""
    from customers.ownership import assign

    load(world)
    c1 = Customer.everything.get(reference="C1")
    today = Company.get().today
    assign([c1.pk], User.objects.get(reference="R1"), on=today.replace(year=2025), by=None)
    first, folder = dump()
    periods = rows(first["ownership.csv"])
    assert [row["deleted_on"] for row in periods if row["ownership_id"] == "W2"] == [str(today)]
    assert "deleted_on" not in rows(first["absences.csv"])[0]
    load(folder, "--replace", "--yes")
    second, _folder = dump()
    assert second == first


def test_an_empty_company_has_tables_too(dump, load):
    first, folder = dump()
    assert first["absences.csv"] == b"rep_id,date\r\n"
    load(folder)
    second, _folder = dump()
    assert second == first


def test_a_sign_in_that_no_fact_names_is_no_rep(world, load, dump, admin, rows):
    from team.models import Employment

    Employment.objects.all().delete()
    load(world)
    dumped, _folder = dump()
    assert [row["rep_id"] for row in rows(dumped["reps.csv"])] == ["007", "R1", "r1", "нова"]


def test_dumping_where_nothing_can_be_written(tmp_path, db):
    (tmp_path / "file").write_text("")
    with pytest.raises(Exception, match="cannot be written"):
        call_command("dump_tables", str(tmp_path / "file"), stdout=StringIO())


def test_deals_of_another_pipeline_come_back_won(write, load, dump, rows):
    """Its stages join the one pipeline that tables know; its ends are won and lost there."""
    renewals, _made = add_pipeline(Pipeline(name="Renewals"), like=None, by=None)
    began, won = renewals.stages.get(kind="open"), renewals.stages.get(kind="won")
    load(write(customers="customer_id\nC\n", opportunities="opportunity_id,customer_id\nD,C\n"))
    deal = Deal.everything.get()
    for stage in (began, won):
        DealChange.everything.create(
            deal=deal,
            on=date(2025, 1, 2),
            stage=stage,
            amount=5,
            cents=500,
            recorded_on=date(2025, 1, 2),
        )
    first, folder = dump()
    assert [row["stage"] for row in rows(first["opp_history.csv"])] == [began.key, "won"]
    load(folder, "--replace", "--yes")
    assert list(Pipeline.objects.values_list("key", flat=True)) == ["default"]
    assert Deal.everything.get().stage.key == "won"
    assert Stage.objects.get(key=began.key).kind == "open"
    assert dump()[0] == first
