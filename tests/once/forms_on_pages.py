"""What a browser would post of a form that stands on a page, nothing typed."""

from html.parser import HTMLParser
from urllib.parse import urlsplit

Fields = list[tuple[str, str]]
SKIPPED = {"submit", "button", "image", "reset", "file"}


class _Forms(HTMLParser):
    def __init__(self, ticks: str) -> None:
        super().__init__()
        self.ticks = ticks
        self.forms: list[tuple[str, Fields]] = []
        self._select: tuple[str, list[str], list[str]] | None = None
        self._area: tuple[str, list[str]] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        name = told.get("name", "")
        if tag == "form":
            self.forms.append((told.get("action", "") if told.get("method") == "post" else "?", []))
        elif tag == "input" and name and "disabled" not in told:
            kind = told.get("type", "text")
            box = kind in ("checkbox", "radio")
            if kind not in SKIPPED and (not box or "checked" in told or name == self.ticks):
                self._add(name, told.get("value", "on" if box else ""))
        elif tag == "select" and name:
            self._select = (name, [], [])
        elif tag == "option" and self._select:
            self._select[2].append(told.get("value", ""))
            if "selected" in told:
                self._select[1].append(told.get("value", ""))
        elif tag == "textarea" and name:
            self._area = (name, [])

    def handle_data(self, data: str) -> None:
        if self._area:
            self._area[1].append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "select" and self._select:
            name, chosen, offered = self._select
            for value in chosen or offered[:1]:
                self._add(name, value)
            self._select = None
        elif tag == "textarea" and self._area:
            self._add(self._area[0], "".join(self._area[1]).removeprefix("\n"))
            self._area = None

    def _add(self, name: str, value: str) -> None:
        if self.forms:
            self.forms[-1][1].append((name, value))


def form_on(page: str, here: str, action: str, *, ticks: str = "") -> dict[str, list[str]]:
    """The fields of the form that posts to `action`, on the page whose address is `here`.

    Boxes called `ticks` are ticked.
    """
    reader = _Forms(ticks)
    reader.feed(page)
    for target, fields in reader.forms:
        if urlsplit(target or here).path == urlsplit(action).path:
            found: dict[str, list[str]] = {}
            for name, value in fields:
                found.setdefault(name, []).append(value)
            return found
    raise AssertionError(f"no form on {here} posts to {action}")
