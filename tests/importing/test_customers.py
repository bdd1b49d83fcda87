"""Customers and contacts from files: what is new, filled, the same, wrong; and whose they may be."""

from datetime import date

import pytest

from customers.models import Contact, Customer, ImportBatch, ImportRow, Ownership
from sales.search import find
from team.models import AuditEntry, User

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)


def names(**lookup):
    return sorted(Customer.everything.filter(**lookup).values_list("name", flat=True))


def test_each_row_gets_its_verdict_and_errors_are_told_as_on_the_screen(bring):
    Customer.everything.create(name="Кава", phone="067 555 33 18", place="Київ")
    Customer.everything.create(name="Сіль", email="sil@x.ua")
    said = bring(
        "customers",
        "Назва;Телефон;Пошта;Місто;Мова\n"
        "Кава інша;+38 067 555-33-18;kava@x.ua;Львів;uk\n"
        "СІЛЬ;;SIL@x.ua;;\n"
        "Млин;050 111 22 33;;Одеса;Українська\n"
        ";0501112234;;;\n"
        "Олія;12345678;;;\n"
        "Хліб;;хліб;;клінгонська\n",
    )
    assert (said.code, said.counts) == (3, (1, 1, 1, 3))
    assert said.err.splitlines() == [
        "Row 5, Name: This field is required.",
        "Row 6, Phone: This number has 8 digits, Ukrainian numbers have 10.",
        "Row 7, E-mail: “хліб” is no e-mail address. It looks like name@company.com.",
        "Row 7, Language: “клінгонська” is none of: uk, en, zh, de, pl.",
    ]
    kava = Customer.everything.get(phone_e164="+380675553318")
    assert (kava.name, kava.email, kava.place, kava.language) == ("Кава", "kava@x.ua", "Київ", "uk")
    mill = Customer.everything.get(name="Млин")
    assert (mill.phone, mill.place, mill.language) == ("+380 50 111 2233", "Одеса", "uk")
    assert [row.verdict for row in ImportRow.objects.order_by("line")] == [
        "filled",
        "same",
        "new",
        *["error"] * 3,
    ]


def test_replace_and_skip_decide_about_what_is_there(bring):
    kava = Customer.everything.create(name="Кава", reference="7", place="Київ")
    text = "id,name,place,phone\n7,Кава,Львів,0675553318\n"
    assert bring("customers", text, "--existing", "skip", "--dry-run").counts == (0, 0, 1, 0)
    assert bring("customers", text, "--existing", "replace").counts == (0, 1, 0, 0)
    kava.refresh_from_db()
    assert (kava.place, kava.phone_e164, kava.version) == ("Львів", "+380675553318", 2)


def test_a_name_is_no_proof_where_the_phones_differ(bring):
    Customer.everything.create(name="Кава", phone="0675553318")
    assert bring("customers", "name,phone\nКАВА,0501112233\n").counts == (1, 0, 0, 0)
    assert bring("customers", "name\n«Нова Кава»\n").counts == (1, 0, 0, 0)
    assert bring("customers", "name,place\nнова кава,Рівне\n").counts == (0, 1, 0, 0)
    assert bring("customers", "name,place\nкава,Рівне\n").counts == (0, 0, 0, 1)


def test_a_repeated_row_is_told_with_the_row_it_repeats(bring):
    said = bring("customers", "id,name\n1,Кава\n2,Сіль\n1,Кава\n")
    assert said.counts == (2, 0, 0, 1)
    assert said.err.strip() == "Row 4, Reference: Row 2 has the same."


def test_what_is_imported_is_found_owned_and_audited(bring, rep, admin):
    said = bring(
        "customers",
        f"name,owner,owner since\nКарпатська Кава,{rep.email},01.03.2026\nСіль,Rita Rep,\nХліб,,\n",
        "--as",
        admin.email,
    )
    assert said.code == 0, said.err
    kava = Customer.everything.get(name="Карпатська Кава")
    assert find(rep, "karp").customers == [kava]
    owned = Ownership.everything.order_by("from_on").values_list("customer__name", "rep", "from_on")
    assert list(owned) == [("Карпатська Кава", rep.pk, date(2026, 3, 1)), ("Сіль", rep.pk, TODAY)]
    assert names(owner=None) == ["Хліб"]
    batch = ImportBatch.objects.get()
    assert batch.by == admin and batch.counts == {"new": 3}
    entries = AuditEntry.objects.filter(action="create", subject_type="customer")
    assert {(entry.actor, entry.batch) for entry in entries} == {(admin, batch.pk)}
    assert entries.count() == 3


def test_the_same_file_again_brings_nothing(bring):
    text = "name,phone\nКава,0675553318\nСіль,12\n"
    assert bring("customers", text).counts == (1, 0, 0, 1)
    assert bring("customers", text).counts == (0, 0, 1, 1)
    good = "name\nКава друга\n"
    bring("customers", good)
    again = bring("customers", good)
    assert again.code == 0
    assert again.out.replace("\xa0", " ").endswith(
        "This file was imported already, on 23 Nov 2026. Nothing new came in.\n"
    )
    assert Customer.everything.count() == 2


def test_after_a_mistake_in_the_options_only_what_was_left_out_comes_in(bring):
    text = "customer,on,amount\nКава,2026-01-05,10\nКава,2026-01-06,20\nСіль,2026-01-06,20\n"
    Customer.everything.create(name="Кава")
    assert bring("revenue", text).counts == (2, 0, 0, 1)
    assert bring("revenue", text, "--make", "customer").counts == (1, 0, 2, 0)
    assert Customer.everything.get(name="Сіль").purchases == 1
    assert Customer.everything.get(name="Кава").purchases == 2


def test_a_dry_run_says_the_same_and_keeps_nothing(bring):
    text = "name,phone\nКава,0675553318\nСіль,12\n"
    dry = bring("customers", text, "--dry-run")
    assert not Customer.everything.exists() and not ImportBatch.objects.exists()
    assert not AuditEntry.objects.exists()
    assert bring("customers", text).counts == dry.counts


def test_strict_keeps_nothing_of_a_file_with_an_error(bring):
    said = bring("customers", "name,phone\nКава,0675553318\nСіль,12\n", "--strict")
    assert said.code == 1
    assert said.err.startswith("Row 3, Phone: This number has 2 digits")
    assert not Customer.everything.exists() and not ImportBatch.objects.exists()


def test_unknown_columns_and_those_of_the_database_are_left_out(bring, rep, other_rep):
    said = bring(
        "customers",
        f"name,owner_id,version,created_at,is_staff,cents\nКава,{other_rep.pk},9,2020-01-01,1,5\n",
        "--as",
        rep.email,
    )
    assert said.code == 0
    assert said.out.count("left out") == 5
    kava = Customer.everything.get()
    assert (kava.owner, kava.version, kava.created_by) == (rep, 1, rep)


def test_a_rep_fills_only_what_is_theirs_and_never_sets_owners(bring, rep, other_rep, manager):
    mine = Customer.everything.create(name="Моя", reference="1", owner=rep)
    Customer.everything.create(name="Чужа", reference="2", owner=other_rep, phone="0675553318")
    text = "id;name;place;phone;owner\n1;Моя;Львів;;Otto Otherrep\n2;Чужа;Львів;;\n;Нова;;067 555 33 18;Otto Otherrep\n"
    said = bring("customers", text, "--as", rep.email)
    assert said.counts == (1, 1, 0, 1)
    assert "only managers and administrators give this" in said.out
    assert said.err.strip() == "Row 3, Reference: “2” is taken."
    mine.refresh_from_db()
    assert (mine.place, mine.owner) == ("Львів", rep)
    assert Customer.everything.get(reference="2").place == ""
    assert Customer.everything.get(name="Нова").owner == rep


def test_who_leaves_or_has_left_is_given_nothing_by_a_file(bring, rep, sub_rep, manager):
    User.objects.filter(pk=rep.pk).update(leaves_on=date(2027, 1, 8))
    User.objects.filter(pk=sub_rep.pk).update(is_active=False)
    text = f"name,owner\nКава,{rep.email}\nСіль,{sub_rep.email}\nХліб,\n"
    said = bring("customers", text, "--as", manager.email)
    assert said.counts == (1, 0, 0, 2)
    assert "Row 2, Owner: Rita Rep leaves and is given nothing more." in said.err
    assert "Row 3, Owner: Sasha Subrep may not sign in any more." in said.err
    assert names(owner=None) == ["Хліб"]


def test_a_manager_names_owners_only_among_their_people(bring, rep, other_rep, manager):
    text = f"name,owner\nКава,{rep.email}\nСіль,{other_rep.email}\n"
    said = bring("customers", text, "--as", manager.email)
    assert said.counts == (1, 0, 0, 1)
    assert said.err.startswith(f"Row 3, Owner: “{other_rep.email}” is nobody you answer for.")
    assert names(owner=rep) == ["Кава"]


def test_rights_by_target(bring, rep):
    for target in ("revenue", "people", "campaigns", "costs"):
        said = bring(
            target, "name,customer,on,amount,campaign\nx,y,2026-01-01,5,z\n", "--as", rep.email
        )
        assert (said.code, said.err) == (1, "You may not import this. Ask an administrator.")
    said = bring("customers", "name\nx\n", "--as", "nobody@example.com")
    assert said.err == "Nobody with the e-mail nobody@example.com may sign in."


def test_contacts_belong_to_customers_in_scope(bring, rep, other_rep):
    kava = Customer.everything.create(name="Кава", reference="K1", owner=rep)
    Customer.everything.create(name="Чужа", owner=other_rep)
    text = "customer;name;phone;email\nКАВА;Олена;0675553318;\nK1;Олена;;o@kava.ua\nЧужа;Іван;;\nНемає;Іван;;\n"
    said = bring("contacts", text, "--as", rep.email)
    assert said.counts == (1, 0, 0, 3)
    assert said.err.splitlines() == [
        "Row 3, Name: Row 2 has the same.",
        "Row 4, Customer: “Чужа” is no customer of yours.",
        "Row 5, Customer: “Немає” is no customer of yours.",
    ]
    assert list(Contact.everything.values_list("customer", "name")) == [(kava.pk, "Олена")]
    Customer.everything.create(name="Сіль", owner=rep)
    text = "customer;name;phone\nСіль;Олена;0675553318\nСіль;Петро;0675553318\nКава;Олена;\n"
    assert bring("contacts", text, "--as", rep.email).counts == (2, 0, 1, 0)
    assert find(rep, "0675553318").exact


def test_two_customers_of_one_name_are_not_guessed_between(bring):
    Customer.everything.create(name="Кава")
    Customer.everything.create(name="«Кава»")
    said = bring("contacts", "customer,name\nКава,Олена\n")
    assert said.err.strip() == "Row 2, Customer: There are several “Кава”. Give the reference."


def test_chunks_change_nothing_in_what_comes_out(bring, monkeypatch):
    text = "name,phone\n" + "".join(f"Кава {i % 7},06755500{i % 7:02}\n" for i in range(20))
    whole = bring("customers", text, "--dry-run").counts
    monkeypatch.setattr("customers.importing.running.CHUNK_ROWS", 3)
    assert bring("customers", text, "--dry-run").counts == whole
    monkeypatch.setattr("customers.importing.running.CHUNK_LETTERS", 40)
    assert bring("customers", text).counts == whole == (7, 0, 0, 13)
