import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.test import Client

from customers.models import Customer
from team.audit import Actor, Change, acting, record, record_many
from team.history import history_of
from team.models import AuditEntry
from team.watching import record_export
from team.wording import ACTIONS

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def office(admin, login):
    return login(admin)


def shown(browser, query=""):
    answer = browser.get(f"/audit/{query}")
    assert answer.status_code == 200
    return [event.entry for event in answer.context["events"]]


def test_before_and_after_stand_in_words(office, admin, rep, north, south):
    record(
        "update",
        rep,
        by=admin,
        before={"team": north.pk, "is_manager": False, "density": "compact", "name": ""},
        after={"team": south.pk, "is_manager": True, "density": "comfortable", "name": "Rita Rep"},
    )
    page = " ".join(re.sub(r"<[^>]+>", " ", office.get("/audit/").content.decode()).split())
    assert "Ada Admin" in page
    assert "team: North → South" in page
    assert "manager: No → Yes" in page
    assert "row height: Compact → Comfortable" in page
    assert "name: — → Rita Rep" in page
    assert f'href="/people/{rep.pk}/"' in office.get("/audit/").content.decode()


def test_days_and_instants_are_written_as_people_read_them(admin, rep, company):
    record(
        "end employment",
        rep,
        by=admin,
        after={"left_on": "2026-11-23", "seen": "2026-11-23T12:05:00Z", "name": "20-26"},
    )
    lines = {line.label: line.after for line in history_of(rep, admin)[0].lines}
    assert lines["last working day"] == "23\xa0Nov\xa02026"
    assert lines["seen"] == "23\xa0Nov\xa02026, 12:05"
    assert lines["name"] == "20-26"


def test_the_log_is_searched_by_each_of_its_sides(office, admin, rep, other_rep):
    record("update", rep, by=admin, after={"name": "Rita"})
    record("update", other_rep, by=rep, after={"name": "Otto"})
    with acting(Actor(user=rep)) as act:
        record("export", None, by=rep, after={"what": "customers"})
        record("sign-out", rep, by=rep)
    assert [e.subject_name for e in shown(office, f"?actor={admin.pk}")] == ["Rita Rep"]
    assert [e.action for e in shown(office, "?action=export")] == ["export"]
    assert {e.subject_type for e in shown(office, "?subject=user")} == {"user"}
    assert [e.subject_name for e in shown(office, "?q=otto")] == ["Otto Otherrep"]
    assert [e.action for e in shown(office, f"?batch={act.batch}")] == ["sign-out", "export"]
    assert len(shown(office, f"?subject=user&subject_id={rep.pk}")) == 2


def test_days_of_the_log_are_the_companys(office, admin, rep, company):
    entry = AuditEntry.objects.create(
        at=datetime(2026, 3, 28, 22, 30, tzinfo=UTC), action="update", actor=admin
    )
    assert shown(office, "?since=2026-03-29&until=2026-03-29") == [entry]
    assert entry not in shown(office, "?until=2026-03-28")
    assert entry not in shown(office, "?since=2026-03-30")


def test_unknown_filters_change_nothing_and_wrong_ones_are_no_error(office, rep, admin):
    record("update", rep, by=admin, after={"name": "Rita"})
    assert len(shown(office, "?actor__password__startswith=a&o=actor__password")) == 1
    for query in ("?since=soon", "?actor=99999", "?batch=x", "?after=%00%ff", "?subject_id=1e9999"):
        assert office.get(f"/audit/{query}").status_code == 200, query


def test_a_million_entries_would_cost_the_same_queries(
    office, admin, rep, django_assert_max_num_queries
):
    changes = [Change(rep, {"name": f"a{n}", "team": None}, {"name": f"b{n}"}) for n in range(200)]
    record_many("update", changes, by=admin)
    with django_assert_max_num_queries(10):
        first = shown(office)
    assert len(first) == 50
    following = re.search(r'href="(\?after=[^"]+)"', office.get("/audit/").content.decode())
    second = shown(office, following.group(1).replace("&amp;", "&"))
    assert [e.pk for e in second] == list(range(first[-1].pk - 1, first[-1].pk - 51, -1))


def test_only_administrators_read_the_log(rep, manager, director, login):
    for person in (rep, manager, director):
        assert login(person).get("/audit/").status_code == 403
    assert Client().get("/audit/").status_code == 302


def test_refusals_are_logged_with_who_and_what(rep, other_rep, manager, login):
    login(rep).post("/settings/", {"name": "Mine"})
    login(manager).get(f"/people/{other_rep.pk}/")
    login(manager).get("/people/987654/")
    login(manager).get("/no/such/page/")
    found = AuditEntry.objects.filter(action__in=["refuse", "not found"]).order_by("id")
    assert list(found.values_list("action", "actor_name", "subject_name")) == [
        ("refuse", "Rita Rep", "POST /settings/"),
        ("not found", "Maria Manager", f"GET /people/{other_rep.pk}/"),
        ("not found", "Maria Manager", "GET /people/987654/"),
    ]
    assert all(entry.address == "127.0.0.1" and entry.request_id for entry in found)


def test_a_record_named_behind_the_question_mark_is_logged_too(rep, other_rep, login):
    theirs = Customer.everything.create(name="Theirs", owner=other_rep)
    browser = login(rep)
    for door in (f"/calls/new/?customer={theirs.pk}", f"/today/?customer={theirs.pk}"):
        assert browser.get(door).status_code == 404
    browser.post("/calls/new/", {"customer": theirs.pk})
    found = AuditEntry.objects.filter(action="not found").order_by("id")
    assert list(found.values_list("actor_name", "subject_name")) == [
        ("Rita Rep", f"GET /calls/new/?customer={theirs.pk}"),
        ("Rita Rep", f"GET /today/?customer={theirs.pk}"),
        ("Rita Rep", "POST /calls/new/"),
    ]


def test_log_lines_cannot_be_forged(manager, login):
    login(manager).get("/people/1/%0d%0aAda%20Admin%20exported/")
    login(manager).post("/password/x%0d%0ay/", {})
    names = AuditEntry.objects.values_list("subject_name", flat=True)
    assert not any("\n" in name or "\r" in name for name in names)


def test_an_export_is_written_with_its_filter_and_hash(admin):
    record_export("customers", rows=412, filters={"state": "lost"}, sha256="ab12", by=admin)
    export = AuditEntry.objects.get()
    assert (export.action, export.detail.after) == (
        "export",
        {"what": "customers", "rows": 412, "filter": {"state": "lost"}, "sha256": "ab12"},
    )


def test_history_hides_names_beyond_the_viewers_scope(rep, manager, admin, north):
    record("update", north, by=admin, before={"manager": manager.pk}, after={"manager": admin.pk})
    for viewer in (admin, manager):
        line = history_of(north, viewer)[0].lines[0]
        assert (line.label, line.before, line.after) == ("manager", "Maria Manager", "Ada Admin")


def test_history_is_two_queries_however_long(admin, rep, django_assert_num_queries):
    record_many("update", [Change(rep, {"team": n}, {"team": n + 1}) for n in range(40)], by=admin)
    with django_assert_num_queries(2):
        assert len(history_of(rep, admin)) == 20


def test_a_deleted_reference_stays_a_number(admin, rep):
    record("update", rep, by=admin, before={"team": 4711}, after={"team": None})
    line = history_of(rep, admin)[0].lines[0]
    assert (line.before, line.after) == ("#4711", "—")


def test_values_are_shown_inert(office, rep, admin):
    record("update", rep, by=admin, after={"name": "<script>alert(1)</script>"})
    page = office.get("/audit/").content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_every_action_that_is_written_somewhere_has_words():
    call = re.compile(
        r'\b(?:record|record_many|_record_failure)\(\s*"([^"]+)"|\baction="(?!store_|append)([^"]+)"'
    )
    sources = [
        p for app in ("team", "customers", "sales", "reports") for p in (ROOT / app).rglob("*.py")
    ]
    written = {one or two for path in sources for one, two in call.findall(path.read_text())}
    assert {"update", "sign-in failed", "assign"} <= written | set(ACTIONS)
    assert sorted(written - set(ACTIONS)) == []


def test_nobody_who_acted_is_ever_deleted(rep, admin):
    from django.db.models import ProtectedError

    record("update", admin, by=rep, after={"name": "x"})
    with pytest.raises(ProtectedError):
        rep.delete()


def test_digits_alone_are_no_day(rep, admin):
    record("update", rep, by=admin, after={"what": "0671112233", "on": "2026-11-23"})
    # the two databases keep names in orders of their own
    told = {line.after for line in history_of(rep, admin)[0].lines}
    assert told == {"0671112233", "23\xa0Nov\xa02026"}
