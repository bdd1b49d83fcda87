"""Satisfaction (section 10): `nps`, `csat` and what became of those who answered, `nps_churn`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, localcontext
from typing import Any

from tests.oracle.knowledge import belongs_to, known_at
from tests.oracle.shares import Z, share, wilson
from tests.oracle.states import parameters, states_at
from tests.oracle.tables import Row, Settings, Tables, cell, day

FOLLOW_UP = timedelta(days=365)
GROUPS = ("promoters", "passives", "detractors")


@dataclass(frozen=True)
class Survey:
    reference: str
    customer: str
    sent_on: date | None
    answered_on: date | None
    """None until there is an answer with a score, as known at D."""
    score: int


def surveys_at(tables: Tables, kind: str, as_of: date) -> list[Survey]:
    """R2, R7: the surveys of one kind as they stood at the end of D, under their survivors."""
    owners = belongs_to(tables, as_of)
    return [
        _survey(row, owners[row["customer_id"]], as_of)
        for row in tables.get("surveys", [])
        if row["kind"] == kind and row["customer_id"] in owners and _is_visible(row, as_of)
    ]


def _is_visible(row: Row, as_of: date) -> bool:
    """Its event is the sending; if nobody knows when it was sent, the answer."""
    event = day(cell(row, "sent_on")) or day(cell(row, "answered_on"))
    recorded, deleted = day(cell(row, "recorded_on")), day(cell(row, "deleted_on"))
    if event is None or event > as_of or (recorded is not None and recorded > as_of):
        return False
    return deleted is None or deleted > as_of


def _survey(row: Row, customer: str, as_of: date) -> Survey:
    answered, score = day(cell(row, "answered_on")), cell(row, "score")
    if answered is None or answered > as_of or score == "":
        return Survey(row["survey_id"], customer, day(cell(row, "sent_on")), None, -1)
    return Survey(row["survey_id"], customer, day(cell(row, "sent_on")), answered, int(score))


def _answers(surveys: list[Survey], from_: date, end: date) -> list[Survey]:
    """The latest answer of each customer in the period; of several on a day the highest id."""
    latest: dict[str, Survey] = {}
    answered = [s for s in surveys if s.answered_on and from_ <= s.answered_on <= end]
    for survey in sorted(answered, key=lambda s: (s.answered_on or date.min, s.reference)):
        latest[survey.customer] = survey
    return list(latest.values())


def _asked(surveys: list[Survey], n: int, from_: date, end: date) -> dict[str, Any]:
    sent = [s for s in surveys if s.sent_on and from_ <= s.sent_on <= end]
    answered = sum(s.answered_on is not None for s in sent)
    return {"n": n, "sent": len(sent), "response_rate": share(answered, len(sent))}


def _group(score: int) -> str:
    return "promoters" if score >= 9 else "passives" if score >= 7 else "detractors"


def nps(
    tables: Tables,
    settings: Settings,
    from_: date,
    to: date,
    as_of: date,
    params: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """100 * (promoters - detractors) / n with the adjusted Wald interval."""
    end = min(to, as_of)
    surveys = surveys_at(tables, "nps", as_of)
    groups = [_group(answer.score) for answer in _answers(surveys, from_, end)]
    n, good, bad = len(groups), groups.count("promoters"), groups.count("detractors")
    low, high = _adjusted_wald(good, bad, n)
    return {
        **_asked(surveys, n, from_, end),
        "promoters": good,
        "detractors": bad,
        "passives": n - good - bad,
        "nps": share(100 * (good - bad), n),
        "lo": low,
        "hi": high,
    }


def _adjusted_wald(good: int, bad: int, n: int) -> tuple[Decimal | None, Decimal | None]:
    if n == 0:
        return None, None
    with localcontext() as context:
        context.prec = 40
        p = (good + Decimal("0.75")) / (n + 3)
        q = (bad + Decimal("0.75")) / (n + 3)
        spread = Z * ((p + q - (p - q) ** 2) / (n + 3)).sqrt()
        low = max(Decimal(-100), 100 * (p - q - spread))
        high = min(Decimal(100), 100 * (p - q + spread))
        return low.quantize(Decimal("1e-12")), high.quantize(Decimal("1e-12"))


def csat(
    tables: Tables,
    settings: Settings,
    from_: date,
    to: date,
    as_of: date,
    params: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The share of scores 4 and 5 with its Wilson interval."""
    end = min(to, as_of)
    surveys = surveys_at(tables, "csat", as_of)
    scores = [answer.score for answer in _answers(surveys, from_, end)]
    n, satisfied = len(scores), sum(score >= 4 for score in scores)
    low, high = wilson(satisfied, n)
    return {
        **_asked(surveys, n, from_, end),
        "satisfied": satisfied,
        "csat": share(satisfied, n),
        "lo": low,
        "hi": high,
    }


def nps_churn(
    tables: Tables,
    settings: Settings,
    from_: date,
    to: date,
    as_of: date,
    params: Mapping[str, Any] | None = None,
) -> dict[str, dict[str, Any]]:
    """Of the answers of `nps`: who was active that evening, and who was lost 365 days later."""
    surveys = surveys_at(tables, "nps", as_of)
    followed = [
        answer
        for answer in _answers(surveys, from_, min(to, as_of))
        if answer.answered_on and answer.answered_on + FOLLOW_UP <= as_of
    ]
    counts = {group: [0, 0] for group in GROUPS}
    known, rules = known_at(tables, as_of), parameters(settings, params or {})

    def active(customer: str, on: date) -> bool:
        state = states_at(known, on, rules).get(customer)
        return state is not None and state.active(on)

    for answer in followed:
        assert answer.answered_on is not None
        if active(answer.customer, answer.answered_on):
            count = counts[_group(answer.score)]
            count[0] += 1
            count[1] += not active(answer.customer, answer.answered_on + FOLLOW_UP)
    return {group: _followed(*counts[group]) for group in GROUPS}


def _followed(n: int, lost: int) -> dict[str, Any]:
    low, high = wilson(lost, n)
    return {"n": n, "lost": lost, "rate": share(lost, n), "lo": low, "hi": high}
