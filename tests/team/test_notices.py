"""Notices: each once, one's own, read or put off, and by mail as wished, in one letter at most."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from smtplib import SMTPDataError
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from team import notice_letters
from team.jobs.running import run
from team.models import AuditEntry, Job, Notice, User
from team.notices import NEVER, Told, kinds, tell, unread
from team.tasks import ask_for_notice_letters

pytestmark = pytest.mark.django_db
Login = Callable[[User], Client]
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)


def _kind(key: str) -> Any:
    return next(one for one in kinds() if one.key == key)


def _lead(user: User, name: str, key: str = "1", path: str = "/leads/") -> int:
    """Wanted at once unless wished else."""
    return tell(_kind("lead.given"), [Told(user.pk, key, {"n": 1, "name": name, "by": ""}, path)])


def _customers(user: User, n: int, key: str = "1") -> int:
    """Wanted once a day."""
    return tell(_kind("customer.given"), [Told(user.pk, key, {"n": n, "name": "", "by": "Ada"})])


def _run_jobs() -> list[str]:
    """Run what waits; how each ended."""
    ended = []
    for job in Job.everything.filter(state="queued").order_by("pk"):
        run(job.pk)
        job.refresh_from_db()
        ended.append(job.state)
    return ended


def test_the_same_is_told_once_and_only_who_may_sign_in(rep: User, other_rep: User) -> None:
    User.objects.filter(pk=other_rep.pk).update(is_active=False)
    assert (_lead(rep, "Bakery"), _lead(rep, "Bakery"), _lead(other_rep, "Mill")) == (1, 0, 0)
    only = Notice.objects.get()
    assert (only.user, only.told["name"], only.read_at) == (rep, "Bakery", None)


def test_the_bell_counts_what_is_unread_and_the_list_is_ones_own(
    login: Login, rep: User, other_rep: User, admin: User
) -> None:
    _lead(rep, "Bakery")
    page = login(rep).get("/notices/").content.decode()
    assert "A lead for you: Bakery." in page
    assert '<span class="m-bell-count">1</span>' in page
    for stranger in (other_rep, admin):
        theirs = login(stranger).get("/notices/?state=all").content.decode()
        assert "Bakery" not in theirs
        assert "m-bell-count" not in theirs


def test_opening_one_reads_it_and_leads_on(login: Login, rep: User, admin: User) -> None:
    _lead(rep, "Bakery", path="/leads/7/")
    notice = Notice.objects.get()
    assert login(admin).post(f"/notices/{notice.pk}/").status_code == 404
    answer = login(rep).post(f"/notices/{notice.pk}/")
    assert (answer.status_code, answer["Location"]) == (303, "/leads/7/")
    notice.refresh_from_db()
    assert notice.read_at == NOW
    assert "Bakery" not in login(rep).get("/notices/").content.decode()
    assert "Bakery" in login(rep).get("/notices/?state=all").content.decode()


def test_reading_all_leaves_what_came_since(login: Login, rep: User) -> None:
    _lead(rep, "Bakery", key="1")
    upto = Notice.objects.get().pk
    _lead(rep, "Mill", key="2")
    login(rep).post("/notices/read/", {"upto": upto})
    assert [one.told["name"] for one in unread(rep)] == ["Mill"]
    for odd in ("", "x", "9" * 40, "-1"):
        login(rep).post("/notices/read/", {"upto": odd})
    assert unread(rep).count() == 1


def test_what_is_put_off_comes_back(
    login: Login, rep: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    _lead(rep, "Bakery")
    notice, browser = Notice.objects.get(), login(rep)
    assert browser.post(f"/notices/{notice.pk}/later/", {"until": "never"}).status_code == 404
    assert browser.post(f"/notices/{notice.pk}/later/", {"until": "hour"}).status_code == 303
    assert not unread(rep).exists()
    monkeypatch.setattr(timezone, "now", lambda: NOW + timedelta(hours=1))
    assert unread(rep).exists()
    # to the beginning of the company's next working hours: 09:00 in Kyiv
    browser.post(f"/notices/{notice.pk}/later/", {"until": "tomorrow"})
    notice.refresh_from_db()
    assert notice.hidden_until == datetime(2026, 11, 24, 7, 0, tzinfo=UTC)


def test_a_letter_at_once_holds_all_that_waits_and_goes_once(rep: User) -> None:
    _lead(rep, "Bakery", key="1")
    _lead(rep, "Mill", key="2")
    assert _run_jobs() == ["done"]
    (letter,) = mail.outbox
    assert (letter.to, letter.subject) == ([rep.email], "2 notices")
    assert "A lead for you: Bakery.\nhttp" in letter.body
    assert "A lead for you: Mill." in letter.body
    _lead(rep, "Mill", key="2")
    assert _run_jobs() == []
    assert len(mail.outbox) == 1


def test_what_is_told_stays_in_its_line(rep: User) -> None:
    """A stranger who writes a name into a web form writes no lines of letters."""
    _lead(rep, "Mill\n\nYour password ends: https://evil.example/")
    _run_jobs()
    assert "Mill Your password ends" in mail.outbox[0].body
    assert "\n" not in mail.outbox[0].subject


def test_a_letter_speaks_the_language_of_its_reader(rep: User) -> None:
    User.objects.filter(pk=rep.pk).update(language="uk")
    _lead(rep, "Пекарня")
    _run_jobs()
    assert mail.outbox[0].subject == "Лід для вас: Пекарня."


def test_the_daily_letter_has_what_is_wanted_daily_and_nothing_read_or_unwanted(
    rep: User, other_rep: User
) -> None:
    _customers(rep, 12)
    _customers(other_rep, 3)
    assert _run_jobs() == []
    Notice.objects.filter(user=other_rep).update(read_at=NOW)
    for _again in range(2):
        _ask_for_the_day()
        _run_jobs()
    (letter,) = mail.outbox
    assert (letter.to, letter.subject) == ([rep.email], "Ada: 12 customers are yours now.")


def _ask_for_the_day() -> None:
    class Publishing:
        def publishing(self, **_result: Any) -> Any:
            return notice_letters.transaction.atomic()

    ask_for_notice_letters(Publishing(), day="2026-11-22")  # type: ignore[arg-type]


def test_a_wish_holds_for_what_comes_after_it(login: Login, rep: User) -> None:
    browser = login(rep)
    form = browser.get("/profile/notices/").context["form"]
    typed = {name: field.initial or form.initial[name] for name, field in form.fields.items()}
    assert typed["lead_given"] == "at-once"
    assert browser.post("/profile/notices/", typed | {"lead_given": "never"}).status_code == 303
    _lead(rep, "Bakery")
    assert not Job.everything.filter(kind="team.notice_letter").exists()
    assert Notice.objects.count() == 1
    said = AuditEntry.objects.get(action="wish notices")
    assert said.detail.after == {"lead.given": NEVER}
    assert browser.post("/profile/notices/", typed | {"lead_given": "hourly"}).status_code == 422


def test_a_server_that_takes_no_mail_gets_it_again_and_one_that_hangs_up_does_not(
    rep: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(*_args: Any, **_more: Any) -> None:
        raise SMTPDataError(451, b"later")

    def hangs_up(*_args: Any, **_more: Any) -> None:
        raise OSError("gone")

    _lead(rep, "Bakery")
    monkeypatch.setattr(notice_letters, "send_mail", refuses)
    with pytest.raises(SMTPDataError):
        notice_letters.send_notices(rep, "at-once")
    assert Notice.objects.get().mailed_at is None
    monkeypatch.setattr(notice_letters, "send_mail", hangs_up)
    with pytest.raises(OSError, match="gone"):
        notice_letters.send_notices(rep, "at-once")
    # perhaps it was sent: it stands in the list, and in no second letter
    assert Notice.objects.get().mailed_at == NOW
    assert unread(rep).exists()


def test_telling_many_takes_as_many_statements_as_telling_some(
    rep: User, django_assert_num_queries: Any
) -> None:
    def told(start: int, n: int) -> list[Told]:
        return [
            Told(rep.pk, f"{key}", {"at": "09:00", "title": "x", "who": ""})
            for key in range(start, start + n)
        ]

    # begin, known, active, insert, end, wishes
    for start, n in ((0, 10), (100, 20)):
        with django_assert_num_queries(6):
            assert tell(_kind("task.hour"), told(start, n)) == n
