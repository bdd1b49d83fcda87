"""What makes a sent form suspicious. A suspicion keeps it aside for a person to look at; nothing is thrown away."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

from django.core import signing
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sales.models import WebForm

TRAP, QUICK, NO_PAGE, LINKS, MANY = "trap", "quick", "no page", "links", "many"
USED, FLOOD = "used", "flood"
REASONS = {
    TRAP: _("a field that people do not see is filled in"),
    QUICK: _("sent within seconds"),
    NO_PAGE: _("not sent from the page of the form"),
    LINKS: _("links"),
    MANY: _("many from one place"),
    USED: _("one page sent many times"),
    FLOOD: _("more at once than the form takes"),
}
LEAST_SECONDS = 3
# a page left open that long is no page of ours any more
MOST = timedelta(days=7)
MOST_LINKS = 2
# One page is sent once, or again with a mistake put right; beyond that it was copied.
MOST_USES = 3
SALT = "sales.web_form"
LINK = re.compile(r"https?:|www\.|\[url|<a\s", re.IGNORECASE)


def stamp(form: WebForm) -> str:
    """When a page of the form was shown, so that nobody else can say so."""
    return signing.dumps([form.token, int(timezone.now().timestamp()), uuid4().hex], salt=SALT)


@dataclass(frozen=True)
class Shown:
    """A page of the form: for how many seconds it was looked at, and which one it was."""

    seconds: int
    page: UUID


def suspicions(
    form: WebForm, said: Mapping[str, str], *, trap: str, stamped: str, shown: Shown | None
) -> list[str]:
    """The reasons why this may come from a machine; none: it is a lead."""
    found = [TRAP] if trap else []
    if shown is None:
        found += [] if form.takes_plain_posts and not stamped else [NO_PAGE]
    elif shown.seconds < LEAST_SECONDS:
        found.append(QUICK)
    short = " ".join(text for name, text in said.items() if name != "message")
    links = len(LINK.findall(said.get("message", "")))
    if links > MOST_LINKS or LINK.search(short):
        found.append(LINKS)
    return found


def shown_page(form: WebForm, stamped: str) -> Shown | None:
    """None: there was no page, or that of another form, or long ago."""
    try:
        token, at, page = signing.loads(stamped, salt=SALT, max_age=MOST)
    except (signing.BadSignature, ValueError):
        return None
    if token != form.token:
        return None
    return Shown(int(timezone.now().timestamp()) - int(at), UUID(page))
