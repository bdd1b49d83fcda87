from datetime import date

import pytest
import time_machine
from django.core import mail
from django.test import Client

from conftest import PASSWORD, TODAY
from team.models import (
    Absence,
    AuditEntry,
    Employment,
    Job,
    Membership,
    Team,
    User,
    Wage,
)
from tests.team.test_passwords import link_of, post_letters


@pytest.fixture(autouse=True)
def on_monday(company):
    with time_machine.travel(f"{TODAY}T10:00:00+02:00", tick=True):
        yield


@pytest.fixture
def office(admin, login):
    return login(admin)


def actions(subject, *names):
    entries = AuditEntry.objects.filter(subject_type="user", subject_id=subject.pk)
    return list(entries.order_by("id").values_list("action", flat=True))


NEWCOMER = {
    "name": "Nadia Newcomer",
    "email": "Nadia@Example.com",
    "language": "uk",
    "is_rep": "on",
    "reference": "",
    "hired_on": "2026-11-02",
    "invite": "on",
    "client_ref": "11111111-1111-4111-8111-111111111111",
}


def test_a_newcomer_is_invited_chooses_a_password_and_signs_in(office, north, admin):
    answer = office.post("/people/new/", {**NEWCOMER, "team": north.pk})
    nadia = User.objects.get(email="nadia@example.com")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/people/{nadia.pk}/")
    assert (nadia.team, nadia.is_rep, nadia.is_admin) == (north, True, False)
    assert Employment.objects.get(user=nadia).hired_on == date(2026, 11, 2)
    member = Membership.objects.get(user=nadia)
    assert (member.team, member.from_on, member.recorded_on) == (north, date(2026, 11, 2), TODAY)
    assert actions(nadia) == ["create", "hire", "move", "invite"]
    assert AuditEntry.objects.filter(subject_id=nadia.pk, actor=admin).count() == 4

    post_letters()
    link = link_of(mail.outbox[0])
    assert mail.outbox[0].to == ["nadia@example.com"]
    with time_machine.travel("2026-11-26T09:00:00+02:00"):
        assert Client().get(link).status_code == 200
    with time_machine.travel("2026-11-26T11:00:00+02:00"):
        assert Client().get(link).status_code == 410
    Client().post(link, {"password": "her own long password"})
    signed_in = {"email": "nadia@example.com", "password": "her own long password"}
    assert Client().post("/sign-in/", signed_in).status_code == 303


@pytest.mark.parametrize("changed", [{}, {"email": "nadia2@example.com"}])
def test_a_double_click_makes_one_person_and_one_letter(office, north, changed):
    first = office.post("/people/new/", {**NEWCOMER, "reference": "RE-7"})
    second = office.post("/people/new/", {**NEWCOMER, "reference": "RE-7", **changed})
    assert first.headers["Location"] == second.headers["Location"]
    assert User.objects.filter(name="Nadia Newcomer").count() == 1
    assert Job.everything.filter(kind="team.letter").count() == 1


def test_what_is_wrong_is_said_and_what_was_typed_is_kept(office, rep):
    wrong = {**NEWCOMER, "email": rep.email, "hired_on": "soon"}
    answer = office.post("/people/new/", wrong)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Rita Rep already signs in with this e-mail." in page
    assert 'value="Nadia Newcomer"' in page
    assert 'value="soon"' in page
    assert not User.objects.filter(name="Nadia Newcomer").exists()
    assert office.post("/people/new/", {**NEWCOMER, "email": ""}).status_code == 422


def test_somebody_without_email_can_be_kept(office):
    fields = {**NEWCOMER, "email": "", "reference": "R-7"}
    del fields["invite"]
    office.post("/people/new/", fields)
    kept = User.objects.get(reference="R-7")
    assert kept.email is None
    assert Client().post("/sign-in/", {"email": "", "password": "x"}).status_code == 422


def edit(browser, user, **changes):
    fields = {"name": user.name, "email": user.email, "language": user.language}
    fields |= {role: "on" for role in ("is_rep", "is_manager", "is_admin") if getattr(user, role)}
    fields |= {"version": user.version, **changes}
    fields = {key: value for key, value in fields.items() if value is not None}
    return browser.post(f"/people/{user.pk}/edit/", fields)


def test_rights_change_at_once(office, rep, login):
    browser = login(rep)
    assert browser.get("/people/").status_code == 403
    assert edit(office, rep, is_manager="on").status_code == 303
    assert browser.get("/people/").status_code == 200
    entry = AuditEntry.objects.get(subject_id=rep.pk, action="update")
    assert (entry.detail.before, entry.detail.after) == (
        {"is_manager": False},
        {"is_manager": True},
    )


def test_nobody_changes_their_own_roles(office, admin):
    page = office.get(f"/people/{admin.pk}/edit/").content.decode()
    assert "is_manager" not in page
    edit(office, admin, is_manager="on", is_director="on", is_staff="on", name="Ada Second")
    admin.refresh_from_db()
    assert (admin.name, admin.is_manager, admin.is_director) == ("Ada Second", False, False)
    assert admin.is_admin, "what was not offered is not taken away either"


def test_only_a_director_names_directors(office, director, rep, admin, login):
    edit(office, rep, is_director="on")
    rep.refresh_from_db()
    assert not rep.is_director
    director.is_admin = True
    director.save()
    edit(login(director), rep, is_director="on")
    rep.refresh_from_db()
    assert rep.is_director


def test_the_first_director_is_named_by_an_administrator(office, rep):
    edit(office, rep, is_director="on")
    rep.refresh_from_db()
    assert rep.is_director


def test_the_last_administrator_stays(office, admin, hire, login):
    second = hire("Second Admin", is_admin=True)
    browser = login(second)
    assert edit(browser, admin, is_admin=None).status_code == 303
    admin.refresh_from_db()
    assert not admin.is_admin
    assert browser.post(f"/people/{second.pk}/deactivate/").status_code == 303
    second.refresh_from_db()
    assert second.is_active

    from team.departures import deactivate, end_due_sign_ins
    from team.refusals import Refusal

    with pytest.raises(Refusal, match="last administrator"):
        deactivate(second, by=None)
    Employment.objects.filter(user=second).update(left_on=date(2026, 11, 20))
    assert end_due_sign_ins(TODAY) == 0
    second.refresh_from_db()
    assert second.is_active


def test_a_manager_is_not_unmade_while_they_manage(office, manager, north):
    answer = edit(office, manager, is_manager=None)
    assert answer.status_code == 422
    assert "Maria Manager manages North" in answer.content.decode()
    manager.refresh_from_db()
    assert manager.is_manager


def test_two_edits_at_once_the_second_sees_both(office, rep):
    edit(office, rep, name="Rita First")
    answer = edit(office, rep, name="Rita Second")
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Rita First" in page
    assert "Rita Second" in page
    rep.refresh_from_db()
    assert rep.name == "Rita First"


def test_a_new_email_is_told_to_the_old_address(office, rep):
    edit(office, rep, email="new@example.com")
    post_letters()
    assert mail.outbox[0].to == ["rita.rep@example.com"]


def test_changing_the_team_today_keeps_the_past(office, rep, north, south):
    office.post(f"/people/{rep.pk}/team/", {"team": south.pk, "on": "2026-11-23"})
    rep.refresh_from_db()
    assert rep.team == south
    rows = Membership.objects.filter(user=rep).order_by("id")
    assert [(m.team, m.from_on, m.to_on, m.deleted_on) for m in rows] == [
        (north, date(2024, 1, 1), TODAY, None),
        (south, TODAY, None, None),
    ]


def test_changing_the_team_for_a_past_day_writes_history_anew(office, rep, north, south):
    office.post(f"/people/{rep.pk}/team/", {"team": south.pk, "on": "2026-11-02"})
    rows = Membership.objects.filter(user=rep).order_by("id")
    assert [(m.team, m.from_on, m.to_on, m.recorded_on, m.deleted_on) for m in rows] == [
        (north, date(2024, 1, 1), None, date(2024, 1, 1), TODAY),
        (north, date(2024, 1, 1), date(2026, 11, 2), TODAY, None),
        (south, date(2026, 11, 2), None, TODAY, None),
    ]


@pytest.mark.parametrize("day", ["2026-11-24", "2023-12-31", "yesterday"])
def test_a_team_changes_neither_ahead_nor_before_the_present_one(office, rep, north, south, day):
    answer = office.post(f"/people/{rep.pk}/team/", {"team": south.pk, "on": day})
    assert answer.status_code == 422
    rep.refresh_from_db()
    assert rep.team == north
    assert Membership.objects.filter(user=rep).count() == 1


def test_leaving_today_ends_sign_in_in_the_night(office, rep, north, login):
    from team.departures import end_due_sign_ins

    browser = login(rep)
    leave = {"last_day": "2026-11-23", "reason": "moves away"}
    office.post(f"/people/{rep.pk}/leave/", leave)
    job = Employment.objects.get(user=rep)
    assert (job.left_on, job.leave_reason) == (TODAY, "moves away")
    assert Membership.objects.get(user=rep).to_on == date(2026, 11, 24)
    assert browser.get("/profile/").status_code == 200
    assert end_due_sign_ins(TODAY) == 0
    assert end_due_sign_ins(date(2026, 11, 24)) == 1
    assert browser.get("/profile/").status_code == 302
    rep.refresh_from_db()
    assert rep.team == north, "what they still hold stays in sight of the manager"
    assert User.objects.filter(pk=rep.pk).exists()


def test_leaving_with_sign_in_ended_now(office, rep, login):
    browser = login(rep)
    office.post(f"/people/{rep.pk}/leave/", {"last_day": "2026-12-31", "now": "on"})
    assert browser.get("/profile/").status_code == 302
    assert Employment.objects.get(user=rep).left_on == date(2026, 12, 31)


def test_leaving_noted_late_writes_the_employment_anew(office, rep):
    office.post(f"/people/{rep.pk}/leave/", {"last_day": "2026-10-30"})
    rows = Employment.objects.filter(user=rep).order_by("id")
    assert [(e.left_on, e.recorded_on, e.deleted_on) for e in rows] == [
        (None, date(2024, 1, 1), TODAY),
        (date(2026, 10, 30), TODAY, None),
    ]
    rep.refresh_from_db()
    assert not rep.is_active
    assert Membership.objects.get(user=rep, deleted_on=None).to_on == date(2026, 10, 31)


def test_leaving_before_being_hired_is_refused(office, rep):
    answer = office.post(f"/people/{rep.pk}/leave/", {"last_day": "2023-01-01"})
    assert answer.status_code == 422
    assert "They were hired on 1\xa0Jan\xa02024." in answer.content.decode()
    assert Employment.objects.get(user=rep).left_on is None


def test_coming_back(office, rep, south):
    office.post(f"/people/{rep.pk}/leave/", {"last_day": "2026-10-30"})
    refused = office.post(f"/people/{rep.pk}/rehire/", {"on": "2026-10-30", "team": south.pk})
    assert refused.status_code == 422
    office.post(f"/people/{rep.pk}/rehire/", {"on": "2026-11-23", "team": south.pk})
    rep.refresh_from_db()
    assert (rep.is_active, rep.team) == (True, south)
    live = Employment.objects.filter(user=rep, deleted_on=None).order_by("hired_on")
    assert [(e.hired_on, e.left_on) for e in live] == [
        (date(2024, 1, 1), date(2026, 10, 30)),
        (TODAY, None),
    ]
    assert Client().post("/sign-in/", {"email": rep.email, "password": PASSWORD}).status_code == 303


def test_nobody_ends_their_own_employment(office, admin):
    answer = office.post(f"/people/{admin.pk}/leave/", {"last_day": "2026-11-23"})
    assert answer.status_code == 422
    assert Employment.objects.get(user=admin).left_on is None


def test_absences_count_working_days_once(office, rep):
    week = {"from_on": "2026-11-19", "to_on": "2026-11-24", "reason": "ill"}
    office.post(f"/people/{rep.pk}/absences/new/", week)
    office.post(f"/people/{rep.pk}/absences/new/", week)
    days = Absence.objects.filter(user=rep).values_list("on", flat=True)
    assert [day.day for day in days] == [19, 20, 23, 24]
    page = office.get(f"/people/{rep.pk}/").content.decode()
    assert "4 working days · ill" in page
    office.post(
        f"/people/{rep.pk}/absences/remove/", {"from_on": "2026-11-19", "to_on": "2026-11-24"}
    )
    assert set(Absence.objects.values_list("deleted_on", flat=True)) == {TODAY}


def test_wages_are_for_directors_alone(office, director, rep, manager, login):
    set_wage = {"from_on": "2026-11-01", "monthly_wage": "31234.50", "monthly_expenses": ""}
    assert office.post(f"/people/{rep.pk}/wages/new/", set_wage).status_code == 403
    assert not Wage.objects.exists()
    boss = login(director)
    assert boss.post(f"/people/{rep.pk}/wages/new/", set_wage).status_code == 303
    assert "₴31,235" in boss.get(f"/people/{rep.pk}/").content.decode()
    for other in (office, login(manager)):
        page = other.get(f"/people/{rep.pk}/").content.decode()
        assert "31234" not in page and "31,23" not in page
        assert "Wages are visible to directors only." in page
    log = office.get("/audit/?action=set+wage").content.decode()
    assert "set a wage" in log
    assert "31234" not in log and "31,23" not in log
    assert "for directors only" in log


def test_a_wage_changed_later_is_a_deletion_and_a_new_row(director, rep, login):
    boss = login(director)
    address = f"/people/{rep.pk}/wages/new/"
    Wage.objects.create(
        user=rep, from_on=date(2026, 1, 1), monthly_wage=1000, recorded_on=date(2026, 1, 5)
    )
    boss.post(address, {"from_on": "2026-01-01", "monthly_wage": "1200", "monthly_expenses": "0"})
    rows = Wage.objects.order_by("id")
    assert [(w.monthly_wage, w.recorded_on, w.deleted_on) for w in rows] == [
        (1000, date(2026, 1, 5), TODAY),
        (1200, TODAY, None),
    ]
    boss.post(address, {"from_on": "2026-01-01", "monthly_wage": "1200", "monthly_expenses": "0"})
    assert Wage.objects.count() == 2
    boss.post(f"/people/{rep.pk}/wages/{rows[1].pk}/remove/")
    assert not Wage.objects.filter(deleted_on=None).exists()


def test_a_manager_reads_their_people_and_changes_nothing(manager, rep, other_rep, login):
    browser = login(manager)
    names = browser.get("/people/").content.decode()
    assert "Rita Rep" in names
    assert "Otto Otherrep" not in names
    assert browser.get(f"/people/{rep.pk}/").status_code == 200
    assert browser.get(f"/people/{other_rep.pk}/").status_code == 404
    for act in ("edit", "team", "leave", "deactivate", "absences/new", "invite", "sign-out"):
        assert browser.post(f"/people/{rep.pk}/{act}/", {}).status_code == 403, act
    assert "<h2>History</h2>" not in browser.get(f"/people/{rep.pk}/").content.decode()


def test_the_list_narrows_sorts_and_finds(office, rep, other_rep, sub_rep, north, admin):
    def names(query):
        rows = office.get(f"/people/{query}").context["listing"].page.rows
        return [row.name for row in rows]

    assert names("?role=rep") == ["Otto Otherrep", "Rita Rep", "Sasha Subrep"]
    assert names("?role=rep&sort=-name") == ["Sasha Subrep", "Rita Rep", "Otto Otherrep"]
    assert names(f"?team={north.pk}") == ["Rita Rep", "Sasha Subrep"]
    assert names("?q=OTTO") == ["Otto Otherrep"]
    assert names("?q=rita.rep@") == ["Rita Rep"]
    assert names("?role=rep&password__startswith=a&is_admin=1") == names("?role=rep")


def test_the_number_of_queries_does_not_grow(
    office, hire, north, rep, django_assert_max_num_queries
):
    office.get("/people/")
    for number in range(30):
        hire(f"Person {number}", team=north, is_rep=True)
    with django_assert_max_num_queries(10):
        office.get("/people/")
    # one for each habit, one for who leaves
    with django_assert_max_num_queries(18):
        office.get(f"/people/{rep.pk}/")


def test_teams_lie_inside_each_other_but_never_in_themselves(
    office, north, north_sub, south, admin
):
    def save(team, **changes):
        team.refresh_from_db()
        fields = {
            "name": team.name,
            "parent": team.parent_id or "",
            "manager": team.manager_id or "",
        }
        return office.post(
            f"/teams/{team.pk}/edit/", {**fields, "version": team.version, **changes}
        )

    assert save(north, parent=north_sub.pk).status_code == 422
    assert save(north, parent=north.pk).status_code == 422
    assert save(north, parent=south.pk).status_code == 303
    paths = dict(Team.objects.values_list("name", "path"))
    assert paths["North"] == f"/{south.pk}/{north.pk}/"
    assert paths["North, key accounts"] == f"/{south.pk}/{north.pk}/{north_sub.pk}/"
    assert save(north, parent="").status_code == 303
    assert Team.objects.get(pk=north_sub.pk).path == f"/{north.pk}/{north_sub.pk}/"
    assert save(south, name="NORTH").status_code == 422
    assert save(south, name="Far South").status_code == 303
    page = office.get(f"/teams/{south.pk}/edit/").content.decode()
    assert "<del>South</del> → <ins>Far South</ins>" in page


def test_the_operation_itself_refuses_a_circle(north, north_sub, admin):
    from team.refusals import Refusal
    from team.teams import change_team

    with pytest.raises(Refusal, match="inside itself"):
        change_team(north, {"parent": north_sub}, by=admin, version=north.version)
    north.refresh_from_db()
    assert north.parent is None


def test_a_new_team_shows_its_manager_its_people(office, manager, other_rep, north, south, login):
    ref = "22222222-2222-4222-8222-222222222222"
    fields = {"name": "West", "parent": north.pk, "manager": "", "client_ref": ref}
    office.post("/teams/new/", fields)
    office.post("/teams/new/", fields)
    west = Team.objects.get(name="West")
    assert west.path == f"/{north.pk}/{west.pk}/"
    office.post(f"/people/{other_rep.pk}/team/", {"team": west.pk, "on": "2026-11-23"})
    assert login(manager).get(f"/people/{other_rep.pk}/").status_code == 200


def test_only_managers_are_offered_to_run_a_team(office, rep, north):
    answer = office.post(
        f"/teams/{north.pk}/edit/",
        {"name": "North", "manager": rep.pk, "version": north.version},
    )
    assert answer.status_code == 422
    north.refresh_from_db()
    assert north.manager != rep


def test_a_team_closes_when_nobody_is_left(office, rep, north, south):
    office.post(f"/teams/{north.pk}/close/")
    north.refresh_from_db()
    assert north.is_active
    office.post(f"/people/{rep.pk}/team/", {"team": south.pk, "on": "2026-11-23"})
    office.post(f"/teams/{north.pk}/close/")
    north.refresh_from_db()
    assert not north.is_active
    assert (
        north not in office.get(f"/people/{rep.pk}/team/").context["form"].fields["team"].queryset
    )
    office.post(f"/teams/{north.pk}/reopen/")
    north.refresh_from_db()
    assert north.is_active


def test_a_manager_sees_the_teams_they_run(manager, north, north_sub, south, login):
    page = login(manager).get("/teams/").content.decode()
    assert "North, key accounts" in page
    assert "South" not in page
    assert "/edit/" not in page


def test_a_double_click_makes_one_team_and_one_holiday(office):
    team = {"name": "West", "client_ref": "22222222-2222-4222-8222-222222222222"}
    holiday = {"on": "2026-12-25", "name": "Christmas"}
    for _twice in range(2):
        assert office.post("/teams/new/", team)["Location"] == "/teams/"
        assert office.post("/settings/holidays/new/", holiday)["Location"] == "/settings/"
    assert Team.objects.filter(name="West").count() == 1
    assert AuditEntry.objects.filter(action="create", subject_type="team").count() == 1
    assert AuditEntry.objects.filter(action="create", subject_type="holiday").count() == 1
    other = office.post("/teams/new/", {**team, "client_ref": ""})
    assert other.status_code == 422
    assert "There is a team of this name." in other.content.decode()
    assert office.post("/settings/holidays/new/", {**holiday, "name": "X"}).status_code == 422


def test_what_was_taken_after_the_form_looked_is_refused_in_words(office, rep, north, monkeypatch):
    """Two administrators at once: both forms found the e-mail, the name and the day free."""
    monkeypatch.setattr("team.forms.people.check_email_is_free", lambda *_args: None)
    monkeypatch.setattr("team.forms.people.TeamForm.clean_name", lambda form: "NORTH")
    monkeypatch.setattr("django.forms.ModelForm.validate_unique", lambda _form: None)
    monkeypatch.setattr("django.db.models.Model.validate_constraints", lambda *_args, **_kw: None)
    office.post("/settings/holidays/new/", {"on": "2026-12-25", "name": "Christmas"})
    for path, post in (
        ("/people/new/", {**NEWCOMER, "email": rep.email}),
        ("/teams/new/", {"name": "NORTH", "client_ref": ""}),
        ("/settings/holidays/new/", {"on": "2026-12-25", "name": "Another"}),
    ):
        assert office.post(path, post).status_code == 422, path
    assert User.objects.filter(name="Nadia Newcomer").count() == 0
    assert Team.objects.count() == 1


def test_no_administrator_takes_a_directors_sign_in_by_another_email(
    office, admin, director, login
):
    edit(office, director, email="accomplice@example.com", name="Dmytro Director")
    director.refresh_from_db()
    assert director.email == "dmytro.director@example.com"
    assert not Job.everything.filter(kind="team.letter").exists()
    edit(office, director, name="Dmytro D.")
    director.refresh_from_db()
    assert director.name == "Dmytro D."


def test_days_at_the_ends_of_the_calendar_are_refused(office, rep, director, login):
    for day in ("0001-01-01", "1899-12-31", "2101-01-01", "9999-12-31"):
        for path, post in (
            (f"/people/{rep.pk}/leave/", {"last_day": day}),
            (f"/people/{rep.pk}/absences/new/", {"from_on": day, "to_on": day}),
            (f"/people/{rep.pk}/team/", {"team": "", "on": day}),
            ("/people/new/", {**NEWCOMER, "hired_on": day}),
            ("/settings/holidays/new/", {"on": day}),
        ):
            assert office.post(path, post).status_code == 422, (path, day)
    wage = {"from_on": "9999-12-31", "monthly_wage": "1"}
    assert login(director).post(f"/people/{rep.pk}/wages/new/", wage).status_code == 422
    assert not Absence.objects.exists()
