"""The places where the SQL of SQLite and PostgreSQL has to differ: dates and integer days, JSON objects.

Everything else in hand-written statements is the same text on both: `CASE` for least and greatest, integer
division (it cuts towards zero on both), window functions, `WITH RECURSIVE`.
"""


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
