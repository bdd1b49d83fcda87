"""Signing in by keyboard, and the pages of people, in both themes and sizes."""

from collections.abc import Callable
from typing import Any

import pytest

from conftest import PASSWORD
from team.audit import record
from team.models import Employment, Team, User

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
]

Visit = Callable[..., Any]


@pytest.fixture
def door(chromium: Any, live_server: Any) -> Any:
    """A browser before the sign-in page, and what it complained about."""
    page = chromium.new_page()
    page.complaints = []
    page.on("console", lambda m: page.complaints.append(m.text) if m.type == "error" else None)
    page.goto(f"{live_server.url}/sign-in/?next=/profile/")
    yield page
    page.close()


def test_signing_in_by_keyboard_after_a_mistake(door: Any, rep: User, findings: Any) -> None:
    keys = door.keyboard
    keys.type("Rita.Rep@example.com")
    keys.press("Tab")
    keys.press("Tab")
    keys.type("wrong")
    keys.press("Enter")
    told = door.get_by_role("alert")
    told.wait_for()
    assert "E-mail and password do not match." in told.inner_text()
    assert "4 tries left" in told.inner_text()
    assert door.get_by_label("E-mail").input_value() == "Rita.Rep@example.com"
    assert door.get_by_label("Password", exact=True).input_value() == ""
    assert door.evaluate("document.activeElement.id") == "refused"
    assert findings(door) == []
    door.get_by_label("Password", exact=True).fill(PASSWORD)
    keys.press("Enter")
    door.wait_for_url("**/profile/")
    assert [text for text in door.complaints if "422" not in text] == []


def test_the_password_can_be_shown_and_caps_lock_is_told(door: Any, rep: User) -> None:
    field = door.get_by_label("Password", exact=True)
    field.fill("secret")
    door.get_by_role("button", name="Show").click()
    assert field.get_attribute("type") == "text"
    door.get_by_role("button", name="Show").click()
    assert field.get_attribute("type") == "password"
    field.focus()
    caps = {"key": "A", "code": "KeyA", "bubbles": True, "modifierCapsLock": True}
    field.dispatch_event("keyup", caps)
    assert door.get_by_text("Caps Lock is on").is_visible()
    field.dispatch_event("keyup", {**caps, "modifierCapsLock": False})
    assert not door.get_by_text("Caps Lock is on").is_visible()
    assert door.complaints == []


@pytest.mark.parametrize(("size", "dark"), [("desk", False), ("desk", True), ("phone", False)])
def test_no_page_of_people_has_a_finding(
    visit: Visit, admin: User, rep: User, north: Team, size: str, dark: bool
) -> None:
    record("update", rep, by=admin, before={"name": "Rita"}, after={"name": "Rita Rep"})
    admin.is_director = True
    admin.save()
    visitor = visit(admin, size=size, dark=dark)
    for path in (
        "/people/",
        f"/people/{rep.pk}/",
        f"/people/{rep.pk}/edit/",
        f"/people/{rep.pk}/leave/",
        f"/people/{rep.pk}/wages/new/",
        "/people/new/",
        "/teams/",
        f"/teams/{north.pk}/edit/",
        "/audit/",
        "/settings/",
        "/profile/",
        "/profile/password/",
        "/profile/email/",
    ):
        page = visitor.open(path)
        assert visitor.findings() == [], path
        wide = page.evaluate("document.documentElement.scrollWidth > innerWidth + 1")
        assert not wide, f"{path} scrolls sideways"
    assert visitor.complaints == []


def test_the_lists_narrow_without_a_page_load(visit: Visit, admin: User, rep: User) -> None:
    visitor = visit(admin)
    page = visitor.open("/people/")
    page.evaluate("window.same = true")
    page.get_by_placeholder("Search in this list").fill("rita")
    page.wait_for_url("**/people/?*q=rita*")
    page.get_by_text("Ada Admin", exact=True).nth(1).wait_for(state="detached")
    assert page.get_by_role("link", name="Rita Rep").is_visible()
    assert page.evaluate("window.same") is True
    assert visitor.complaints == []


def test_the_end_of_an_employment_is_noted_by_hand(visit: Visit, admin: User, rep: User) -> None:
    visitor = visit(admin)
    page = visitor.open(f"/people/{rep.pk}/")
    page.get_by_role("link", name="End the employment").click()
    page.get_by_label("Last working day").fill("2024-03-01")
    page.get_by_label("Reason").fill("moves away")
    page.keyboard.press("Control+Enter")
    page.get_by_text("Hand over what Rita Rep looks after").wait_for()
    ended = Employment.objects.get(user=rep, deleted_on=None)
    assert (f"{ended.left_on}", ended.leave_reason) == ("2024-03-01", "moves away")
    assert page.get_by_text("sign-in ended").is_visible()
    assert visitor.complaints == []
