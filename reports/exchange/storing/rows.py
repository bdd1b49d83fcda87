"""Rows as column -> value, on their way into a table past the models."""

from collections.abc import Iterable
from itertools import chain
from typing import Any

from django.db import models

from crm.lib.bulk import store_rows


def add_rows(model: type[models.Model], rows: Iterable[dict[str, Any]]) -> None:
    """Store rows that all have the same columns in the same order."""
    rest = iter(rows)
    first = next(rest, None)
    if first is not None:
        values = (list(row.values()) for row in chain([first], rest))
        store_rows(model, list(first), values)
