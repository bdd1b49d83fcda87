"""What can still be stopped of each loss, in words, and the act: of how many rows, and of how many that stand so today.

`standing` are leads that are still open, and customers that somebody has taken over and who are not safe yet.
"""

from collections.abc import Callable, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.lib import formatting

Words = Callable[[int, int], str]


def _n(count: int) -> str:
    return formatting.number(count)


def _call_silent(n: int, standing: int) -> str:
    return ngettext("Call %(n)s at risk", "Call %(n)s at risk", n) % {"n": _n(n)}


def _answer(n: int, standing: int) -> str:
    told = ngettext("Answer %(n)s lead", "Answer %(n)s leads", standing)
    return told % {"n": _n(standing)} if standing else ""


def _work(n: int, standing: int) -> str:
    told = ngettext("Work %(n)s lead", "Work %(n)s leads", standing)
    return told % {"n": _n(standing)} if standing else ""


def _see_reps(n: int, standing: int) -> str:
    return ngettext("See %(n)s rep", "See %(n)s reps", n) % {"n": _n(n)}


def _coach(n: int, standing: int) -> str:
    return ngettext("Coach %(n)s rep", "Coach %(n)s reps", n) % {"n": _n(n)}


def _hand_over(n: int, standing: int) -> str:
    """Whoever has been taken over is called, not handed over once more: of both kinds the first thing to do."""
    waiting = n - standing
    if not waiting:
        return _call(n, standing)
    return ngettext("Hand over %(n)s", "Hand over %(n)s", waiting) % {"n": _n(waiting)}


def _call(n: int, standing: int) -> str:
    return ngettext("Call %(n)s", "Call %(n)s", n) % {"n": _n(n)}


def _see_days(n: int, standing: int) -> str:
    return _("See your days")


def _see_how(n: int, standing: int) -> str:
    return _("See how it goes")


ACTS: Mapping[int, Words] = {
    1: _call_silent,
    2: _answer,
    3: _work,
    4: _see_reps,
    5: _coach,
    6: _hand_over,
}
# No button without its act: who answers for themselves alone hands nothing over and coaches nobody.
OWN_ACTS: Mapping[int, Words] = {4: _see_days, 5: _see_how, 6: _call}


def _silent(n: int, standing: int) -> str:
    return ngettext(
        "%(n)s customer is silent beyond their rhythm",
        "%(n)s customers are silent beyond their rhythm",
        n,
    ) % {"n": _n(n)}


def _late_leads(n: int, standing: int) -> str:
    if n == standing:
        return ngettext(
            "%(n)s lead answered late or not at all can still be won",
            "%(n)s leads answered late or not at all can still be won",
            n,
        ) % {"n": _n(n)}
    told = _("%(open)s of %(n)s leads answered late or not at all can still be won")
    return told % {"n": _n(n), "open": _n(standing)}


def _paid_leads(n: int, standing: int) -> str:
    if n == standing:
        return ngettext(
            "%(n)s paid lead is not worked yet", "%(n)s paid leads are not worked yet", n
        ) % {"n": _n(n)}
    return ngettext(
        "%(n)s paid lead is not worked yet, open: %(open)s",
        "%(n)s paid leads are not worked yet, open: %(open)s",
        n,
    ) % {"n": _n(n), "open": _n(standing)}


def _slow(n: int, standing: int) -> str:
    return ngettext(
        "%(n)s rep below half of their team’s share",
        "%(n)s reps below half of their team’s share",
        n,
    ) % {"n": _n(n)}


def _idle(n: int, standing: int) -> str:
    return ngettext(
        "%(n)s new rep has neither sales nor records so far",
        "%(n)s new reps have neither sales nor records so far",
        n,
    ) % {"n": _n(n)}


def _left_behind(n: int, standing: int) -> str:
    """Both kinds that change hands: nobody has them yet, or they are not safe yet with who has them."""
    if not standing:
        return ngettext(
            "%(n)s customer of a leaving rep has no new owner yet",
            "%(n)s customers of leaving reps have no new owner yet",
            n,
        ) % {"n": _n(n)}
    if n == standing:
        return ngettext(
            "%(n)s customer with a new owner is not safe yet",
            "%(n)s customers with new owners are not safe yet",
            n,
        ) % {"n": _n(n)}
    told = _(
        "Customers who change hands: %(waiting)s without a new owner, %(taken)s not safe yet with theirs"
    )
    return told % {"waiting": _n(n - standing), "taken": _n(standing)}


def _own_to_call(n: int, standing: int) -> str:
    return ngettext(
        "%(n)s customer that you took over is not safe yet",
        "%(n)s customers that you took over are not safe yet",
        n,
    ) % {"n": _n(n)}


DOING: Mapping[int, tuple[str, Words]] = {
    1: ("phone", _silent),
    2: ("user-question", _late_leads),
    3: ("speakerphone", _paid_leads),
    4: ("clock", _slow),
    5: ("user-plus", _idle),
    6: ("user-share", _left_behind),
}
OWN_DOING: Mapping[int, tuple[str, Words]] = {6: ("phone", _own_to_call)}
