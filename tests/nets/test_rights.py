"""Every address x everybody x everybody's records x every method, answered as policy.py says.

What is not yours is answered, byte for byte, like what is not there, with as many queries; nothing is
written, and no text of a record that somebody may not see stands on any page they get.
"""

import copy
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from reports.screens import all_screens
from team.checks import addresses, every_view_declares_access
from team.models import AuditEntry
from tests.nets.policy import (
    ANONYMOUS,
    AUTHORS_ONLY,
    BY_PARAMETER,
    CARRIES,
    HEALTH,
    MANAGER,
    OTHER_MANAGER,
    OWNERS,
    POLICY,
    REP,
    SEES,
    SEES_EVIDENCE,
    SEES_OWN,
    SEES_PEOPLE,
    VIEWERS,
    Line,
)
from tests.nets.worlds import (
    EVIDENCE,
    MISSING,
    OWN,
    OWNED,
    PEOPLE,
    PLAIN,
    SHARED,
    World,
    make_shared,
    make_world,
)
from tests.require import BRIEF

NAMES = sorted(str(entry.name) for entry in addresses())
# one function makes the addresses of every report: beside their pages a brief run asks for those of two
ALIKE = {screen.slug for screen in all_screens()} - {"churn", "speed"} if BRIEF else set()
WRITTEN = [
    name
    for name in NAMES
    if name in POLICY and (name in ALIKE or name.partition("-")[0] not in ALIKE)
]
PARTS = {
    str(entry.name): set(entry.pattern.converters)
    | {f"{word}_id" for word in BY_PARAMETER.get(str(entry.name), ())}
    for entry in addresses()
}
NEARBY = {"peer", "sub", "pool"}
ASKING = (ANONYMOUS, REP, OTHER_MANAGER) if BRIEF else VIEWERS
METHODS = ("GET", "POST") if BRIEF else ("GET", "HEAD", "POST", "GET part")
# in a brief run of one's own, of somebody else's and of none
LEFT_OUT = NEARBY if BRIEF else set()
AT_ONCE = 12 if BRIEF else 6
SILENT = {"not found", "refuse", "slow down"}


@pytest.fixture
def worlds(rep, hire, north, sub_rep, other_rep, admin, director, manager, other_manager):
    peer = hire("Petro Peer", team=north, is_rep=True)
    owners = {"rep": rep, "peer": peer, "sub": sub_rep, "other": other_rep, "pool": None}
    return {name: make_world(name, owners[name]) for name in OWNERS}


@pytest.fixture
def browsers(request, worlds, login):
    people = {who: request.getfixturevalue(who) for who in VIEWERS if who != ANONYMOUS}
    return {ANONYMOUS: Client(), **{who: login(person) for who, person in people.items()}}


def test_every_address_has_a_name_a_policy_and_a_declaration():
    assert every_view_declares_access() == []
    assert len(NAMES) == len(set(NAMES)), "two addresses of one name"
    assert [name for name in NAMES if name not in POLICY] == []


def test_every_part_of_an_address_has_a_record():
    known = OWNED | OWN | EVIDENCE | PEOPLE | SHARED | PLAIN.keys()
    assert {part for parts in PARTS.values() for part in parts} <= known


def some(names: list[str], at_once: int = AT_ONCE) -> list[list[str]]:
    """A few addresses to a test: making the worlds costs as much as asking for some of them."""
    return [names[start : start + at_once] for start in range(0, len(names), at_once)]


def first_and_last(names: list[str]) -> str:
    return f"{names[0]}..{names[-1]}"


@pytest.mark.parametrize("names", some(WRITTEN), ids=first_and_last)
def test_rights(names, worlds: dict[str, World], browsers: dict[str, Client], record_property):
    """Each cell in a transaction of its own, so that one deed does not spoil the next."""
    shared = make_shared()
    cells = sum(_cells_of(name, worlds, shared, browsers) for name in names)
    record_property("cells", cells)


def _cells_of(name: str, worlds, shared, browsers: dict[str, Client]) -> int:
    variants = list(_variants(name, worlds, shared))
    readers = POLICY[name].roles - {ANONYMOUS}
    cells = 0
    for viewer in ASKING:
        for method in _methods(name):
            absent = []
            for owner, address in variants:
                if owner in LEFT_OUT or (owner in NEARBY and method in ("HEAD", "GET part")):
                    continue  # they are answered by the rule of GET
                cells += 1
                with _rolled_back():
                    cell = Cell(browsers[viewer], viewer, method, address, name)
                    cell.check(name, owner, worlds)
                if viewer in readers and not _is_visible(name, viewer, owner):
                    absent.append(cell)
            _are_alike(absent)
    return cells


def _methods(name: str) -> list[str]:
    """In a brief run those that the address knows; all others are refused by one decorator."""
    return [method for method in METHODS if not BRIEF or method in POLICY[name].methods]


def _are_alike(absent: list["Cell"]) -> None:
    """What is not yours and what is not there: the same bytes, the same headers, as many queries."""
    where = [f"{cell.viewer} {cell.method} {cell.address}" for cell in absent]
    assert len({cell.bytes() for cell in absent}) <= 1, where
    assert len({cell.headers() for cell in absent}) <= 1, where
    assert len({cell.queries for cell in absent}) <= 1, where


WORDS = [
    "customer",
    "contact",
    "lead",
    "deal",
    "task",
    "activity",
    "owner",
    "author",
    "rep",
    "user",
    "person",
    "actor",
    "team",
    "campaign",
    "id",
]


# Pages that look at the first word they know.
TAKES_ONE = {"today", "call-new", "call-quick", *(n for n in WRITTEN if n.endswith("-new"))}


ASKED = [
    n
    for n in WRITTEN
    if not PARTS[n] and "GET" in POLICY[n].methods and ANONYMOUS not in POLICY[n].roles
]


@pytest.mark.parametrize("names", some(ASKED), ids=first_and_last)
@pytest.mark.thorough
def test_parameters_tell_nothing(names, worlds: dict[str, World], browsers: dict[str, Client]):
    """A number of somebody else's record in the address reads like a number of none.

    All words at once, and each by itself where one of several names the record.
    """
    for name in names:
        _tells_nothing(name, worlds, browsers)


def _tells_nothing(name: str, worlds: dict[str, World], browsers: dict[str, Client]) -> None:
    ids = worlds["other"].ids
    ids = ids | dict.fromkeys(("owner_id", "author_id", "rep_id", "person_id"), ids["user_id"])
    path = reverse(name)
    foreign = {word: ids.get(f"{word}_id", ids["customer_id"]) for word in WORDS}
    alone = [[word] for word in WORDS] if name in TAKES_ONE else []
    for viewer, asked in ((REP, [WORDS, *alone]), (MANAGER, [WORDS])):
        for words in asked:
            answers = set()
            for numbers in (foreign, dict.fromkeys(WORDS, MISSING)):
                query = "&".join(f"{word}={numbers[word]}" for word in words)
                cell = Cell(browsers[viewer], viewer, "GET", f"{path}?{query}", name)
                answers.add(cell.without([f"{word}={numbers[word]}" for word in words]))
            assert len(answers) == 1, (viewer, f"{path}?{'&'.join(words)}")


class Cell:
    """One request and its answer."""

    def __init__(self, browser: Client, viewer: str, method: str, address: str, name: str) -> None:
        self.viewer, self.method, self.address = viewer, method, address
        self.entries = _entries()
        headers = {"HX-Request": "true"} if method == "GET part" else {}
        cookies = copy.deepcopy(browser.cookies)
        with CaptureQueriesContext(connection) as queries:
            ask = getattr(browser, method.split()[0].lower())
            self.answer = ask(address, CARRIES.get(name, {}), headers=headers)
        browser.cookies = cookies  # who signs out in one cell is signed in for the next
        self.queries = len(queries)

    def check(self, name: str, owner: str, worlds: dict[str, World]) -> None:
        where = f"{self.viewer} {self.method} {self.address} ({owner}'s): {self.answer.status_code}"
        assert self._is_as_written(name, POLICY[name], owner), where
        if self.answer.status_code in (302, 403, 404, 405) and self.method == "POST":
            assert _entries() == self.entries, f"{where} wrote something"
        told = self.answer.content.decode(errors="replace")
        told += self.answer.headers.get("Location", "")
        for other in worlds.values():
            if self.viewer == ANONYMOUS or other.owner not in SEES[self.viewer]:
                assert other.mark not in told, f"{where} tells of {other.mark}"

    def _is_as_written(self, name: str, line: Line, owner: str) -> bool:
        status = self.answer.status_code
        if self.viewer == ANONYMOUS and ANONYMOUS not in line.roles:
            return status == 204 if self.method == "GET part" else self._asks_to_sign_in()
        if self.method.split()[0] not in line.methods:
            return status == 405
        if self.viewer not in line.roles:
            return status == 403
        if not _is_visible(name, self.viewer, owner):
            return status == 404
        if name in AUTHORS_ONLY and owner != self.viewer:
            return status < 500
        if name in HEALTH:
            return status in (200, 503)
        return status < 400 or status in (409, 410, 422)

    def _asks_to_sign_in(self) -> bool:
        return self.answer.status_code == 302 and self.answer["Location"].startswith("/sign-in/")

    def bytes(self) -> bytes:
        """The answer without what every answer has anew: tokens, ids of requests, its own address."""
        body = self.answer.content
        body = re.sub(
            rb'name="(csrfmiddlewaretoken|seen|[\w-]*client_ref)" value="[\w:-]+"', b"", body
        )
        body = body.replace(self.answer.headers["X-Request-ID"].encode(), b"")
        shown = self.address.replace("&", "&amp;").encode()
        return body.replace(shown, b"").replace(quote(self.address).encode(), b"")

    def without(self, parameters: list[str]) -> tuple[int, bytes]:
        body = self.bytes()
        for parameter in parameters:
            body = body.replace(parameter.encode(), b"")
        return self.answer.status_code, body

    def headers(self) -> tuple[tuple[str, str], ...]:
        changing = ("X-Request-ID", "Content-Length")
        return tuple(sorted(pair for pair in self.answer.items() if pair[0] not in changing))


def _entries() -> int:
    """Entries of the audit log that tell of a change."""
    return AuditEntry.objects.exclude(action__in=SILENT).count()


def _is_visible(name: str, viewer: str, owner: str) -> bool:
    if owner in ("any", "missing"):
        return owner == "any"
    if PARTS[name] & OWNED and owner not in SEES[viewer]:
        return False
    if PARTS[name] & OWN and owner not in SEES_OWN[viewer]:
        return False
    if PARTS[name] & EVIDENCE and owner not in SEES_EVIDENCE[viewer]:
        return False
    return not PARTS[name] & PEOPLE or owner in SEES_PEOPLE[viewer]


def _variants(
    name: str, worlds: dict[str, World], shared: dict[str, int]
) -> Iterator[tuple[str, str]]:
    """Whose records an address may name, each with the address that names them."""
    parts = PARTS[name] - PLAIN.keys()
    if not parts:
        yield "any", _addresses(name, {})[0]
    for address in _addresses(name, dict.fromkeys(parts, MISSING)) if parts else ():
        yield "missing", address
    if parts and not parts & (OWNED | OWN | EVIDENCE | PEOPLE):
        yield "any", _addresses(name, shared)[0]
    for world in worlds.values() if parts & (OWNED | OWN | EVIDENCE | PEOPLE) else ():
        if all(part in world.ids or part in shared for part in parts):
            yield from ((world.owner, address) for address in _addresses(name, shared | world.ids))


def _addresses(name: str, ids: dict[str, int]) -> list[str]:
    values: dict[str, Any] = PLAIN | ids
    if name in BY_PARAMETER:
        path = reverse(name)
        return [f"{path}?{word}={ids[f'{word}_id']}" for word in BY_PARAMETER[name]]
    return [reverse(name, kwargs={part: values[part] for part in PARTS[name]})]


class _rolled_back:
    def __enter__(self) -> None:
        self.block = transaction.atomic()
        self.block.__enter__()

    def __exit__(self, *error: Any) -> None:
        transaction.set_rollback(True)
        self.block.__exit__(None, None, None)
