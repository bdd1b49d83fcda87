"""Letters to customers: in their language, approved before they go, each sent once, to their contacts alone."""

import html
import re
from collections.abc import Callable
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from customers.models import Contact, Customer
from customers.ownership import assign
from sales.handing_over.letters import is_letter_waiting, send_waiting
from sales.handing_over.undoing import undo
from sales.models import Handover, HandoverLetter
from team.models import AuditEntry, Company, Team, User
from tests.sales.handovers import book_of
from tests.sales.test_after_care import hand_over

pytestmark = [pytest.mark.django_db, pytest.mark.thorough]
Login = Callable[[User], Client]


@pytest.fixture
def heir(hire: Callable[..., User], north: Team) -> User:
    return hire("Anna Heir", team=north, is_rep=True)


def people(made: list[Customer], **values: Any) -> None:
    """A main contact at each, `n@shop.example`."""
    for n, customer in enumerate(made, 1):
        Contact.everything.create(
            customer=customer, name=f"Olha {n}", email=f"{n}@shop.example", is_main=True, **values
        )


def page_of(browser: Client, handover: Handover) -> str:
    answer = browser.get(f"/handovers/{handover.pk}/letters/")
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def approve(browser: Client, handover: Handover, ticked: list[str] | None = None) -> Any:
    if ticked is None:
        ticked = re.findall(r'name="on" value="([^"]+)"', page_of(browser, handover))
    return browser.post(f"/handovers/{handover.pk}/letters/", {"on": ticked})


def sent() -> list[tuple[list[str], str]]:
    return [(one.to, one.subject) for one in mail.outbox]


def test_nothing_goes_before_it_is_approved_and_then_once_in_their_language(
    login: Login, admin: User, rep: User, heir: User
) -> None:
    made = book_of(rep, 3)
    people(made[:1], language="uk")
    people(made[1:2])
    Contact.everything.create(customer=made[1], name="Second", email="second@shop.example")
    handover = hand_over(rep, [heir], admin)
    mail.outbox.clear()
    browser = login(admin)
    page = page_of(browser, handover)
    assert (
        "Тепер із вами працює Anna Heir" in page and "Your contact with us is now Anna Heir" in page
    )
    assert "no address" in page
    assert send_waiting() == 0 and sent() == [] and not is_letter_waiting(timezone.now())
    assert approve(browser, handover).status_code == 303
    assert sent() == [] and is_letter_waiting(timezone.now())
    assert send_waiting() == 2 and send_waiting() == 0
    assert sorted(sent()) == [
        (["1@shop.example"], "Your contact with us is now Anna Heir"),
        (["1@shop.example"], "Тепер із вами працює Anna Heir"),
    ]
    assert {tuple(one.reply_to) for one in mail.outbox} == {(heir.email,)}
    assert "Rita Rep" in mail.outbox[0].body and not mail.outbox[0].cc and not mail.outbox[0].bcc
    for action, actor in (("approve letter", admin), ("send letter", None)):
        assert AuditEntry.objects.filter(action=action, actor=actor).count() == 2
    approve(browser, handover, [])
    approve(browser, handover)
    assert send_waiting() == 0 and HandoverLetter.everything.count() == 2


def test_an_heir_without_an_address_is_nobody_to_answer_to(
    login: Login, admin: User, rep: User, heir: User
) -> None:
    people(book_of(rep, 1))
    User.objects.filter(pk=heir.pk).update(email=None)
    handover = hand_over(rep, [heir], admin)
    mail.outbox.clear()
    approve(login(admin), handover)
    assert send_waiting() == 1
    assert mail.outbox[0].reply_to == [] and "None" not in str(mail.outbox[0].message())


def test_the_same_post_twice_and_other_words_than_were_seen_send_nothing_more(
    login: Login, admin: User, rep: User, heir: User
) -> None:
    made = book_of(rep, 2)
    people(made)
    handover = hand_over(rep, [heir], admin)
    browser = login(admin)
    ticked = re.findall(r'name="on" value="([^"]+)"', page_of(browser, handover))
    changed = Contact.everything.get(customer=made[0])
    Contact.everything.filter(pk=changed.pk).update(email="other@shop.example")
    for _n in range(2):
        approve(browser, handover, ticked)
    assert [one.customer for one in HandoverLetter.everything.all()] == [made[1]]
    approve(browser, handover, ["x", "1", "9999999:abc", f"{'9' * 30}:a"])
    assert HandoverLetter.everything.count() == 1


@pytest.mark.parametrize("what", ["undone", "owner", "contact", "moved"])
def test_what_no_longer_holds_does_not_go(
    what: str, login: Login, admin: User, rep: User, heir: User, other_rep: User
) -> None:
    made = book_of(rep, 1)
    people(made)
    handover = hand_over(rep, [heir], admin)
    approve(login(admin), handover)
    mail.outbox.clear()
    if what == "undone":
        undo(handover, by=admin)
    elif what == "owner":
        assign([made[0].pk], other_rep, on=Company.get().today, by=admin)
    elif what == "contact":
        Contact.everything.update(binned_on=Company.get().today)
    else:
        Contact.everything.update(customer=Customer.everything.create(name="Elsewhere"))
    assert send_waiting() == 0 and mail.outbox == []
    letter = HandoverLetter.everything.get()
    assert letter.problem == {"moved": "contact"}.get(what, what) and letter.sent_at is None
    assert not is_letter_waiting(timezone.now())


def test_a_refused_address_and_a_server_that_breaks_off(
    login: Login, admin: User, rep: User, heir: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = book_of(rep, 2)
    people(made)
    handover = hand_over(rep, [heir], admin)
    approve(login(admin), handover)

    def refuse(self: EmailMessage, *_args: Any) -> int:
        if self.to == ["1@shop.example"]:
            raise SMTPRecipientsRefused({})
        raise SMTPServerDisconnected("gone")

    monkeypatch.setattr(EmailMessage, "send", refuse)
    with pytest.raises(SMTPServerDisconnected):
        send_waiting()
    states = dict(HandoverLetter.everything.values_list("contact__email", "problem"))
    assert states == {"1@shop.example": "refused", "2@shop.example": ""}
    # nobody knows whether the second went: it is not tried again, and the page says so
    assert not is_letter_waiting(timezone.now())
    assert "perhaps sent" in page_of(login(admin), handover)


def test_who_may_and_whose(
    login: Login,
    admin: User,
    rep: User,
    heir: User,
    manager: User,
    other_manager: User,
    other_rep: User,
) -> None:
    made = book_of(rep, 2)
    people(made)
    handover = hand_over(rep, [heir, other_rep], admin)
    where = f"/handovers/{handover.pk}/letters/"
    assert login(heir).post(where).status_code == 403
    for address in (where, "/handovers/9999/letters/"):
        assert login(other_manager).post(address).status_code == 404
    ticked = re.findall(r'name="on" value="([^"]+)"', page_of(login(admin), handover))
    assert len(ticked) == 2
    # a leader approves letters to customers in their sight alone
    approve(login(manager), handover, ticked)
    assert [one.receiver for one in HandoverLetter.everything.all()] == [heir]


def test_who_leaves_lets_no_letter_go_and_nobody_is_written_to_for_an_absence(
    login: Login, admin: User, manager: User, rep: User, heir: User
) -> None:
    people(book_of(rep, 1))
    handover = hand_over(rep, [heir], admin)
    ticked = re.findall(r'name="on" value="([^"]+)"', page_of(login(manager), handover))
    assert len(ticked) == 1
    User.objects.filter(pk=manager.pk).update(leaves_on=Company.get().today)
    page = page_of(login(manager), handover)
    assert 'name="on"' not in page and "Olha 1" in page
    approve(login(manager), handover, ticked)
    assert not HandoverLetter.everything.exists()
    undo(handover, by=admin)
    cover = hand_over(rep, [heir], admin, "cover")
    line = cover.lines.get(kind="customer")
    answer = approve(login(admin), cover, [f"{line.pk}:{ticked[0].partition(':')[2]}"])
    assert answer["Location"] == f"/handovers/{cover.pk}/watch/"
    assert not HandoverLetter.everything.exists()


def test_a_page_costs_the_same_for_twice_as_many(
    login: Login, admin: User, rep: User, heir: User, other_rep: User
) -> None:
    costs = []
    for owner, n in ((rep, 12), (other_rep, 24)):
        people(book_of(owner, n))
        handover = hand_over(owner, [heir], admin)
        browser = login(admin)
        page_of(browser, handover)
        with CaptureQueriesContext(connection) as asked:
            page_of(browser, handover)
        ticked = re.findall(r'name="on" value="([^"]+)"', page_of(browser, handover))
        with CaptureQueriesContext(connection) as posted:
            approve(browser, handover, ticked)
        costs.append((len(asked), len(posted)))
    assert costs[0] == costs[1]
