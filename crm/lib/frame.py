"""What `templates/base.html` needs to draw the page around the page.

`team.context.frame` fills one `Frame` a request and hands it to every template as `frame`;
it is None while nobody is signed in.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class RailItem:
    """One destination. `count` is work waiting, never a total; `key` follows G (or N in `new`)."""

    label: str
    url: str
    icon: str = ""
    count: int | None = None
    current: bool = False
    key: str = ""
    children: tuple["RailItem", ...] = ()


@dataclass(frozen=True)
class RailGroup:
    label: str
    items: tuple[RailItem, ...]


@dataclass(frozen=True)
class Frame:
    """`bar` holds the four places of the phone's bottom bar: two, (Log call), one, More is added.

    An empty `log_call_url` or `search_url` hides that control; `new` may be empty.
    `theme` is light, dark or system; `density` comfortable or compact. Without `prints_lists` lists stay on the screen;
    `keeps_jobs` reads why background work failed.
    """

    user: object
    company: str
    currency: str
    rail: tuple[RailGroup, ...]
    bar: tuple[RailItem, ...] = ()
    new: tuple[RailItem, ...] = ()
    log_call_url: str = ""
    search_url: str = ""
    profile_url: str = ""
    preferences_url: str = ""
    sign_out_url: str = ""
    notices_url: str = ""
    manifest_url: str = ""
    worker_url: str = ""
    notices: int = 0
    theme: str = "system"
    density: str = "comfortable"
    shortcuts: bool = True
    prints_lists: bool = True
    keeps_jobs: bool = False
