"""The frame and its parts in a real browser: policy, accessibility, keys, layers, messages."""

from urllib.parse import urlencode

import pytest

from tests.browser.conftest import SIZES
from tests.browser.gallery import urls as gallery

pytestmark = [pytest.mark.browser, pytest.mark.urls("tests.browser.gallery.urls")]


@pytest.fixture
def open_gallery(live_server, chromium):
    """`open_gallery("/", size="phone", theme="dark")`: a page, and what it complained about."""
    contexts = []

    def open_page(path="/", *, size="desk", **choices):
        width, height = SIZES[size]
        context = chromium.new_context(viewport={"width": width, "height": height})
        contexts.append(context)
        page = context.new_page()
        page.complaints = []
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on(
            "console",
            lambda message: (
                message.type in ("error", "warning") and page.complaints.append(message.text)
            ),
        )
        page.goto(f"{live_server.url}{path}?{urlencode(choices)}", wait_until="networkidle")
        return page

    yield open_page
    for context in contexts:
        context.close()


def focused(page):
    return page.evaluate("document.activeElement.textContent.trim()")


@pytest.mark.parametrize("path", ["/", "/drawer/", "/door/"])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", ["desk", "phone"])
def test_parts_are_clean_in_both_themes_and_sizes(open_gallery, findings, path, theme, size):
    page = open_gallery(path, size=size, theme=theme)
    assert page.complaints == []
    assert findings(page) == []
    room = page.evaluate("document.documentElement.clientWidth")
    assert page.evaluate("document.documentElement.scrollWidth") <= room


def test_the_theme_is_on_the_page_as_it_is_served(open_gallery):
    ground = "getComputedStyle(document.querySelector('.m-card')).backgroundColor"
    assert open_gallery(theme="light").evaluate(ground) == "rgb(255, 255, 255)"
    assert open_gallery(theme="dark").evaluate(ground) == "rgb(22, 28, 37)"


def test_keys_search_walk_and_tick(open_gallery):
    page = open_gallery()
    page.keyboard.press("Slash")
    assert page.evaluate("document.activeElement.name") == "q"
    page.keyboard.type("карп")
    page.locator(".m-hit").wait_for()
    page.keyboard.press("ArrowDown")
    assert focused(page) == "Карпатська Кава"
    page.keyboard.press("Escape")
    assert page.locator(".m-hit").count() == 0
    page.keyboard.press("x")
    assert page.locator("tbody :checked").count() == 0
    page.goto(page.url)
    page.locator("[data-row-link]").first.focus()
    page.keyboard.press("x")
    assert page.locator("tbody :checked").count() == 1


def test_stepping_keys_of_a_record_win_over_rows(open_gallery):
    page = open_gallery()
    page.keyboard.press("j")
    page.wait_for_url("**/?next", wait_until="commit")


def test_keys_follow_the_physical_key_under_any_layout(open_gallery):
    page = open_gallery()
    page.evaluate(
        "document.body.dispatchEvent(new KeyboardEvent('keydown',"
        "{code: 'KeyE', key: 'у', bubbles: true, cancelable: true}))"
    )
    page.wait_for_url("**/?edit")


@pytest.mark.parametrize(
    "event",
    [
        "{code: 'KeyE', key: 'e', isComposing: true}",
        "{code: 'KeyE', key: 'e', ctrlKey: true}",
        "{code: 'KeyE', key: 'e', altKey: true}",
        "{code: 'KeyE', key: 'E', shiftKey: true}",
    ],
)
def test_keys_are_dead_while_composing_and_with_modifiers(open_gallery, event):
    page = open_gallery()
    prevented = page.evaluate(
        f"!document.body.dispatchEvent(new KeyboardEvent('keydown', "
        f"{{...{event}, bubbles: true, cancelable: true}}))"
    )
    assert not prevented
    assert "edit" not in page.url


def test_keys_are_dead_in_fields_and_when_switched_off(open_gallery):
    page = open_gallery()
    page.locator("#id_name").focus()
    page.keyboard.type("et?")
    assert page.locator("#id_name").input_value() == "et?"
    assert not page.locator("#shortcuts").is_visible()
    page = open_gallery(shortcuts="off")
    page.keyboard.press("e")
    page.keyboard.press("Shift+Slash")
    assert "edit" not in page.url
    assert not page.locator("#shortcuts").is_visible()
    page.keyboard.press("Control+k")
    assert page.evaluate("document.activeElement.name") == "q"


def test_a_sequence_shows_its_choices_and_is_forgotten(open_gallery):
    page = open_gallery()
    page.clock.install(time=0)
    page.clock.pause_at(60_000)
    page.keyboard.press("g")
    page.clock.run_for(200)
    assert page.locator(".m-keys-hint").count() == 0
    page.clock.run_for(150)
    assert page.locator(".m-keys-hint").inner_text().split() == [
        *("R", "Losses", "T", "Today", "C", "Customers", "L", "Leads")
    ]
    page.clock.run_for(900)
    assert page.locator(".m-keys-hint").count() == 0
    page.keyboard.press("g")
    page.keyboard.press("c")
    page.wait_for_url("**/?customers")


def test_the_list_of_keys_opens_and_closes_by_key(open_gallery):
    page = open_gallery()
    page.keyboard.press("Shift+Slash")
    assert page.locator("#shortcuts").is_visible()
    page.keyboard.press("e")
    assert "edit" not in page.url
    page.keyboard.press("Escape")
    assert not page.locator("#shortcuts").is_visible()


def test_a_drawer_has_an_address_and_gives_the_focus_back(open_gallery):
    page = open_gallery()
    page.get_by_text("how it is computed").click()
    page.locator("dialog:modal").wait_for()
    assert page.url.endswith("/drawer/")
    page.keyboard.press("Escape")
    page.wait_for_url("**/?")
    assert page.locator("dialog[data-layer-box]").count() == 0
    assert focused(page) == "how it is computed"
    page.get_by_text("how it is computed").click()
    page.locator("dialog:modal").wait_for()
    page.go_back()
    assert page.locator("dialog[data-layer-box]").count() == 0


def test_a_drawer_is_open_when_its_address_is_loaded(open_gallery):
    page = open_gallery("/drawer/")
    assert page.locator("dialog:modal").is_visible()
    page.get_by_role("link", name="Close").click()
    assert page.locator("dialog[data-layer-box]").count() == 0


def test_a_message_stays_while_it_is_looked_at_and_undoes_by_key(open_gallery):
    gallery.posts.clear()
    page = open_gallery(say="yes")
    page.clock.install(time=0)
    page.clock.pause_at(60_000)
    toast = page.locator("[data-toast]")
    toast.hover()
    page.clock.run_for(30_000)
    assert toast.is_visible()
    page.mouse.move(0, 0)
    page.clock.run_for(9_000)
    assert toast.is_visible()
    page.clock.run_for(1_500)
    assert toast.count() == 0
    page = open_gallery(say="yes")
    page.keyboard.press("z")
    page.wait_for_url("**/undo/")
    assert gallery.posts == ["/undo/"]


def test_a_second_press_sends_nothing(open_gallery):
    gallery.posts.clear()
    page = open_gallery()
    page.evaluate(
        "const button = document.querySelector('#once button'); button.click(); button.click();"
    )
    page.wait_for_url("**/once/")
    assert gallery.posts == ["/once/"]


@pytest.mark.parametrize(
    ("button", "words"),
    [("missing", "Nothing to see at this address"), ("breaks", "This could not be done")],
)
def test_a_failed_part_is_told_in_its_region(open_gallery, button, words):
    page = open_gallery()
    page.get_by_role(
        "button", name=f"Ask for what {'is ' if button == 'missing' else ''}{button}"
    ).click()
    page.locator("#problem").get_by_text(words).wait_for()
    assert page.locator("#swapped").inner_text() == "as it was"


def test_no_network_is_told_too(open_gallery):
    page = open_gallery()
    page.context.set_offline(True)
    page.get_by_role("button", name="missing").click()
    page.locator("#problem").get_by_text("No network.").wait_for()


def test_unsaved_changes_are_counted_and_discarded(open_gallery):
    page = open_gallery()
    bar = page.locator("[data-unsaved-bar]")
    assert not bar.is_visible()
    page.locator("#id_name").fill("Карпатська Кава")
    page.locator("#id_note").fill("Late twice")
    assert bar.get_by_text("Changes not saved: 2").is_visible()
    page.get_by_role("button", name="Discard").click()
    bar.wait_for(state="hidden")  # the page counts again once the browser has reset the fields
    assert page.locator("#id_name").input_value() == ""


def test_errors_stand_on_top_with_the_focus_and_leave_when_mended(open_gallery, findings):
    page = open_gallery()
    page.locator("#id_name").fill("Карпатська Кава")
    page.locator("#id_amount").fill("12,5000")
    page.locator("#id_amount").press("Control+Enter")
    summary = page.locator("[data-errors]")
    summary.wait_for()
    assert page.evaluate("document.activeElement.matches('[data-errors]')")
    assert "2 fields need you" in summary.inner_text()
    assert page.locator("#id_name").input_value() == "Карпатська Кава"
    assert findings(page) == []
    summary.get_by_role("link", name="Amount").click()
    assert page.evaluate("document.activeElement.id") == "id_amount"
    page.locator("#id_amount").fill("12500")
    assert page.locator("#id_amount_error").count() == 0


def test_a_long_select_is_searched_on_the_server(open_gallery, findings):
    page = open_gallery()
    field = page.get_by_role("combobox", name="Customer")
    field.fill("карп")
    option = page.get_by_role("option", name="ТОВ «Карпатська Кава»")
    option.wait_for()
    assert option.locator("small").inner_text() == "Оксана <Мельник>"
    assert findings(page) == []
    field.press("Enter")
    assert page.locator("#customer").input_value() == "7"
    assert page.complaints == []
