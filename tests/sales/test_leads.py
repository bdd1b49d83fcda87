"""Leads through the door: arriving, answering to somebody, closing, opening again."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from sales.leads.lead_ownership import assign_leads
from sales.models import Campaign, Lead, LeadEnding, LeadOwnership, LeadReason
from team.models import AuditEntry, Company, User

pytestmark = pytest.mark.django_db
Login = Callable[[User], Client]


def new(**changed: object) -> dict[str, object]:
    values: dict[str, object] = {
        "client_ref": str(uuid.uuid4()),
        "name": "苏州明华电子有限公司",
        "person": "陈晓丽",
        "phone": "+86 512 6288 1234",
        "expected_amount": "1 720 000",
        "source": "",
    }
    return values | changed


def lead_of(owner: User | None, name: str = "Harbour & Finch Ltd", **values: object) -> Lead:
    row = Lead.everything.create(name=name, recorded_on=Company.get().today, **values)
    if owner is not None:
        assign_leads([row.pk], owner, on=Company.get().today, by=owner)
    row.refresh_from_db()
    return row


def test_a_new_lead_has_owner_period_clock_and_audit(login: Login, rep: User) -> None:
    answer = login(rep).post("/leads/new/", new())
    lead = Lead.everything.get()
    assert (answer.status_code, answer["Location"]) == (303, f"/leads/{lead.pk}/")
    assert (lead.owner, lead.created_by, lead.expected_amount) == (rep, rep, 1_720_000)
    assert lead.response_due_at == lead.arrived_at + timedelta(hours=24)
    assert lead.recorded_on == Company.get().today
    period = LeadOwnership.everything.get()
    assert (period.rep, period.from_on, period.to_on) == (rep, Company.get().today, None)
    actions = AuditEntry.objects.filter(subject_type="lead").values_list("action", flat=True)
    assert sorted(actions) == ["assign", "create"]


@pytest.mark.parametrize(("language", "told"), [("en", "1,200,000.5"), ("uk", "1\xa0200\xa0000,5")])
def test_its_changes_tell_the_amount_as_the_reader_writes_it(
    login: Login, rep: User, language: str, told: str
) -> None:
    User.objects.filter(pk=rep.pk).update(language=language)
    browser = login(User.objects.get(pk=rep.pk))
    page = browser.post("/leads/new/", new(expected_amount="1200000.50"), follow=True)
    assert f"<ins>{told}</ins>" in page.content.decode()


def test_the_same_post_twice_makes_one_lead(login: Login, rep: User) -> None:
    browser, values = login(rep), new()
    assert (
        browser.post("/leads/new/", values)["Location"]
        == browser.post("/leads/new/", values)["Location"]
    )
    assert (Lead.everything.count(), LeadOwnership.everything.count()) == (1, 1)


def test_a_rep_does_not_choose_the_owner(login: Login, rep: User, other_rep: User) -> None:
    login(rep).post("/leads/new/", new(owner=other_rep.pk))
    assert Lead.everything.get().owner == rep


def test_a_managers_lead_goes_to_their_own_people_or_the_pool(
    login: Login, manager: User, rep: User, other_rep: User
) -> None:
    browser = login(manager)
    assert browser.post("/leads/new/", new(owner=other_rep.pk)).status_code == 422
    assert not Lead.everything.exists()
    browser.post("/leads/new/", new(owner=""))
    lead = Lead.everything.get()
    assert lead.owner is None and not LeadOwnership.everything.exists()
    assert browser.post(f"/leads/{lead.pk}/owner/", {"owner": other_rep.pk}).status_code == 422
    assert browser.post(f"/leads/{lead.pk}/owner/", {"owner": rep.pk}).status_code == 303
    lead.refresh_from_db()
    assert lead.owner == rep
    assert LeadOwnership.everything.get().rep == rep


def test_a_rep_hands_nothing_on(login: Login, rep: User, other_rep: User) -> None:
    lead = lead_of(rep)
    answer = login(rep).post(f"/leads/{lead.pk}/owner/", {"owner": other_rep.pk})
    assert answer.status_code == 403
    lead.refresh_from_db()
    assert lead.owner == rep


def test_an_edit_neither_moves_the_owner_nor_the_clock(
    login: Login, manager: User, rep: User, sub_rep: User
) -> None:
    lead = lead_of(rep, response_due_at=timezone.now())
    due = lead.response_due_at
    values = {"version": 1, "name": "Harbour Ltd", "owner": sub_rep.pk, "arrived_at": "2020-01-01"}
    assert login(manager).post(f"/leads/{lead.pk}/edit/", values).status_code == 303
    lead.refresh_from_db()
    assert (lead.name, lead.owner, lead.response_due_at) == ("Harbour Ltd", rep, due)


def test_who_saved_first_is_not_overwritten(login: Login, rep: User, manager: User) -> None:
    lead = lead_of(rep)
    values = {"version": 1, "name": lead.name}
    login(manager).post(f"/leads/{lead.pk}/edit/", values | {"region": "West"})
    answer = login(rep).post(f"/leads/{lead.pk}/edit/", values | {"region": "South"})
    assert answer.status_code == 409
    lead.refresh_from_db()
    assert lead.region == "West"


def test_closing_needs_a_reason_and_can_be_taken_back(login: Login, rep: User) -> None:
    lead = lead_of(rep)
    browser = login(rep)
    assert browser.post(f"/leads/{lead.pk}/close/").status_code == 422
    assert not LeadEnding.everything.exists()
    answer = browser.post(f"/leads/{lead.pk}/close/", {"reason": "junk"}, follow=True)
    assert f"/leads/{lead.pk}/reopen/" in answer.content.decode()
    lead.refresh_from_db()
    assert (lead.closed_on, lead.closed_reason) == (Company.get().today, "junk")
    ending = LeadEnding.everything.get()
    assert (ending.kind, ending.reason, ending.recorded_on, ending.deleted_on) == (
        "closed",
        "junk",
        Company.get().today,
        None,
    )
    browser.post(f"/leads/{lead.pk}/reopen/")
    browser.post(f"/leads/{lead.pk}/reopen/")
    lead.refresh_from_db()
    assert (lead.closed_on, lead.closed_reason) == (None, "")
    ending.refresh_from_db()
    assert ending.deleted_on == Company.get().today
    assert AuditEntry.objects.filter(action="reopen").count() == 1


def test_an_earlier_day_still_knows_the_closing(login: Login, rep: User) -> None:
    lead = lead_of(rep)
    with time_machine.travel(datetime(2026, 11, 2, 9, tzinfo=UTC), tick=False):
        login(rep).post(f"/leads/{lead.pk}/close/", {"reason": lost_by("price")})
    with time_machine.travel(datetime(2026, 11, 20, 9, tzinfo=UTC), tick=False):
        login(rep).post(f"/leads/{lead.pk}/reopen/", {"because": "They wrote again"})
        login(rep).post(f"/leads/{lead.pk}/close/", {"reason": "junk"})
    told = LeadEnding.everything.order_by("id").values_list("reason", "recorded_on", "deleted_on")
    days = [(reason, str(made), str(gone)) for reason, made, gone in told]
    assert days == [("lost", "2026-11-02", "2026-11-20"), ("junk", "2026-11-20", "None")]


def lost_by(key: str) -> str:
    """The choice of the form that closes a lead as lost, or as not fitting, for a reason off the list."""
    reason = LeadReason.objects.get(key=key)
    return f"{reason.kind}:{reason.pk}"


@pytest.mark.parametrize(
    ("key", "kind", "told"),
    [("price", "lost", "Lost: Price"), ("too_small", "disqualified", "Does not fit: Too small")],
)
def test_lost_and_not_fitting_have_a_reason_off_the_list_and_a_note(
    login: Login, rep: User, key: str, kind: str, told: str
) -> None:
    lead, browser = lead_of(rep), login(rep)
    address = f"/leads/{lead.pk}/close/"
    for wrong in (kind, "", f"{kind}:0", f"junk:{LeadReason.objects.get(key=key).pk}"):
        answer = browser.post(address, {"reason": wrong, "note": "Kept"})
        assert answer.status_code == 422
        assert "Choose why this lead ends." in answer.content.decode()
        assert "Kept</textarea>" in answer.content.decode()
    browser.post(address, {"reason": lost_by(key), "note": "Asked for 2 kg"})
    lead.refresh_from_db()
    ending = LeadEnding.everything.get()
    assert lead.closed_reason == ending.reason == kind
    assert (ending.why.key, ending.note) == (key, "Asked for 2 kg")
    page = browser.get(f"/leads/{lead.pk}/").content.decode()
    assert f"{told}, " in page and "Asked for 2 kg" in page
    entry = AuditEntry.objects.get(action="close")
    assert entry.detail.after["note"] == "Asked for 2 kg"
    assert entry.detail.after["why"] == told.partition(": ")[2]


def test_a_reason_that_is_retired_is_offered_no_more_and_a_kind_without_any_stands_alone(
    login: Login, rep: User, admin: User
) -> None:
    lead, keeper = lead_of(rep), login(admin)
    price = LeadReason.objects.get(key="price")
    keeper.post(f"/settings/lists/lead-reasons/{price.pk}/retire/")
    page = login(rep).get(f"/leads/{lead.pk}/").content.decode()
    assert lost_by("price") not in page and lost_by("timing") in page
    assert (
        login(rep).post(f"/leads/{lead.pk}/close/", {"reason": lost_by("price")}).status_code == 422
    )
    LeadReason.objects.filter(kind="lost").update(is_active=False)
    login(rep).post(f"/leads/{lead.pk}/close/", {"reason": "lost"})
    lead.refresh_from_db()
    assert (lead.closed_reason, LeadEnding.everything.get().why) == ("lost", None)


def test_an_administrator_keeps_the_reasons_and_one_name_may_explain_both(
    login: Login, admin: User
) -> None:
    browser = login(admin)
    typed = {"name": "Moved away", "order": "9", "kind": "lost"}
    for kind, status in (("lost", 303), ("lost", 422), ("disqualified", 303)):
        new = typed | {"kind": kind, "client_ref": str(uuid.uuid4())}
        assert browser.post("/settings/lists/lead-reasons/new/", new).status_code == status
    reason = LeadReason.objects.get(name="Moved away", kind="lost")
    browser.post(
        f"/settings/lists/lead-reasons/{reason.pk}/",
        typed | {"name": "Gone", "kind": "disqualified", "version": "1"},
    )
    reason.refresh_from_db()
    assert (reason.name, reason.kind) == ("Gone", "lost")
    assert 'id="lead-reasons"' in browser.get("/settings/lists/").content.decode()


def test_closed_on_an_earlier_day_a_lead_opens_again_only_with_a_reason(
    login: Login, rep: User
) -> None:
    lead = lead_of(rep)
    with time_machine.travel(datetime(2026, 11, 2, 9, tzinfo=UTC), tick=False):
        login(rep).post(f"/leads/{lead.pk}/close/", {"reason": lost_by("price")})
    with time_machine.travel(datetime(2026, 11, 20, 9, tzinfo=UTC), tick=False):
        browser = login(rep)
        answer = browser.post(f"/leads/{lead.pk}/reopen/")
        assert answer.status_code == 422
        assert "Say why this lead opens again." in answer.content.decode()
        browser.post(f"/leads/{lead.pk}/reopen/", {"because": "They have money now"})
        lead.refresh_from_db()
        assert (lead.closed_on, lead.closed_reason) == (None, "")
        page = browser.get(f"/leads/{lead.pk}/").content.decode()
        assert "They have money now" in page
    entry = AuditEntry.objects.get(action="reopen")
    assert entry.detail.after["reason"] == "They have money now"


def test_closing_twice_keeps_the_first(login: Login, rep: User) -> None:
    lead = lead_of(rep)
    browser = login(rep)
    browser.post(f"/leads/{lead.pk}/close/", {"reason": lost_by("price")})
    answer = browser.post(f"/leads/{lead.pk}/close/", {"reason": "junk"}, follow=True)
    assert "has ended already" in answer.content.decode()
    lead.refresh_from_db()
    assert lead.closed_reason == "lost"
    assert LeadEnding.everything.count() == 1


@pytest.mark.parametrize("act", ["", "edit/", "close/", "reopen/"])
def test_somebody_elses_lead_is_not_there(
    login: Login, rep: User, other_rep: User, act: str
) -> None:
    lead = lead_of(other_rep)
    browser = login(rep)
    assert browser.get(f"/leads/{lead.pk}/").status_code == 404
    if act:
        answer = browser.post(f"/leads/{lead.pk}/{act}", {"reason": "junk", "name": "Mine"})
        assert answer.status_code == 404
    lead.refresh_from_db()
    assert (lead.closed_on, lead.name) == (None, "Harbour & Finch Ltd")


def test_there_is_no_way_to_delete_a_lead(login: Login, rep: User) -> None:
    lead = lead_of(rep)
    for word in ("delete", "bin"):
        assert login(rep).post(f"/leads/{lead.pk}/{word}/").status_code == 404


def names(page: str) -> list[str]:
    return [part.split("</a>")[0].split(">")[-1] for part in page.split("data-row-link")[1:]]


def test_the_list_shows_the_clock_and_its_tabs(login: Login, rep: User, other_rep: User) -> None:
    now = timezone.now()
    late = now - timedelta(hours=27)
    lead_of(rep, "Late Ltd", arrived_at=late, response_due_at=late + timedelta(hours=24))
    lead_of(rep, "Answered Ltd", arrived_at=now, first_touch_at=now)
    lead_of(rep, "Closed Ltd", closed_on=now.date(), closed_reason="junk")
    lead_of(other_rep, "Foreign Ltd")
    browser = login(rep)
    page = browser.get("/leads/").content.decode()
    assert names(page) == ["Answered Ltd", "Late Ltd"]
    assert "3 h late" in page
    assert names(browser.get("/leads/?state=waiting").content.decode()) == ["Late Ltd"]
    assert names(browser.get("/leads/?state=closed").content.decode()) == ["Closed Ltd"]
    assert "Junk" in browser.get("/leads/?state=closed").content.decode()
    assert len(names(browser.get("/leads/?state=all").content.decode())) == 3


def test_the_list_is_narrowed_by_campaign_and_source(login: Login, rep: User) -> None:
    fair = Campaign.objects.create(name="Packaging fair")
    lead_of(rep, "From the fair", campaign=fair)
    lead_of(rep, "From nowhere")
    browser = login(rep)
    assert names(browser.get(f"/leads/?campaign={fair.pk}").content.decode()) == ["From the fair"]
    assert names(browser.get("/leads/?source=web").content.decode()) == []
    assert len(names(browser.get("/leads/?source=nonsense").content.decode())) == 2


def test_the_queries_do_not_grow(login: Login, manager: User, rep: User) -> None:
    browser = login(manager)
    lead = lead_of(rep)
    counts = []
    for more in (1, 30):
        for i in range(more):
            lead_of(rep, f"Lead {more} {i}")
        with CaptureQueriesContext(connection) as listed:
            browser.get("/leads/?q=lead")
        with CaptureQueriesContext(connection) as page:
            browser.get(f"/leads/{lead.pk}/")
        counts.append((len(listed), len(page)))
    assert counts[0] == counts[1]
    assert counts[0][0] <= 12 and counts[0][1] <= 18
