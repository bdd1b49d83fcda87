"""The two places where the SQL of SQLite and PostgreSQL has to differ: a date to an integer day and back.

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
