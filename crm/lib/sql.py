"""The places where the SQL of SQLite and PostgreSQL has to differ: dates and integer days, instants, JSON objects.

Everything else in hand-written statements is the same text on both: `CASE` for least and greatest, integer
division (it cuts towards zero on both), window functions, `WITH RECURSIVE`.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo


def day_number_sql(column: str, vendor: str) -> str:
    """An SQL expression: the integer day (days since 1970-01-01) of a date column; null stays null.

    `vendor` is `connection.vendor`. The same integers as `crm.lib.periods.day_number`.
    """
    if vendor == "sqlite":
        return f"CAST(julianday({column}) - 2440587.5 AS INTEGER)"
    return f"({column} - DATE '1970-01-01')"


def date_sql(number: str, vendor: str) -> str:
    """An SQL expression: the date of an integer day, as a date column stores it; null stays null."""
    if vendor == "sqlite":
        return f"date(({number}) * 86400, 'unixepoch')"
    return f"(DATE '1970-01-01' + CAST({number} AS INTEGER))"


def month_start_sql(date: str, vendor: str) -> str:
    """An SQL expression: the first day of a date's month."""
    if vendor == "sqlite":
        return f"date({date}, 'start of month')"
    return f"CAST(date_trunc('month', {date}) AS DATE)"


def json_object_sql(members: dict[str, str], vendor: str) -> str:
    """An SQL expression: a JSON object of names and SQL expressions, as a JSON column stores it.

    Booleans differ between the two: give numbers. A date becomes its ISO text.
    """
    make = "json_object" if vendor == "sqlite" else "jsonb_build_object"
    pairs = [f"'{name}', {value}" for name, value in members.items()]
    return f"{make}({', '.join(pairs)})"


def json_text_sql(column: str, name: str, vendor: str) -> str:
    """An SQL expression: a member of a JSON column as text; null if it is not there or is null."""
    return (
        f"json_extract({column}, '$.{name}')" if vendor == "sqlite" else f"({column} ->> '{name}')"
    )


def json_has_sql(column: str, name: str, vendor: str) -> str:
    """An SQL condition: a JSON column has this member, be it null."""
    if vendor == "sqlite":
        return f"json_type({column}, '$.{name}') IS NOT NULL"
    return f"jsonb_exists({column}, '{name}')"


def json_with_sql(column: str, members: dict[str, str], vendor: str) -> str:
    """An SQL expression: a JSON column with members of SQL expressions put in, or in place of old ones."""
    if vendor == "sqlite":
        pairs = [f"'$.{name}', {value}" for name, value in members.items()]
        return f"json_set({column}, {', '.join(pairs)})"
    return f"({column} || {json_object_sql(members, vendor)})"


def typed_date_sql(text: str, vendor: str) -> str:
    """An SQL expression: an ISO text as a date column stores it."""
    return text if vendor == "sqlite" else f"CAST({text} AS DATE)"


def epoch_sql(column: str, vendor: str) -> str:
    """An SQL expression: the whole seconds since 1970-01-01 00:00 UTC of an instant; null stays null.

    For statements with parameters, as all of the above: the per cent sign of SQLite's format is doubled.
    """
    if vendor == "sqlite":
        return f"CAST(strftime('%%s', {column}) AS INTEGER)"
    return f"CAST(FLOOR(EXTRACT(EPOCH FROM {column})) AS BIGINT)"


def instant_sql(seconds: str, vendor: str) -> str:
    """An SQL expression: the instant of whole seconds since 1970-01-01 00:00 UTC; null stays null."""
    if vendor == "sqlite":
        return f"datetime({seconds}, 'unixepoch')"
    return f"to_timestamp({seconds})"


def second_sql(column: str, vendor: str) -> str:
    """An SQL expression: an instant cut to its whole second, to be compared with instants."""
    if vendor == "sqlite":
        return f"SUBSTR({column}, 1, 19)"
    return f"date_trunc('second', {column})"


def instant_text(instant: datetime) -> str:
    """An instant as a parameter of hand-written statements, which both databases read as UTC."""
    return f"{instant.astimezone(UTC):%Y-%m-%d %H:%M:%S}"


def rows_sql(rows: Sequence[Sequence[int]], columns: int) -> str:
    """A SELECT of rows of whole numbers, typed into the statement; also of none."""
    if not rows:
        return f"SELECT {', '.join(['0'] * columns)} WHERE 1 = 0"
    return "VALUES " + ", ".join(f"({', '.join(str(int(n)) for n in row)})" for row in rows)


def local_epoch_sql(column: str, zone: ZoneInfo, vendor: str) -> str:
    """An SQL expression: `epoch_sql` as a clock on the wall of the zone would count them.

    Divided by 86,400 it is the local integer day, the rest the second of that day.
    """
    if vendor == "sqlite":
        return f"({epoch_sql(column, vendor)} + {_offset_sql(column, _shifts(zone))})"
    return f"CAST(FLOOR(EXTRACT(EPOCH FROM ({column} AT TIME ZONE '{zone.key}'))) AS BIGINT)"


def local_day_sql(column: str, zone: ZoneInfo, vendor: str) -> str:
    """An SQL expression: the integer day on which an instant lies in the zone; null stays null."""
    if vendor == "sqlite":
        # towards minus infinity, also before 1970
        seconds = local_epoch_sql(column, zone, vendor)
        return f"(({seconds} + {_ERA} * 86400) / 86400 - {_ERA})"
    return day_number_sql(f"CAST({column} AT TIME ZONE '{zone.key}' AS DATE)", vendor)


# Days added so that no integer division meets a negative number.
_ERA = 1_000_000
_YEARS = range(1970, 2101)


@cache
def _shifts(zone: ZoneInfo) -> tuple[tuple[str, int], ...]:
    """From which instant (UTC, as SQLite holds it) the zone is how many seconds ahead of UTC, in order."""
    found: list[tuple[str, int]] = []
    hour = datetime(_YEARS.start - 1, 12, 31, tzinfo=UTC)
    end, step = datetime(_YEARS.stop, 1, 2, tzinfo=UTC), timedelta(days=1)
    while hour < end:
        if not found:
            found.append((f"{hour:%Y-%m-%d %H:%M:%S}", _ahead(hour, zone)))
        elif _ahead(hour + step, zone) != found[-1][1]:
            shift = _shift_between(hour, hour + step, zone)
            found.append((f"{shift:%Y-%m-%d %H:%M:%S}", _ahead(shift, zone)))
        hour += step
    return tuple(found)


def _shift_between(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The second of a change of the zone's offset; halved until it is found."""
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before).total_seconds() // 2)
        if _ahead(middle, zone) == _ahead(before, zone):
            before = middle
        else:
            after = middle
    return after


def _ahead(instant: datetime, zone: ZoneInfo) -> int:
    offset = instant.astimezone(zone).utcoffset()
    return int(offset.total_seconds()) if offset else 0


def _offset_sql(column: str, shifts: tuple[tuple[str, int], ...]) -> str:
    """The offset in force, found by halving: seven comparisons for two changes a year."""
    if len(shifts) == 1:
        return str(shifts[0][1])
    middle = len(shifts) // 2
    early, late = _offset_sql(column, shifts[:middle]), _offset_sql(column, shifts[middle:])
    return f"CASE WHEN {column} < '{shifts[middle][0]}' THEN {early} ELSE {late} END"


def given_rows_sql(parameter: str, columns: dict[str, str], vendor: str) -> str:
    """A SELECT of rows that a parameter of the statement gives as a JSON list of objects.

    `columns` are the members with their types: `BIGINT`, `TEXT`, `DATE` (as ISO text) or `JSON`.
    """
    if vendor == "sqlite":
        members = ", ".join(f"json_extract(value, '$.{name}') AS {name}" for name in columns)
        return f"SELECT {members} FROM json_each(%({parameter})s)"
    told = ", ".join(
        f"{name} {'JSONB' if kind == 'JSON' else kind}" for name, kind in columns.items()
    )
    return f"SELECT * FROM jsonb_to_recordset(CAST(%({parameter})s AS JSONB)) AS given({told})"


def half_up_times_sql(cents: str, part: str, whole: str, vendor: str) -> str:
    """An SQL expression: cents times part / whole (> 0), rounded halves away from zero, however large the product.

    On SQLite call `crm.lib.sqlite.know_half_up_times` before.
    """
    if vendor == "sqlite":
        return f"half_up_times({cents}, {part}, {whole})"
    product = f"CAST({cents} AS NUMERIC) * CAST({part} AS NUMERIC)"
    twice = f"2 * CAST({whole} AS NUMERIC)"
    rounded = f"DIV(2 * ABS({product}) + CAST({whole} AS NUMERIC), {twice})"
    return f"CAST(SIGN({product}) * {rounded} AS BIGINT)"


def looked_up_sql(few: str, table: str, name: str, condition: str, vendor: str) -> str:
    """A FROM clause: the rows of a table that meet the condition, found by its index for each of a few rows.

    Either database would read the whole table instead. `name` is what the condition calls the table.
    """
    rows = f"(SELECT * FROM {table} {name} WHERE {condition} OFFSET 0)"
    if vendor == "sqlite":
        return f"{few} CROSS JOIN {table} {name} ON {condition}"
    return f"{few} CROSS JOIN LATERAL {rows} {name}"
