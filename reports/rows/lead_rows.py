"""Leads as they were known at the end of a day, their touches and who answered for them, as parts of one statement.

Built on `customers.knowledge`: call `survivors()` first. Instants are whole seconds since 1970 (UTC), days
integers. Parameters: `%(date)s` and `%(day)s` the as-of day, `%(start)s` and `%(end)s` the period,
`%(first_at)s` the instant from which leads are read, `%(until_at)s` the end of the as-of day as an instant.
"""

from zoneinfo import ZoneInfo

from crm.lib.sql import day_number_sql, epoch_sql, local_day_sql, local_epoch_sql, second_sql
from customers.knowledge import held, known, said
from reports.rows.knowledge import team_of

# What is left out of every divisor: it was no lead, or it is counted already.
NOT_VALID = "('junk', 'duplicate')"


def endings(vendor: str) -> str:
    """`lead_ending(lead_id, converted_day, customer_id, closed_day, closed_reason)`: how leads ended by then.

    From the facts, not from the columns of the lead that repeat them: those know what came later. A lead has
    one live ending of a kind, so that each greatest value is the only one.
    """
    on = day_number_sql('e."on"', vendor)
    return f"""
lead_ending AS MATERIALIZED (
    SELECT e.lead_id,
        MAX(CASE WHEN e.kind = 'converted' THEN {on} END) AS converted_day,
        MAX(CASE WHEN e.kind = 'converted' THEN e.customer_id END) AS customer_id,
        MAX(CASE WHEN e.kind = 'closed' THEN {on} END) AS closed_day,
        MAX(CASE WHEN e.kind = 'closed' THEN e.reason END) AS closed_reason
    FROM sales_leadending e WHERE {known("e", 'e."on"')} GROUP BY e.lead_id
)"""


def leads(vendor: str, zone: ZoneInfo) -> str:
    """`known_lead`: the visible leads that arrived from `first_at` on, but for those of test customers.

    Columns: lead_id, reference, source_id, campaign_id, region, arrived (to be compared with instants), created
    (second), day, hour (of the company's zone), converted_day, converted_after (days from arrival),
    customer_id (the survivor), closed_day, closed_reason, valid (1 or 0).
    """
    day = local_day_sql("l.arrived_at", zone, vendor)
    told = ", ".join(
        f"{said('l', 'p', name)} AS {name}" for name in ("source_id", "campaign_id", "region")
    )
    return f"""
known_lead AS MATERIALIZED (
    SELECT k.*, (k.local_second - k.day * 86400) / 3600 AS hour,
        k.converted_day - k.day AS converted_after,
        CASE WHEN k.closed_reason IN {NOT_VALID} THEN 0 ELSE 1 END AS valid
    FROM (
        SELECT l.id AS lead_id, l.reference, {told},
            {second_sql("l.arrived_at", vendor)} AS arrived,
            {epoch_sql("l.arrived_at", vendor)} AS created, {day} AS day,
            {local_epoch_sql("l.arrived_at", zone, vendor)} AS local_second,
            e.converted_day, COALESCE(v.survivor_id, e.customer_id) AS customer_id,
            e.closed_day, e.closed_reason
        FROM sales_lead l
        LEFT JOIN sales_leadpast p ON p.lead_id = l.id AND {held("p")}
        LEFT JOIN lead_ending e ON e.lead_id = l.id
        LEFT JOIN survivor v ON v.customer_id = e.customer_id
        WHERE l.arrived_at >= %(first_at)s AND {_visible()}
    ) k
)"""


def _visible() -> str:
    """A lead that arrived and was recorded by the day; one that led to a test customer is left out."""
    tests = "(SELECT id FROM test_customer)"
    return (
        "l.arrived_at < %(until_at)s AND (l.recorded_on IS NULL OR l.recorded_on <= %(date)s)"
        " AND (l.deleted_on IS NULL OR l.deleted_on > %(date)s)"
        f" AND (e.customer_id IS NULL OR e.customer_id NOT IN {tests})"
        f" AND (v.survivor_id IS NULL OR v.survivor_id NOT IN {tests})"
    )


def led_to(vendor: str, zone: ZoneInfo) -> str:
    """`led_to(customer_id, lead_id, reference, created, day, valid, converted_day)`: leads that became customers.

    Of all times, whatever `first_at` is; `customer_id` is the survivor.
    """
    return f"""
led_to AS MATERIALIZED (
    SELECT COALESCE(v.survivor_id, e.customer_id) AS customer_id, l.id AS lead_id, l.reference,
        {epoch_sql("l.arrived_at", vendor)} AS created,
        {local_day_sql("l.arrived_at", zone, vendor)} AS day,
        CASE WHEN e.closed_reason IN {NOT_VALID} THEN 0 ELSE 1 END AS valid, e.converted_day
    FROM lead_ending e JOIN sales_lead l ON l.id = e.lead_id
    LEFT JOIN survivor v ON v.customer_id = e.customer_id
    WHERE e.customer_id IS NOT NULL AND {_visible()}
)"""


def touches_of(lead: str) -> str:
    """The join of `sales_activity a`: the touches of the rows of `known_lead`, named `lead`.

    Done, outward or a meeting in any direction, at or after the arrival to the second, known at the day.
    """
    return f"""JOIN sales_activity a ON a.lead_id = {lead}.lead_id
        AND a.start_at >= {lead}.arrived AND a.start_at < %(until_at)s AND a.status = 'done'
        AND (a.kind IN ('meeting', 'visit', 'demo')
            OR a.kind IN ('call', 'email', 'message') AND a.direction = 'out')
        AND a.recorded_on <= %(date)s AND (a.deleted_on IS NULL OR a.deleted_on > %(date)s)"""


def owners(moments: str) -> str:
    """`lead_answered(lead_id, rep_id, team_id)`: who owned a lead on `on_date` of `moments`, one row a lead.

    A lead that was given to nobody has no period and no owner; loading makes the period of `leads.rep_id`
    (ruling 10). The team is the one the owner belonged to on that day.
    """
    return f"""
lead_owner_choice AS (
    SELECT p.lead_id, o.rep_id, t.team_id,
        ROW_NUMBER() OVER (PARTITION BY p.lead_id ORDER BY
            o.from_on DESC, o.reference DESC, t.from_on DESC, t.id DESC) AS place
    FROM {moments} p JOIN sales_leadownership o ON o.lead_id = p.lead_id
    {team_of("o.rep_id", "p.on_date")}
    WHERE o.from_on <= p.on_date AND (o.to_on IS NULL OR o.to_on > p.on_date)
        AND {known("o", "o.from_on")}
),
lead_answered AS (SELECT lead_id, rep_id, team_id FROM lead_owner_choice WHERE place = 1)"""
