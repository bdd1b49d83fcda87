"""Putting very many rows into tables: by COPY on PostgreSQL, by prepared inserts on SQLite."""

from collections.abc import Sequence
from typing import Any

from django.db import models

from crm.lib.bulk import store_rows as load

Row = Sequence[Any]


def load_instances(instances: Sequence[models.Model]) -> None:
    """`load` for unsaved model instances; they do not learn their keys."""
    if not instances:
        return
    names = [field.attname for field in instances[0]._meta.concrete_fields if not field.primary_key]
    load(type(instances[0]), names, ([getattr(row, name) for name in names] for row in instances))


def first_key(model: type[models.Model]) -> int:
    """The smallest key; the rows of one load follow it without gaps."""
    key = model._base_manager.order_by("pk").values_list("pk", flat=True).first()
    assert key is not None
    return int(key)
