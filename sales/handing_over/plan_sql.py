"""The statements by which a hand-over is laid over what is there; the same text on PostgreSQL and SQLite.

`{chosen}` is a query of the customers it is about, `{owner}` whose deals and tasks come along: the leaver's, or where
a territory changes each customer's own giver's.
"""

_INSERT = """INSERT INTO sales_handoverline (handover_id, kind, record_id, parent_id, giver_id, version, pool, by_hand,
    chosen, why, tie, calls_own, calls_others, second_id, cents, renews_on, stayed, before)
"""
_ZEROS = "'', '', 0, 0, NULL"
_NEW = """NOT EXISTS (SELECT 1 FROM sales_handoverline known WHERE known.handover_id = %(handover)s
    AND known.kind = '{kind}' AND known.record_id = {record})"""
_OPEN_DEAL = "d.closed_on IS NULL AND d.binned_on IS NULL"
_OPEN_LEAD = "l.converted_on IS NULL AND l.closed_on IS NULL AND l.deleted_on IS NULL"
_AT_CUSTOMER = """LEFT JOIN customers_customer c ON c.id = {row}.customer_id
    LEFT JOIN sales_handoverline p ON p.handover_id = %(handover)s AND p.kind = 'customer'
        AND p.record_id = COALESCE(c.merged_into_id, c.id)"""


def _new(kind: str, record: str) -> str:
    return _NEW.replace("{kind}", kind).replace("{record}", record)


def _at(row: str) -> str:
    return _AT_CUSTOMER.replace("{row}", row)


# Who talks is the giver where it is who looks after the customer now; of others those count who still work here.
ADD_CUSTOMERS = (
    _INSERT
    + """WITH chosen (id) AS ({chosen}),
fresh AS (SELECT ch.id FROM chosen ch WHERE """
    + _new("customer", "ch.id")
    + """),
members AS (
    SELECT c.id, c.id AS customer_id, c.owner_id FROM fresh JOIN customers_customer c ON c.id = fresh.id
    UNION ALL
    SELECT m.id, m.merged_into_id, m.owner_id
    FROM fresh JOIN customers_customer m ON m.merged_into_id = fresh.id
),
talks AS (
    SELECT m.customer_id, a.author_id, m.owner_id, COUNT(*) AS n
    FROM members m JOIN sales_activity a ON a.customer_id = m.id JOIN team_user u ON u.id = a.author_id
    WHERE (u.is_active OR a.author_id = m.owner_id) AND a.deleted_on IS NULL
        AND a.status = 'done' AND a.start_at >= %(since)s
        AND a.kind IN (%(spoken_0)s, %(spoken_1)s, %(spoken_2)s, %(spoken_3)s, %(spoken_4)s)
    GROUP BY m.customer_id, a.author_id, m.owner_id
),
others AS (
    SELECT t.customer_id, t.author_id,
        ROW_NUMBER() OVER (PARTITION BY t.customer_id ORDER BY t.n DESC, t.author_id) AS place
    FROM talks t WHERE t.owner_id IS NULL OR t.author_id <> t.owner_id
),
told AS (
    SELECT customer_id,
        SUM(CASE WHEN author_id = owner_id THEN n ELSE 0 END) AS own,
        SUM(CASE WHEN author_id = owner_id THEN 0 ELSE n END) AS others
    FROM talks GROUP BY customer_id
),
renewals AS (
    SELECT m.customer_id, MIN(k.end_on) AS end_on
    FROM members m JOIN customers_contract k ON k.customer_id = m.id
    WHERE k.deleted_on IS NULL AND k.cancelled_on IS NULL AND k.end_on >= %(today)s
        AND k.end_on <= %(renews_by)s
    GROUP BY m.customer_id
)
SELECT %(handover)s, 'customer', c.id, NULL, c.owner_id, c.version, FALSE, FALSE, %(all_customers)s, '',
    CASE WHEN COALESCE(told.own, 0) > 0 AND told.others = 0 THEN 'high'
        WHEN COALESCE(told.own, 0) > 0 AND told.own >= told.others THEN 'medium' ELSE 'low' END,
    COALESCE(told.own, 0), COALESCE(told.others, 0), others.author_id, c.annual_cents, renewals.end_on,
    FALSE, '{}'
FROM fresh JOIN customers_customer c ON c.id = fresh.id
    LEFT JOIN told ON told.customer_id = c.id
    LEFT JOIN others ON others.customer_id = c.id AND others.place = 1
    LEFT JOIN renewals ON renewals.customer_id = c.id
ORDER BY c.id"""
)

ADD_LEADS = (
    _INSERT
    + f"""SELECT %(handover)s, 'lead', l.id, NULL, l.owner_id, l.version, FALSE, FALSE, %(takes_all)s, {_ZEROS}, 0,
    NULL, FALSE, '{{}}'
FROM sales_lead l WHERE l.owner_id = %(leaver)s AND {_OPEN_LEAD} AND {_new("lead", "l.id")}
ORDER BY l.id"""
)

ADD_DEALS = (
    _INSERT
    + f"""SELECT %(handover)s, 'deal', d.id, p.id, d.owner_id, d.version, FALSE, FALSE,
    COALESCE(p.chosen, %(takes_all)s), {_ZEROS}, d.cents, NULL, FALSE, '{{}}'
FROM sales_deal d {_at("d")}
WHERE {{owner}} AND {_OPEN_DEAL} AND {_new("deal", "d.id")} ORDER BY d.id"""
)

# A step follows its lead, else its customer, else its deal.
ADD_TASKS = (
    _INSERT
    + f"""SELECT %(handover)s, 'task', t.id, COALESCE(q.id, p.id, r.id), t.owner_id, t.version, FALSE, FALSE,
    COALESCE(q.chosen, p.chosen, r.chosen, %(takes_all)s), {_ZEROS}, 0, NULL, FALSE, '{{}}'
FROM sales_task t {_at("t")}
    LEFT JOIN sales_handoverline q ON q.handover_id = %(handover)s AND q.kind = 'lead' AND q.record_id = t.lead_id
    LEFT JOIN sales_handoverline r ON r.handover_id = %(handover)s AND r.kind = 'deal' AND r.record_id = t.deal_id
WHERE {{owner}} AND t.state = 'open' AND {_new("task", "t.id")} ORDER BY t.id"""
)

# Merged customers have the owner of their survivor, but own periods that hold again once they stand alone.
ADD_ASIDE = (
    _INSERT
    + f"""SELECT %(handover)s, 'aside', c.id, p.id, o.rep_id, NULL, FALSE, FALSE,
    COALESCE(p.chosen, %(takes_all)s), {_ZEROS}, 0, NULL, FALSE, '{{}}'
FROM customers_ownership o JOIN customers_customer c ON c.id = o.customer_id
    LEFT JOIN sales_handoverline p ON p.handover_id = %(handover)s AND p.kind = 'customer'
        AND p.record_id = c.merged_into_id
WHERE o.rep_id = %(leaver)s AND o.to_on IS NULL AND o.deleted_on IS NULL
    AND (c.merged_into_id IS NOT NULL OR c.binned_on IS NOT NULL) AND {_new("aside", "c.id")}
ORDER BY c.id"""
)

_REST = (
    _INSERT
    + f"""SELECT %(handover)s, '{{kind}}', x.id, NULL, %(leaver)s, x.version, FALSE, FALSE, TRUE, {_ZEROS}, 0, NULL,
    FALSE, '{{}}' FROM {{table}} x WHERE {{theirs}} AND {_NEW.replace("{record}", "x.id")} ORDER BY x.id"""
)


def _rest(kind: str, table: str, theirs: str) -> str:
    parts = {"{kind}": kind, "{table}": table, "{theirs}": theirs, "{{}}": "{}"}
    statement = _REST
    for part, text in parts.items():
        statement = statement.replace(part, text)
    return statement


THEIRS = {
    "campaign": "x.owner_id = %(leaver)s AND (x.ended_on IS NULL OR x.ended_on >= %(today)s)",
    "view": "x.owner_id = %(leaver)s AND x.deleted_at IS NULL AND (x.for_all OR x.team_id IS NOT NULL)",
    "rule": "EXISTS (SELECT 1 FROM sales_leadrule_people n WHERE n.leadrule_id = x.id AND n.user_id = %(leaver)s)",
    "team": "x.manager_id = %(leaver)s AND x.is_active",
}
TABLES = {
    "campaign": "sales_campaign",
    "view": "team_savedview",
    "rule": "sales_leadrule",
    "team": "team_team",
}
ADD_REST = tuple(_rest(kind, TABLES[kind], theirs) for kind, theirs in THEIRS.items())

_DROP = """DELETE FROM sales_handoverline WHERE handover_id = %(handover)s AND kind = '{kind}'
    AND NOT EXISTS (SELECT 1 FROM {table} x WHERE x.id = sales_handoverline.record_id AND {stands})"""
_SAME = "(x.owner_id = sales_handoverline.giver_id OR (x.owner_id IS NULL AND sales_handoverline.giver_id IS NULL))"
# What of each kind is still the giver's to hand over.
STANDS = {
    "task": ("sales_task", f"{_SAME} AND x.state = 'open'"),
    "deal": ("sales_deal", f"{_SAME} AND x.closed_on IS NULL AND x.binned_on IS NULL"),
    "lead": (
        "sales_lead",
        f"{_SAME} AND x.converted_on IS NULL AND x.closed_on IS NULL AND x.deleted_on IS NULL",
    ),
    "customer": (
        "customers_customer",
        f"{_SAME} AND x.binned_on IS NULL AND x.merged_into_id IS NULL",
    ),
    "aside": (
        "customers_customer",
        """(x.merged_into_id IS NOT NULL OR x.binned_on IS NOT NULL) AND EXISTS (SELECT 1
        FROM customers_ownership o WHERE o.customer_id = x.id AND o.to_on IS NULL AND o.deleted_on IS NULL
        AND o.rep_id = sales_handoverline.giver_id)""",
    ),
    **{kind: (TABLES[kind], theirs) for kind, theirs in THEIRS.items()},
}


def _drop(kind: str) -> str:
    table, stands = STANDS[kind]
    parts = {"{kind}": kind, "{table}": table, "{stands}": stands}
    statement = _DROP
    for part, text in parts.items():
        statement = statement.replace(part, text)
    return statement


# What followed what drops out goes by itself from now on: a deal whose customer was given away meanwhile.
# The line it follows is looked up by its number, a line at a time: PostgreSQL knows nothing yet of lines that were
# written in the same transaction, and as a join read all of them for each of them (a minute for 18,000).
_LET_GO = """UPDATE sales_handoverline SET parent_id = NULL WHERE handover_id = %(handover)s AND 1 = (
    SELECT COUNT(*) FROM sales_handoverline g WHERE g.id = sales_handoverline.parent_id AND g.kind = '{kind}'
    AND NOT EXISTS (SELECT 1 FROM {table} x WHERE x.id = g.record_id AND {stands}))"""


def _let_go(kind: str) -> str:
    table, stands = STANDS[kind]
    statement = _LET_GO.replace("{kind}", kind).replace("{table}", table)
    return statement.replace("{stands}", stands.replace("sales_handoverline.", "g."))


DROP_GONE = tuple(
    statement
    for kind in STANDS
    for statement in ([_let_go(kind)] if kind in ("customer", "lead", "deal") else [])
    + [_drop(kind)]
)

# The version as seen now, and the money.
SEE_AGAIN = tuple(
    f"""UPDATE sales_handoverline SET version = x.version{cents}
FROM {table} x WHERE sales_handoverline.handover_id = %(handover)s AND sales_handoverline.kind = '{kind}'
    AND x.id = sales_handoverline.record_id AND {differs}"""
    for kind, table, cents, differs in (
        (
            "customer",
            "customers_customer",
            ", cents = x.annual_cents",
            "(sales_handoverline.version <> x.version OR sales_handoverline.cents <> x.annual_cents)",
        ),
        (
            "deal",
            "sales_deal",
            ", cents = x.cents",
            "(sales_handoverline.version <> x.version OR sales_handoverline.cents <> x.cents)",
        ),
        ("lead", "sales_lead", "", "sales_handoverline.version <> x.version"),
        ("task", "sales_task", "", "sales_handoverline.version <> x.version"),
    )
)
