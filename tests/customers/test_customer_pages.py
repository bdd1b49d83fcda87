"""The list of customers, and adding, editing and binning one, through the door people use."""

import html
import re
import uuid
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from customers.merging import merge
from customers.models import Contact, Customer, Ownership, SearchTerm
from customers.ownership import assign
from customers.search import index_record
from team.access import visible_or_404
from team.models import AuditDetail, AuditEntry, Company, User
from team.records import change_record

pytestmark = pytest.mark.django_db
Login = Callable[[User], Client]


def new(**changed: object) -> dict[str, object]:
    values: dict[str, object] = {
        "client_ref": str(uuid.uuid4()),
        "name": "ТОВ «Карпатська Кава»",
        "segment": "Food & drink",
        "phone": "067 555 01 42",
        "email": "Office@Kava.example",
        "currency": "UAH",
        "website": "kava.example",
    }
    return values | changed


def owned(owner: User | None, name: str = "Harbour & Finch Ltd", **values: object) -> Customer:
    row = Customer.everything.create(name=name, **values)
    if owner is not None:
        assign([row.pk], owner, on=Company.get().today, by=owner)
    index_record(row)
    row.refresh_from_db()
    return row


def edit(customer: Customer, **changed: object) -> dict[str, object]:
    values = new(name=customer.name, phone=customer.phone, email=customer.email)
    del values["client_ref"]
    return values | {"version": customer.version, "segment": "", "website": ""} | changed


def test_a_new_customer_is_stored_with_owner_period_terms_and_audit(
    login: Login, rep: User
) -> None:
    answer = login(rep).post("/customers/new/", new())
    customer = Customer.everything.get()
    assert (answer.status_code, answer["Location"]) == (303, f"/customers/{customer.pk}/")
    assert (customer.name, customer.segment) == ("ТОВ «Карпатська Кава»", "Food & drink")
    assert (customer.phone_e164, customer.email) == ("+380675550142", "office@kava.example")
    assert customer.website == "https://kava.example"
    assert (customer.owner, customer.created_by) == (rep, rep)
    period = Ownership.everything.get()
    assert (period.rep, period.from_on, period.to_on) == (rep, Company.get().today, None)
    assert SearchTerm.objects.filter(kind="customer", term="karpatska").exists()
    made = AuditEntry.objects.get(action="create")
    assert (made.actor, made.subject_name) == (rep, "ТОВ «Карпатська Кава»")
    assert AuditDetail.objects.get(entry=made).after["segment"] == "Food & drink"


def test_the_same_post_twice_makes_one_customer(login: Login, rep: User) -> None:
    browser, values = login(rep), new()
    first = browser.post("/customers/new/", values)
    second = browser.post("/customers/new/", values)
    assert first["Location"] == second["Location"]
    assert Customer.everything.count() == 1
    assert AuditEntry.objects.filter(action="create").count() == 1


def test_a_rep_never_chooses_owner_reference_or_version(
    login: Login, rep: User, other_rep: User
) -> None:
    extra = {"owner": other_rep.pk, "owner_id": other_rep.pk, "created_by": other_rep.pk}
    login(rep).post("/customers/new/", new(**extra, reference="X", version=9, merged_into=1))
    customer = Customer.everything.get()
    assert (customer.owner, customer.created_by, customer.version) == (rep, rep, 1)
    assert customer.reference != "X"


def test_a_manager_gives_a_new_customer_to_their_own_people_only(
    login: Login, manager: User, rep: User, other_rep: User
) -> None:
    browser = login(manager)
    refused = browser.post("/customers/new/", new(owner=other_rep.pk))
    assert refused.status_code == 422
    assert not Customer.everything.exists()
    browser.post("/customers/new/", new(owner=rep.pk))
    assert Customer.everything.get().owner == rep
    browser.post("/customers/new/", new(name="Nobody's", phone="", email="", owner=""))
    assert Customer.everything.get(name="Nobody's").owner is None


def test_bad_input_is_told_and_kept(login: Login, rep: User) -> None:
    answer = login(rep).post("/customers/new/", new(name="", phone="067 55", email="office@"))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "067 55" in page and "office@" in page
    assert page.count('class="invalid-feedback"') == 3
    assert not Customer.everything.exists()
    assert not AuditEntry.objects.filter(action="create").exists()


def test_a_second_one_is_asked_for_once(login: Login, rep: User) -> None:
    known = owned(rep, "ФОП Карпенко", phone="+380 67 555 01 42")
    browser, values = login(rep), new()
    answer = browser.post("/customers/new/", values)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "ФОП Карпенко already has this number." in page
    assert f'href="/customers/{known.pk}/"' in page
    assert 'name="second"' in page and "ТОВ «Карпатська Кава»" in page
    assert Customer.everything.count() == 1
    assert browser.post("/customers/new/", values | {"second": "on"}).status_code == 303
    assert Customer.everything.count() == 2


def test_of_somebody_elses_customer_only_that_it_is_known(
    login: Login, rep: User, other_rep: User
) -> None:
    owned(other_rep, "Secret Ltd", phone="+380675550142")
    page = login(rep).get("/duplicates/customer/", {"phone": "067 555 01 42"}).content.decode()
    assert "ask your manager" in page
    assert "Secret" not in page
    same_name = login(rep).get("/duplicates/customer/", {"name": "Secret Ltd"}).content.decode()
    assert "Secret" not in same_name and "ask your manager" not in same_name


def test_an_edit_is_stored_with_before_and_after(login: Login, rep: User) -> None:
    customer = owned(rep, phone="067 555 01 42")
    answer = login(rep).post(f"/customers/{customer.pk}/edit/", edit(customer, region="West"))
    customer.refresh_from_db()
    assert answer.status_code == 303
    assert (customer.region, customer.version, customer.owner) == ("West", 2, rep)
    detail = AuditDetail.objects.get(entry__action="update")
    assert detail.before["region"] == "" and detail.after["region"] == "West"
    assert "name" not in detail.after


def test_who_saved_first_is_not_overwritten(login: Login, rep: User, manager: User) -> None:
    customer = owned(rep, segment="Food & drink")
    mine = edit(customer, segment="Bakeries", place="Lviv")
    login(manager).post(f"/customers/{customer.pk}/edit/", edit(customer, segment="Coffee"))
    answer = login(rep).post(f"/customers/{customer.pk}/edit/", mine)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Bakeries" in page and "Coffee" in page and "Maria Manager" in page
    customer.refresh_from_db()
    assert (customer.segment, customer.place) == ("Coffee", "")
    settled = mine | {"version": customer.version, "segment": "Coffee"}
    assert login(rep).post(f"/customers/{customer.pk}/edit/", settled).status_code == 303
    customer.refresh_from_db()
    assert (customer.segment, customer.place) == ("Coffee", "Lviv")


def test_what_was_typed_for_a_customer_that_was_merged_meanwhile_is_offered_to_the_survivor(
    login: Login, rep: User, manager: User
) -> None:
    away = owned(rep, "Finch", phone="067 111 22 33", region="East")
    into = owned(rep, phone="044 222 33 44", region="West")
    opened = edit(away, region="North", place="Lviv")
    merge(away, into, on=Company.get().today, by=manager)
    browser = login(rep)
    answer = browser.post(f"/customers/{away.pk}/edit/", opened)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Finch became part of Harbour &amp; Finch Ltd meanwhile" in page
    kept = set(re.findall(r'name="(\w+)" value="([^"]*)" checked', page))
    # what was typed is chosen, what was only there is not
    assert {("region", "North"), ("place", "Lviv"), ("name", "Harbour &amp; Finch Ltd")} <= kept
    assert ("phone", "044 222 33 44") in kept
    assert {row.region for row in Customer.everything.all()} == {"East", "West"}
    address = re.search(r'action="(/customers/\d+/edit/)" data-once', page)
    version = re.search(r'name="version" value="(\d+)"', page)
    assert address and version and address[1] == f"/customers/{into.pk}/edit/"
    chosen = {name: html.unescape(value) for name, value in kept}
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
    assert browser.post(address[1], hidden | chosen).status_code == 303
    into.refresh_from_db()
    away.refresh_from_db()
    assert (into.region, into.place, into.phone_e164) == ("North", "Lviv", "+380442223344")
    assert (into.name, away.region) == ("Harbour & Finch Ltd", "East")
    assert browser.get(f"/customers/{away.pk}/edit/")["Location"] == address[1]


def test_what_only_the_other_one_changed_is_chosen_beforehand(
    login: Login, rep: User, manager: User
) -> None:
    customer = owned(rep, segment="Food & drink", region="West")
    mine = edit(customer, segment="Bakeries", place="Lviv", region="West")
    theirs = login(manager)
    theirs.post(f"/customers/{customer.pk}/edit/", edit(customer, region="South", segment="Coffee"))
    customer.refresh_from_db()
    theirs.post(
        f"/customers/{customer.pk}/edit/", edit(customer, region="North", phone="067 555 33 18")
    )
    page = login(rep).post(f"/customers/{customer.pk}/edit/", mine).content.decode()
    chosen = dict(re.findall(r'type="radio" name="(\w+)" value="([^"]*)" checked', page))
    # the segment was changed by both, the place by me alone, the region and the phone by the other one
    assert chosen == {
        "segment": "Bakeries",
        "place": "Lviv",
        "region": "North",
        "phone": "+380 67 555 3318",
    }


def test_saving_again_without_a_change_writes_nothing(login: Login, rep: User) -> None:
    customer = owned(rep)
    browser = login(rep)
    browser.post(f"/customers/{customer.pk}/edit/", edit(customer, place="Lviv"))
    entries = AuditEntry.objects.count()
    answer = browser.post(f"/customers/{customer.pk}/edit/", edit(customer, place="Lviv"))
    assert answer.status_code == 303
    customer.refresh_from_db()
    assert (customer.version, AuditEntry.objects.count()) == (2, entries)


@pytest.mark.parametrize("act", ["edit", "bin", "restore"])
def test_somebody_elses_customer_is_not_there(
    login: Login, rep: User, other_rep: User, act: str
) -> None:
    foreign = owned(other_rep, place="Odesa")
    browser = login(rep)
    answer = browser.post(f"/customers/{foreign.pk}/{act}/", edit(foreign, place="Lviv"))
    nowhere = browser.post(f"/customers/{foreign.pk + 999}/{act}/", edit(foreign))
    assert (answer.status_code, nowhere.status_code) == (404, 404)
    foreign.refresh_from_db()
    assert (foreign.place, foreign.binned_on, foreign.version) == ("Odesa", None, 1)


def test_the_bin_hides_and_undo_brings_back(login: Login, rep: User) -> None:
    customer = owned(rep)
    browser = login(rep)
    answer = browser.post(f"/customers/{customer.pk}/bin/", follow=True)
    page = answer.content.decode()
    assert f"/customers/{customer.pk}/restore/" in page
    assert f'href="/customers/{customer.pk}/' not in page
    customer.refresh_from_db()
    assert customer.binned_on == Company.get().today
    browser.post(f"/customers/{customer.pk}/restore/")
    customer.refresh_from_db()
    assert customer.binned_on is None
    assert list(AuditEntry.objects.order_by("id").values_list("action", flat=True)[1:]) == [
        "bin",
        "restore",
    ]


def test_acts_are_posts(login: Login, rep: User) -> None:
    customer = owned(rep)
    for act in ("bin", "restore"):
        assert login(rep).get(f"/customers/{customer.pk}/{act}/").status_code == 405


def names(page: str) -> list[str]:
    return [part.split("</a>")[0].split(">")[-1] for part in page.split("data-row-link")[1:]]


@pytest.fixture
def several(rep: User, other_rep: User) -> dict[str, Customer]:
    today = Company.get().today
    return {
        "buying": owned(
            rep, "Buying Ltd", purchases=9, lost_on=today + timedelta(days=60), annual_cents=900
        ),
        "silent": owned(
            rep,
            "Silent Ltd",
            purchases=5,
            last_purchase_on=today - timedelta(days=41),
            at_risk_on=today - timedelta(days=1),
            lost_on=today + timedelta(days=22),
            annual_cents=871_000_00,
            segment="Coffee",
        ),
        "lost": owned(rep, "Lost Ltd", purchases=2, lost_on=today, annual_cents=5),
        "never": owned(rep, "Fresh Ltd"),
        "binned": owned(rep, "Binned Ltd", binned_on=today),
        "foreign": owned(other_rep, "Foreign Ltd", annual_cents=999_999_99),
        "pool": owned(None, "Pool Ltd"),
    }


def test_the_list_holds_ones_own_by_value(
    login: Login, rep: User, several: dict[str, Customer]
) -> None:
    page = login(rep).get("/customers/").content.decode()
    assert names(page) == ["Silent Ltd", "Buying Ltd", "Lost Ltd", "Fresh Ltd"]
    assert "silent 41 days" in page
    assert "<b>4</b> customers" in page and "₴871,009" in page
    assert "Without owner" not in page


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("state=at-risk", ["Silent Ltd"]),
        ("state=lost", ["Lost Ltd"]),
        ("state=never", ["Fresh Ltd"]),
        ("state=buying", ["Silent Ltd", "Buying Ltd"]),
        ("segment=Coffee", ["Silent Ltd"]),
        ("sort=name", ["Buying Ltd", "Fresh Ltd", "Lost Ltd", "Silent Ltd"]),
        ("sort=-name", ["Silent Ltd", "Lost Ltd", "Fresh Ltd", "Buying Ltd"]),
    ],
)
def test_the_list_is_narrowed_and_sorted_by_its_address(
    login: Login, rep: User, several: dict[str, Customer], query: str, expected: list[str]
) -> None:
    assert names(login(rep).get(f"/customers/?{query}").content.decode()) == expected


@pytest.mark.parametrize(
    "query",
    [
        "owner__password__startswith=a",
        "sort=owner__password",
        "name__regex=.*",
        "state=everything",
        "state=pool",
        "after=%%%",
        "before=bm9uc2Vuc2U",
        "per_page=1000000",
        "sort=-",
    ],
)
def test_unknown_parameters_change_nothing(
    login: Login, rep: User, several: dict[str, Customer], query: str
) -> None:
    answer = login(rep).get(f"/customers/?{query}")
    assert answer.status_code == 200
    assert names(answer.content.decode()) == ["Silent Ltd", "Buying Ltd", "Lost Ltd", "Fresh Ltd"]


def test_a_foreign_owner_is_no_filter(
    login: Login, manager: User, other_rep: User, several: dict[str, Customer]
) -> None:
    page = login(manager).get(f"/customers/?owner={other_rep.pk}").content.decode()
    assert "Foreign Ltd" not in page
    assert "Otto Otherrep" not in page


def test_a_manager_sees_team_and_pool(
    login: Login, manager: User, several: dict[str, Customer]
) -> None:
    page = login(manager).get("/customers/?state=pool").content.decode()
    assert names(page) == ["Pool Ltd"]
    everyone = login(manager).get("/customers/").content.decode()
    assert "Foreign Ltd" not in everyone and "Silent Ltd" in everyone


def test_search_and_fragment(login: Login, rep: User, several: dict[str, Customer]) -> None:
    browser = login(rep)
    browser.post("/customers/new/", new())
    found = browser.get("/customers/?q=karpat").content.decode()
    assert names(found) == ["ТОВ «Карпатська Кава»"]
    part = browser.get("/customers/?q=karpat", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part and names(part) == ["ТОВ «Карпатська Кава»"]
    none = browser.get("/customers/?q=zzzzz").content.decode()
    assert "No customer matches" in none and names(none) == []


def test_pages_lie_side_by_side(login: Login, rep: User) -> None:
    for i in range(120):
        owned(rep, f"Customer {i:03d}")
    browser = login(rep)
    seen: list[list[str]] = []
    address: str | None = "/customers/?sort=name"
    while address:
        page = browser.get(address).content.decode()
        seen.append(names(page))
        address = next_address(page)
    assert [len(part) for part in seen] == [50, 50, 20]
    assert sum(seen, []) == [f"Customer {i:03d}" for i in range(120)]
    last = browser.get("/customers/?sort=name&last=1").content.decode()
    assert names(last) == [f"Customer {i:03d}" for i in range(70, 120)]


def next_address(page: str) -> str | None:
    before, found, _rest = page.partition('rel="next" href="')
    return "/customers/" + _rest.split('"')[0].replace("&amp;", "&") if found else None


def test_the_queries_do_not_grow_with_the_rows(login: Login, manager: User, rep: User) -> None:
    for i in range(3):
        owned(rep, f"First {i}")
    browser = login(manager)
    browser.get("/customers/")
    with CaptureQueriesContext(connection) as few:
        browser.get("/customers/?q=fir")
    for i in range(60):
        owned(rep, f"First again {i}")
    with CaptureQueriesContext(connection) as many:
        browser.get("/customers/?q=fir")
    assert len(few) == len(many) <= 14


def test_nobody_signed_in_sees_nothing(client: Client, rep: User) -> None:
    owned(rep, "Silent Ltd")
    answer = client.get("/customers/")
    assert answer.status_code == 302
    assert "Silent" not in answer.content.decode()


def test_a_long_day_without_customers_says_what_to_do(login: Login, rep: User) -> None:
    page = login(rep).get("/customers/").content.decode()
    assert "No customers yet" in page and "/customers/new/" in page


def test_contacts_belong_to_visible_customers(login: Login, rep: User, other_rep: User) -> None:
    mine, foreign = owned(rep), owned(other_rep, "Foreign Ltd")
    browser = login(rep)
    values = {"client_ref": str(uuid.uuid4()), "name": "Emily Carter", "role": "Buyer"}
    refused = browser.post("/contacts/new/", values | {"customer": foreign.pk})
    assert refused.status_code == 422
    assert not Contact.everything.exists()
    answer = browser.post("/contacts/new/", values | {"customer": mine.pk})
    assert answer["Location"] == f"/customers/{mine.pk}/"
    contact = Contact.everything.get()
    assert (contact.name, contact.customer, contact.created_by) == ("Emily Carter", mine, rep)
    assert names(browser.get("/contacts/").content.decode()) == ["Emily Carter"]
    assert names(login(other_rep).get("/contacts/").content.decode()) == []


def test_a_customer_is_found_by_its_name_without_a_script(login: Login, rep: User) -> None:
    browser = login(rep)
    browser.post("/customers/new/", new())
    kava = Customer.everything.get()
    values = {"client_ref": str(uuid.uuid4()), "name": "Роман Гнатюк", "customer-typed": "karpat"}
    assert browser.post("/contacts/new/", values).status_code == 303
    assert Contact.everything.get().customer == kava
    browser.post("/customers/new/", new(name="Карпатський мед", phone="", email=""))
    several = values | {"client_ref": str(uuid.uuid4()), "name": "Another"}
    page = browser.post("/contacts/new/", several)
    assert page.status_code == 422
    assert "Several match" in page.content.decode()
    assert f'value="{kava.pk}"' in page.content.decode()
    nothing = browser.post("/contacts/new/", several | {"customer-typed": "qqqqq"})
    assert nothing.status_code == 422
    assert Contact.everything.count() == 1


def test_a_contact_is_edited_binned_and_restored(login: Login, rep: User, other_rep: User) -> None:
    mine = owned(rep)
    contact = Contact.everything.create(customer=mine, name="Emily Carter")
    browser = login(rep)
    values = {"version": 1, "name": "Emily Stone", "customer": mine.pk, "role": "", "email": ""}
    assert browser.post(f"/contacts/{contact.pk}/edit/", values).status_code == 303
    contact.refresh_from_db()
    assert (contact.name, contact.version) == ("Emily Stone", 2)
    page = browser.get(f"/contacts/{contact.pk}/edit/").content.decode()
    assert "<del>Emily Carter</del> → <ins>Emily Stone</ins>" in page
    assert login(other_rep).post(f"/contacts/{contact.pk}/bin/").status_code == 404
    browser.post(f"/contacts/{contact.pk}/bin/")
    assert names(browser.get("/contacts/").content.decode()) == []
    browser.post(f"/contacts/{contact.pk}/restore/")
    assert names(browser.get("/contacts/").content.decode()) == ["Emily Stone"]


def test_what_is_recorded_today_is_known_from_today(login: Login, rep: User) -> None:
    login(rep).post("/customers/new/", new())
    recorded: date | None = Customer.everything.get().recorded_on
    assert recorded == Company.get().today


def test_the_bin_does_not_mind_an_edit_that_was_saved_first(rep, login, monkeypatch):
    """A colleague saves between looking and binning: both deeds stand, nobody sees a broken page."""
    customer = Customer.everything.create(name="Old name", owner=rep)
    contact = Contact.everything.create(name="Old name", customer=customer)
    for model, path in (
        (Customer, f"/customers/{customer.pk}/"),
        (Contact, f"/contacts/{contact.pk}/"),
    ):
        saved_meanwhile(monkeypatch, model, name="New name")
        assert login(rep).post(f"{path}bin/").status_code == 303
        row = model.everything.get()
        assert (row.name, row.binned_on is not None, row.version) == ("New name", True, 3)
        saved_meanwhile(monkeypatch, model, name="Newer name")
        assert login(rep).post(f"{path}restore/").status_code == 303
        row = model.everything.get()
        assert (row.name, row.binned_on, row.version) == ("Newer name", None, 5)


def saved_meanwhile(monkeypatch, model, **values):
    """The next row that a view finds is edited right after it was found."""
    for module in ("customers.views.customers", "customers.views.contacts"):

        def find(*args, **lookup):
            row = visible_or_404(*args, **lookup)
            change_record(model.everything.get(), values, by=None, version=row.version)
            return row

        monkeypatch.setattr(f"{module}.visible_or_404", find)


def test_a_rep_takes_no_customer_out_of_the_figures(rep, manager, north, login):
    """Test customers are left out of every loss; a file says so for leaders alone, and so does the form."""
    assert login(rep).post("/customers/new/", new(is_test="on")).status_code == 303
    customer = Customer.everything.get()
    page = f"/customers/{customer.pk}/edit/"
    assert 'name="is_test"' not in login(rep).get(page).content.decode()
    login(rep).post(page, new(is_test="on", version=1, name="Renamed"))
    customer.refresh_from_db()
    assert (customer.name, customer.is_test) == ("Renamed", False)
    login(manager).post(page, new(is_test="on", version=2))
    customer.refresh_from_db()
    assert customer.is_test
    login(rep).post(page, new(version=3, name="Renamed again"))
    customer.refresh_from_db()
    assert (customer.name, customer.is_test) == ("Renamed again", True)
