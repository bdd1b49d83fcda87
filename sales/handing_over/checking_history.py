"""Whether whose customers and leads were when holds together: periods, the column that repeats them, and the log.

Asked of any database, set-based; nothing is changed. A time without an owner is no fault: customers lie in the pool.
"""

from dataclasses import dataclass
from typing import Any

from django.db import connection

from crm.lib.sql import json_has_sql, json_text_sql
from customers.ownership import BOOK as CUSTOMERS
from sales.leads.lead_ownership import BOOK as LEADS

BOOKS = {"customers": CUSTOMERS, "leads": LEADS}
# Faults that are told by the number of the record, of each sort.
TOLD = 20


@dataclass(frozen=True)
class Fault:
    """`sort` is "open twice", "overlap", "column", "survivor", "log", "untold"; `subject` the number of the record."""

    book: str
    sort: str
    subject: int
    said: str


@dataclass(frozen=True)
class Checked:
    """Of one book: how many records and live periods there are, how many times without an owner, and what is wrong."""

    book: str
    subjects: int
    periods: int
    gaps: int
    faults: list[Fault]


_LIVE = "p.deleted_on IS NULL"
_STAYS = "COALESCE({row}.to_on, '9999-12-31')"
_TWICE = """SELECT p.{key}_id, COUNT(*) FROM {periods} p WHERE {live} AND p.to_on IS NULL
GROUP BY p.{key}_id HAVING COUNT(*) > 1 ORDER BY 1"""
_OVERLAP = """SELECT p.{key}_id, CAST(q.from_on AS VARCHAR(10)) FROM {periods} p
    JOIN {periods} q ON q.{key}_id = p.{key}_id AND p.id < q.id AND q.deleted_on IS NULL
WHERE {live} AND p.from_on < {q_stays} AND q.from_on < {p_stays}
    AND p.from_on < {p_stays} AND q.from_on < {q_stays} ORDER BY 1"""
# As of today: a period that begins later holds later.
_COLUMN = """SELECT s.id,
    CAST(COALESCE(s.owner_id, 0) AS VARCHAR(20)) || ' / ' || CAST(COALESCE(p.rep_id, 0) AS VARCHAR(20))
FROM {subjects} s LEFT JOIN {periods} p ON p.{key}_id = s.id AND {live} AND p.from_on <= %(today)s
    AND (p.to_on IS NULL OR p.to_on > %(today)s)
WHERE {alone} COALESCE(s.owner_id, 0) <> COALESCE(p.rep_id, 0) ORDER BY 1"""
_SURVIVOR = """SELECT s.id, CAST(v.id AS VARCHAR(20)) FROM customers_customer s
JOIN customers_customer v ON v.id = s.merged_into_id
WHERE COALESCE(s.owner_id, 0) <> COALESCE(v.owner_id, 0) ORDER BY 1"""
_GAPS = """SELECT COUNT(*) FROM (
    SELECT p.to_on, LEAD(p.from_on) OVER (PARTITION BY p.{key}_id ORDER BY p.from_on, p.id) AS next_on
    FROM {periods} p WHERE {live}) t WHERE t.next_on > t.to_on"""
# The last entry that says whose it is, nobody's too; what was loaded before anybody wrote a log has none.
_LOG = """WITH said AS (
    SELECT e.subject_id, MAX(e.id) AS entry_id FROM team_auditentry e JOIN team_auditdetail d ON d.entry_id = e.id
    WHERE e.subject_type = '{key}' AND e.action IN ('assign', 'create', 'update') AND {says}
    GROUP BY e.subject_id
)
SELECT s.id, COALESCE({owner}, '-') || ' / ' || COALESCE(CAST(p.rep_id AS VARCHAR(20)), '-')
FROM said JOIN team_auditdetail d ON d.entry_id = said.entry_id
JOIN {subjects} s ON s.id = said.subject_id
LEFT JOIN {periods} p ON p.{key}_id = s.id AND {live} AND p.to_on IS NULL
WHERE COALESCE({owner}, '-') <> COALESCE(CAST(p.rep_id AS VARCHAR(20)), '-') ORDER BY 1"""
# A period that was recorded after the log began to tell of its record, or after the last loading, names somebody whom
# no entry of the record names.
_UNTOLD = """WITH began AS (
    SELECT e.subject_id, MIN(e.at) AS at FROM team_auditentry e JOIN team_auditdetail d ON d.entry_id = e.id
    WHERE e.subject_type = '{key}' AND {says} GROUP BY e.subject_id
), loaded AS (SELECT MAX(e.at) AS at FROM team_auditentry e WHERE e.action IN ('load-tables', 'seed'))
SELECT DISTINCT p.{key}_id, CAST(p.rep_id AS VARCHAR(20)) FROM {periods} p
    LEFT JOIN began ON began.subject_id = p.{key}_id CROSS JOIN loaded
WHERE p.rep_id IS NOT NULL AND CAST(p.recorded_on AS VARCHAR(10)) > SUBSTR(CAST(COALESCE(began.at, loaded.at)
        AS VARCHAR(30)), 1, 10) AND NOT EXISTS (
    SELECT 1 FROM team_auditentry e JOIN team_auditdetail d ON d.entry_id = e.id
    WHERE e.subject_type = '{key}' AND e.subject_id = p.{key}_id
        AND CAST(p.rep_id AS VARCHAR(20)) IN ({owner}, {owner_before}))
ORDER BY 1"""


def check_history(today: str) -> list[Checked]:
    """Every book; `today` is the business date. Seven statements each."""
    return [_check(name, book, today) for name, book in BOOKS.items()]


def _check(name: str, book: Any, today: str) -> Checked:
    faults: list[Fault] = []
    sorts = {
        "open twice": _TWICE,
        "overlap": _OVERLAP,
        "column": _COLUMN,
        "log": _LOG,
        "untold": _UNTOLD,
    }
    if book.key == "customer":
        sorts["survivor"] = _SURVIVOR
    for sort, statement in sorts.items():
        faults += [
            Fault(name, sort, pk, str(said))
            for pk, said in _asked(_filled(statement, book), {"today": today})
        ]
    gaps = _asked(_filled(_GAPS, book), {})[0][0]
    live = book.periods.everything.filter(deleted_on__isnull=True).count()
    return Checked(name, book.subjects.everything.count(), live, gaps, faults)


def _filled(statement: str, book: Any) -> str:
    parts = {
        "live": _LIVE,
        "p_stays": _STAYS.replace("{row}", "p"),
        "q_stays": _STAYS.replace("{row}", "q"),
        "key": book.key,
        "periods": book.periods._meta.db_table,
        "subjects": book.subjects._meta.db_table,
        # the column of a merged customer is its survivor's
        "alone": "s.merged_into_id IS NULL AND" if book.key == "customer" else "",
        "owner_before": _owner_in("d.before"),
        "owner": _owner_in("d.after"),
        "says": json_has_sql("d.after", "owner", connection.vendor),
    }
    for name, text in parts.items():
        statement = statement.replace(f"{{{name}}}", text)
    return statement


def _owner_in(column: str) -> str:
    return f"CAST({json_text_sql(column, 'owner', connection.vendor)} AS VARCHAR(20))"


def _asked(statement: str, told: dict[str, str]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, told)
        return list(cursor.fetchall())
