"""Entries of the lists that people edit, made where a file brings unknown ones."""

import unicodedata
from typing import Any

from django.db.models import Max

from customers.importing.lookups import fold_name
from customers.importing.rows import Run
from team.audit import Change, record_many


def make_entries(model: Any, texts: list[str], run: Run, **values: Any) -> dict[str, Any]:
    """New entries of a list at its end, named as the file names them."""
    last = model.objects.aggregate(last=Max("order"))["last"] or 0
    taken = set(model.objects.values_list("key", flat=True))
    made: dict[str, Any] = {}
    for text in texts:
        if fold_name(text) in made:
            continue
        name = unicodedata.normalize("NFC", text)[:100]
        key = _free_key(text, taken)
        taken.add(key)
        last += 1
        entry = model.objects.create(key=key, name=name, order=min(last, 32_000), **values)
        made[fold_name(text)] = entry
        run.note_made(entry)
    changes = (Change(row, after={"name": row.name}) for row in made.values())
    record_many("create", changes, by=run.by)
    return {text: made[fold_name(text)] for text in texts}


def _free_key(text: str, taken: set[str]) -> str:
    key = base = fold_name(text).replace(" ", "_")[:90]
    number = 2
    while key in taken:
        key, number = f"{base}_{number}", number + 1
    return key
