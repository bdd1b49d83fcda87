"""Choosing an heir for every line by the rule; what was chosen by hand stands. The same lines give the same heirs."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from customers.models import Customer
from sales.handing_over.loads import KNOWN_BY, Heir, heirs_of, usual_calls
from sales.models import Handover, HandoverLine, Lead
from team.leaders import leaders_of
from team.models import User

Kind, Why, Rule = HandoverLine.Kind, HandoverLine.Why, Handover.Rule
# How much heavier somebody without customers of a region weighs for one of it, in shares of an heir's usual load.
STRANGER = 0.1
CHUNK = 5000


@dataclass(frozen=True)
class Piece:
    """What is to be given: a customer or lead with what speaks for whom."""

    line: int
    cents: int
    calls: int
    second: int | None
    known: dict[str, str]


def distribute(handover: Handover, *, anew: bool = True) -> None:
    """Give every line that nobody chose an heir for by hand to one; without `anew` only those that have none yet.

    Call it in a transaction that has locked the hand-over. Statements: a fixed number for each pair of heir and reason.
    """
    heirs = heirs_of(handover)
    open_ones = handover.lines.filter(by_hand=False, pool=False)
    if not anew:
        open_ones = open_ones.filter(receiver__isnull=True)
    if anew:
        # what follows is written over, unless it is to go by itself from now on
        chosen = open_ones.exclude(receiver__isnull=True, why="")
        following = [kind for kind, follows in _followers(handover).items() if follows]
        chosen.exclude(why=Why.FOLLOWS, kind__in=following).update(receiver=None, why="")
    if heirs:
        _give_customers(handover, heirs, open_ones)
        _give_leads(handover, heirs, open_ones)
    inherit(handover)
    if heirs:
        _give_loose(handover, heirs)
        # steps of deals that follow no customer
        inherit(handover)


def _give_customers(handover: Handover, heirs: list[Heir], open_ones: Any) -> None:
    mine = handover.lines.filter(kind=Kind.CUSTOMER, chosen=True)
    kept = mine.filter(receiver__isnull=False).values_list(
        "receiver", "cents", "calls_own", "calls_others"
    )
    chooser = Chooser(handover, heirs)
    for receiver, cents, own, others in kept:
        chooser.count(receiver, cents, own + others)
    lines = open_ones.filter(kind=Kind.CUSTOMER, chosen=True, receiver__isnull=True)
    rows = lines.order_by("-cents", "record_id").values_list(
        "pk", "record_id", "cents", "calls_own", "calls_others", "second"
    )
    rows = list(rows)
    known = _known(Customer.everything, (row[1] for row in rows), KNOWN_BY)
    pieces = (
        Piece(pk, cents, own + others, second, known[record])
        for pk, record, cents, own, others, second in rows
    )
    _write((piece.line, *chooser.choose(piece)) for piece in pieces)


def _give_leads(handover: Handover, heirs: list[Heir], open_ones: Any) -> None:
    """Leads have no money yet: each to who has fewest of them, who knows the region first."""
    lines = open_ones.filter(kind=Kind.LEAD, chosen=True, receiver__isnull=True)
    rows = list(lines.order_by("record_id").values_list("pk", "record_id"))
    known = _known(Lead.everything, (record for _pk, record in rows), ("region", "language"))
    chooser = Chooser(handover, heirs, by_number=True)
    pieces = (Piece(pk, 0, 0, None, known[record]) for pk, record in rows)
    _write((piece.line, *chooser.choose(piece)) for piece in pieces)


def _known(rows: Any, ids: Iterable[int], names: Sequence[str]) -> dict[int, dict[str, str]]:
    wanted, found = list(ids), {}
    for start in range(0, len(wanted), CHUNK):
        part = rows.filter(pk__in=wanted[start : start + CHUNK]).values("pk", *names)
        found.update({row.pop("pk"): row for row in part})
    return found


class Chooser:
    """Chooses heirs one piece after the other, with what they carry by then."""

    def __init__(self, handover: Handover, heirs: list[Heir], *, by_number: bool = False) -> None:
        self.handover = handover
        self.heirs = heirs
        self.by_number = by_number
        self.turn = 0
        self.by_id = {heir.user.pk: heir for heir in heirs}
        self.place = {heir.user.pk: place for place, heir in enumerate(heirs)}
        self.given = dict.fromkeys(self.by_id, 0)
        self.usual = usual_calls(handover) if handover.ceiling and not by_number else 0.0
        usual_cents = sum(heir.cents for heir in heirs) / len(heirs)
        usual_number = sum(heir.calls for heir in heirs) / len(heirs)
        self.unit = (usual_cents or 1.0, usual_number or 1.0)

    def choose(self, piece: Piece) -> tuple[int, str]:
        """Who gets it and why."""
        heir, why = self._choose(piece)
        self.count(heir.user.pk, piece.cents, piece.calls)
        return heir.user.pk, why

    def count(self, user_id: int, cents: int, calls: int) -> None:
        """Somebody carries this from now on, whoever chose so."""
        self.given[user_id] = self.given.get(user_id, 0) + 1
        heir = self.by_id.get(user_id)
        if heir is not None:
            heir.added.cents += cents
            heir.added.calls += calls

    def _choose(self, piece: Piece) -> tuple[Heir, str]:
        rule = self.handover.rule
        if rule == Rule.ONE:
            return self.heirs[0], Why.ONE
        if self.handover.knows_first and piece.second in self.by_id:
            known = self.by_id[piece.second]
            if self._has_room(known, piece):
                return known, Why.KNOWS
        if rule == Rule.TURN:
            return self._next(piece), Why.TURN
        if rule in (Rule.REGION, Rule.SEGMENT, Rule.LANGUAGE):
            return self._by(str(rule), piece)
        return self._balanced(piece)

    def _next(self, piece: Piece) -> Heir:
        order = self.heirs[self.turn :] + self.heirs[: self.turn]
        found = next((heir for heir in order if self._has_room(heir, piece)), order[0])
        self.turn = (self.place[found.user.pk] + 1) % len(self.heirs)
        return found

    def _by(self, name: str, piece: Piece) -> tuple[Heir, str]:
        """Who has most customers like it; nobody has one: whoever carries least."""
        wanted = piece.known.get(name, "")
        having = [
            heir for heir in self._with_room(piece) if wanted and self._share(heir, name, wanted)
        ]
        if not having:
            return self._balanced(piece)
        return min(
            having, key=lambda heir: (-self._share(heir, name, wanted), self._load(heir))
        ), name

    def _balanced(self, piece: Piece) -> tuple[Heir, str]:
        """Who carries least; strangers to the region count as carrying somewhat more."""
        region = piece.known.get("region", "")

        def at_home(heir: Heir) -> bool:
            return bool(region) and self._share(heir, "region", region) > 0

        loads = {heir.user.pk: self._load(heir) for heir in self.heirs}

        def weight(heir: Heir) -> tuple[float, int]:
            own = 0.0 if at_home(heir) else STRANGER
            return loads[heir.user.pk] + own, self.place[heir.user.pk]

        found = min(self._with_room(piece), key=weight)
        is_lightest = loads[found.user.pk] == min(loads.values())
        return found, Why.REGION if at_home(found) and not is_lightest else Why.EVENS

    def _share(self, heir: Heir, name: str, wanted: str) -> int:
        return heir.shares[name].get(wanted, 0)

    def _load(self, heir: Heir) -> float:
        if self.by_number:
            return self.given[heir.user.pk] / 10
        cents, calls = heir.cents / self.unit[0], heir.calls / self.unit[1]
        if self.handover.balance == Handover.Balance.REVENUE:
            return cents
        return calls if self.handover.balance == Handover.Balance.CALLS else (cents + calls) / 2

    def _has_room(self, heir: Heir, piece: Piece) -> bool:
        """Within the ceiling with this one too; a ceiling without calls to measure by bans nobody."""
        if not self.handover.ceiling or not self.usual:
            return True
        return 100 * (heir.calls + piece.calls) <= self.handover.ceiling * self.usual

    def _with_room(self, piece: Piece) -> list[Heir]:
        """Where nobody has room, all do: over the ceiling is a warning, not a ban."""
        return [heir for heir in self.heirs if self._has_room(heir, piece)] or self.heirs


def _write(chosen: Iterable[tuple[int, int, str]]) -> None:
    groups: dict[tuple[int, str], list[int]] = defaultdict(list)
    for line, receiver, why in chosen:
        groups[receiver, why].append(line)
    for (receiver, why), lines in groups.items():
        HandoverLine.objects.filter(pk__in=lines).update(receiver=receiver, why=why)


_INHERIT = """UPDATE sales_handoverline SET receiver_id = p.receiver_id, pool = p.pool, why = 'follows'
FROM sales_handoverline p WHERE p.id = sales_handoverline.parent_id
    AND sales_handoverline.handover_id = %(handover)s AND sales_handoverline.kind = %(kind)s
    AND NOT sales_handoverline.by_hand AND (sales_handoverline.why <> 'follows' OR sales_handoverline.pool <> p.pool
        OR COALESCE(sales_handoverline.receiver_id, 0) <> COALESCE(p.receiver_id, 0))"""
_AT_THEIRS = """FROM {table} x JOIN customers_customer c ON c.id = x.customer_id
    JOIN team_user u ON u.id = c.owner_id AND u.is_active
WHERE x.id = sales_handoverline.record_id"""
# The colleague looks after that customer no more, or works here no more: it is to be chosen anew.
_FROM_FORMER = """UPDATE sales_handoverline SET receiver_id = NULL, why = ''
WHERE sales_handoverline.handover_id = %(handover)s AND sales_handoverline.kind = %(kind)s
    AND sales_handoverline.why = 'owner' AND NOT EXISTS (SELECT 1 {at_theirs}
        AND c.owner_id = sales_handoverline.receiver_id)"""
# What is at a colleague's customer goes to that colleague, if they still work here.
_TO_OWNER = """UPDATE sales_handoverline SET receiver_id = c.owner_id, why = 'owner'
{at_theirs} AND sales_handoverline.handover_id = %(handover)s
    AND sales_handoverline.kind = %(kind)s AND sales_handoverline.parent_id IS NULL
    AND sales_handoverline.receiver_id IS NULL AND NOT sales_handoverline.pool
    AND c.owner_id <> sales_handoverline.giver_id"""


def _followers(handover: Handover) -> dict[str, bool]:
    """Which kinds go where what they belong to goes."""
    return {
        Kind.DEAL: handover.deals_follow,
        Kind.TASK: handover.tasks_follow,
        Kind.ASIDE: True,
    }


def inherit(handover: Handover) -> None:
    """Deals and tasks go where their customer or lead goes, unless they are to go by themselves."""
    tables = {"deal": "sales_deal", "task": "sales_task"}
    with connection.cursor() as cursor:
        for kind, follows in _followers(handover).items():
            told: dict[str, int | str] = {"handover": handover.pk, "kind": str(kind)}
            if follows:
                cursor.execute(_INHERIT, told)
            for statement in (_FROM_FORMER, _TO_OWNER) if kind in tables else ():
                whose = statement.replace("{at_theirs}", _AT_THEIRS)
                cursor.execute(whose.replace("{table}", tables[kind]), told)


def _give_loose(handover: Handover, heirs: list[Heir]) -> None:
    """What follows nobody goes round; campaigns, views and rules go to the first heir together."""
    loose = handover.lines.filter(receiver__isnull=True, pool=False, chosen=True)
    parentless = loose.filter(kind__in=(Kind.DEAL, Kind.TASK))
    for kind, follows in _followers(handover).items():
        rows = parentless.filter(kind=kind)
        if follows:
            rows = rows.filter(parent__isnull=True)
        lines = rows.order_by("-cents", "record_id").values_list("pk", flat=True)
        people = heirs[:1] if handover.rule == Rule.ONE else heirs
        why = Why.ONE if handover.rule == Rule.ONE else Why.TURN
        _write((pk, people[n % len(people)].user.pk, why) for n, pk in enumerate(lines))
    rest = (Kind.CAMPAIGN, Kind.VIEW, Kind.RULE)
    loose.filter(kind__in=rest).update(receiver=heirs[0].user.pk, why=Why.REST)
    leader = _leader_for_teams(handover, heirs)
    if leader is not None:
        loose.filter(kind=Kind.TEAM).update(receiver=leader.pk, why=Why.REST)
    loose.filter(kind=Kind.ASIDE, parent__isnull=True).update(
        receiver=heirs[0].user.pk, why=Why.REST
    )


def _leader_for_teams(handover: Handover, heirs: list[Heir]) -> User | None:
    """Teams go to who leads the leaver, else to the first heir who leads people; None: somebody is to be chosen."""
    if handover.leaver is None:
        return None
    above = leaders_of([handover.leaver])[handover.leaver.pk]
    managers = (heir.user for heir in heirs if heir.user.is_manager)
    return above or next(managers, None)
