"""The evidence of loss 3: a row for each lead of a campaign with its share of the cost, drafted once.

A lead is worked once it converted, had enough touches in time, or was closed after a touch; unworked when its days
are over, else pending (loss-reports section 5). Its owner is who had it on the day it came (ruling 10).
"""

from zoneinfo import ZoneInfo

from crm.lib.sql import date_sql, json_object_sql, local_day_sql
from customers.knowledge import held, known, said
from reports.rows import lead_rows

# Of which cents are shared out: over how many rows, and where a row stands among them.
ALL = ("cost", "leads", "place")
OWN = ("own_cents", "own_leads", "own_place")


def worked(vendor: str, zone: ZoneInfo) -> str:
    """`campaign_lead`: the valid leads of campaigns in the period with `touches` (in time) and their `measure`."""
    start_day = local_day_sql("a.start_at", zone, vendor)
    first_day = local_day_sql("t.first_at", zone, vendor)
    return f"""
touched AS (
    SELECT l.lead_id, MIN(a.start_at) AS first_at,
        SUM(CASE WHEN {start_day} <= l.day + %(touch_days)s THEN 1 ELSE 0 END) AS touches
    FROM known_lead l {lead_rows.touches_of("l")}
    WHERE l.campaign_id IS NOT NULL GROUP BY l.lead_id
),
campaign_lead AS (
    SELECT l.*, COALESCE(t.touches, 0) AS touches,
        CASE WHEN l.converted_day IS NOT NULL OR COALESCE(t.touches, 0) >= %(min_touches)s
                OR {first_day} <= l.closed_day THEN 'worked'
            WHEN l.day + %(touch_days)s <= %(day)s THEN 'loss' ELSE 'pending' END AS measure
    FROM known_lead l LEFT JOIN touched t ON t.lead_id = l.lead_id
    WHERE l.campaign_id IS NOT NULL AND l.valid = 1 AND l.day BETWEEN %(start)s AND %(end)s
)"""


def costs() -> str:
    """`campaign_cost(campaign_id, cost, last_on)`: what each campaign cost in the period (0: no campaign)."""
    return f"""
campaign_cost AS (
    SELECT COALESCE(x.campaign_id, 0) AS campaign_id, CAST(SUM(x.cents) AS BIGINT) AS cost,
        MAX(x."on") AS last_on
    FROM sales_campaigncost x
    WHERE {known("x", 'x."on"')} AND x."on" BETWEEN %(from)s AND %(to)s
    GROUP BY COALESCE(x.campaign_id, 0)
)"""


def shared() -> str:
    """The SELECT of the drafted table: `campaign_lead` with the cost of its campaign and where it stands there.

    `own_cents` is what the leads of its own measure share: of the cost of all, as many parts as they are.
    """
    return f"""
SELECT s.*, CASE WHEN measure = 'worked' OR cost <= 0 THEN 0 ELSE {_part("own_leads")} END AS own_cents
FROM (
    SELECT l.*, COALESCE(x.cost, 0) AS cost,
        COUNT(*) OVER (PARTITION BY l.campaign_id) AS leads,
        ROW_NUMBER() OVER (PARTITION BY l.campaign_id ORDER BY l.reference) AS place,
        COUNT(*) OVER (PARTITION BY l.campaign_id, l.measure) AS own_leads,
        ROW_NUMBER() OVER (PARTITION BY l.campaign_id, l.measure ORDER BY l.reference) AS own_place
    FROM campaign_lead l LEFT JOIN campaign_cost x ON x.campaign_id = l.campaign_id
) s"""


def _part(parts: str) -> str:
    """`half_up(cost * parts / leads)` of a positive cost, without a product that could be too large."""
    return f"cost / leads * {parts} + (2 * (cost %% leads) * {parts} + leads) / (2 * leads)"


def details(vendor: str) -> str:
    """`lead_detail`: the drafted leads with owner and team, and what their rows show."""
    return f"""
moment AS (SELECT lead_id, {date_sql("day", vendor)} AS on_date FROM worked_lead),
{lead_rows.owners("moment")},
lead_detail AS (
    SELECT k.*, {date_sql("k.day", vendor)} AS arrived_on, c.reference AS campaign,
        {_channel()} AS channel, s.key AS source, w.rep_id, w.team_id
    FROM worked_lead k JOIN sales_campaign c ON c.id = k.campaign_id
    {_before()}
    LEFT JOIN sales_leadsource s ON s.id = k.source_id
    LEFT JOIN lead_answered w ON w.lead_id = k.lead_id
)"""


def evidence(vendor: str) -> str:
    """The rows of every measure; `base_cents` of all of them add up to the whole cost, and so do the `cost` rows."""
    facets = {name: name for name in ("campaign", "channel", "source", "region", "touches")}
    cents = _share(*OWN)
    return f"""
SELECT measure, campaign AS line_key, 'lead' AS subject_type, lead_id AS subject_id,
    rep_id AS owner_id, team_id, arrived_on AS occurred_on, {cents} AS cents,
    {cents} AS low_cents, {cents} AS high_cents, 1 = 1 AS in_base, {_share(*ALL)} AS base_cents,
    {json_object_sql({**facets, "closed_reason": "closed_reason"}, vendor)} AS facets
FROM lead_detail
UNION ALL
SELECT 'without_leads', COALESCE(c.reference, '(none)'), 'campaign', x.campaign_id,
    NULL, NULL, x.last_on, x.cost, x.cost, x.cost, 1 = 1, x.cost,
    {json_object_sql({"campaign": "c.reference", "channel": _channel()}, vendor)}
FROM campaign_cost x LEFT JOIN sales_campaign c ON c.id = x.campaign_id {_before()}
WHERE x.campaign_id NOT IN (SELECT campaign_id FROM worked_lead)
UNION ALL
SELECT 'cost', COALESCE(c.reference, '(none)'), 'campaign', COALESCE(x.campaign_id, 0),
    NULL, NULL, x."on", x.cents, x.cents, x.cents, 1 = 0, 0,
    {json_object_sql({"campaign": "c.reference", "channel": _channel(), "cost": "x.reference"}, vendor)}
FROM sales_campaigncost x LEFT JOIN sales_campaign c ON c.id = x.campaign_id {_before()}
WHERE {known("x", 'x."on"')} AND x."on" BETWEEN %(from)s AND %(to)s"""


def won(vendor: str) -> str:
    """A row for each customer that the leads became: its net revenue since its conversion, of the lead's owner."""
    facets = {name: f"d.{name}" for name in ("campaign", "channel", "source", "region")}
    return f"""
SELECT 'won' AS measure, d.campaign AS line_key, 'customer' AS subject_type, w.won_id AS subject_id,
    d.rep_id AS owner_id, d.team_id, {date_sql("w.day", vendor)} AS occurred_on, w.cents,
    w.cents AS low_cents, w.cents AS high_cents, 1 = 0 AS in_base, 0 AS base_cents,
    {json_object_sql(facets, vendor)} AS facets
FROM won_customer w JOIN lead_detail d ON d.lead_id = w.lead_id"""


def _channel() -> str:
    return said("c", "h", "channel")


def _before() -> str:
    """The join of what the campaign `c` said before."""
    return f"LEFT JOIN sales_campaignpast h ON h.campaign_id = c.id AND {held('h')}"


def _share(cents: str, leads: str, place: str) -> str:
    """Equal shares, of what is less than nothing too; the first rows by reference get the cents left over."""
    return (
        f"{cents} / {leads} + CASE WHEN {place} > ABS({cents} %% {leads}) THEN 0"
        f" WHEN {cents} < 0 THEN -1 ELSE 1 END"
    )
