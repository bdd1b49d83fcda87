"""Model fields that mean the same on SQLite and PostgreSQL."""

from decimal import Decimal
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from crm.lib.money import AMOUNT_DIGITS, AMOUNT_PLACES


class ExactDecimalField(models.DecimalField):
    """A decimal kept digit for digit: NUMERIC on PostgreSQL, text on SQLite.

    SQLite would turn a decimal into a float and keep 15 digits. Never sum it in SQL: sum the cents.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", AMOUNT_DIGITS)
        kwargs.setdefault("decimal_places", AMOUNT_PLACES)
        super().__init__(*args, **kwargs)

    def get_internal_type(self) -> str:
        return "ExactDecimalField"

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        if connection.vendor == "sqlite":
            return "text"
        return f"numeric({self.max_digits}, {self.decimal_places})"

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Decimal | None:
        # 100.00000000 comes back as 100, never as 1E+2
        return None if value is None else Decimal(format(Decimal(value).normalize(), "f"))

    def get_db_prep_value(
        self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False
    ) -> Any:
        number = self.to_python(value)
        return None if number is None else format(number, "f")
