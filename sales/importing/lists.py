"""Entries of the lists that people edit, made where a file brings unknown ones."""

import unicodedata
from typing import Any

from django.db.models import Max

from crm.lib.search_terms import words_of
from customers.importing.rows import Run
from team.audit import Change, record_many


def make_entries(model: Any, texts: list[str], run: Run, **values: Any) -> dict[str, Any]:
    """New entries of a list at its end, named as the file names them."""
    last = model.objects.aggregate(last=Max("order"))["last"] or 0
    taken = set(model.objects.values_list("key", flat=True))
    made: dict[str, Any] = {}
    for text in texts:
        name = unicodedata.normalize("NFC", text)[:100]
        key = _free_key(text, taken)
        taken.add(key)
        last += 1
        made[text] = model.objects.create(key=key, name=name, order=min(last, 32_000), **values)
    record_many(
        "create", (Change(row, after={"name": row.name}) for row in made.values()), by=run.by
    )
    for row in made.values():
        run.note_made(row)
    return made


def _free_key(text: str, taken: set[str]) -> str:
    key = base = "_".join(words_of(text))[:90] or "entry"
    number = 2
    while key in taken:
        key, number = f"{base}_{number}", number + 1
    return key
