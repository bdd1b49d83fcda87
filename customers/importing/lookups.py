"""Finding the records that texts of a file name: by reference, else by name; many at once, within the scope."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from crm.lib.parsing.unreadable import shorten
from crm.lib.text import normalise_email, sort_key
from team.models import User

Rows = Callable[[User | None], "QuerySet[Any]"]
# (record, "") or (None, the sentence that says why there is none)
Answer = tuple[Any, str]

NOT_FOUND = _("“%(typed)s” is not known.")
SEVERAL = _("There are several “%(typed)s”. Give the reference.")


def nothing(by: User | None) -> "QuerySet[Any]":
    return User.objects.none()


@dataclass(frozen=True)
class Lookup:
    """`rows` answers who may be named by a person; `ways`: how, in order, each a column and its folding."""

    rows: Rows = nothing
    ways: tuple[tuple[str, Callable[[str], str]], ...] = (
        ("reference", str),
        ("sort_name", sort_key),
    )
    missing: Any = NOT_FOUND

    def find(self, texts: Iterable[str], by: User | None) -> dict[str, Answer]:
        """An answer for each text, in one query for each way."""
        answers: dict[str, Answer] = {}
        left = set(texts)
        for column, folded in self.ways:
            found = self._found(column, {folded(text) for text in left} - {""}, by) if left else {}
            for text in sorted(left):
                rows = found.get(folded(text), [])
                if rows:
                    answers[text] = (
                        (rows[0], "") if len(rows) == 1 else (None, _told(SEVERAL, text))
                    )
                    left.discard(text)
        return answers | {text: (None, _told(self.missing, text)) for text in left}

    def _found(self, column: str, values: set[str], by: User | None) -> dict[str, list[Any]]:
        found: dict[str, list[Any]] = defaultdict(list)
        for row in self.rows(by).filter(**{f"{column}__in": values}).order_by("pk"):
            found[getattr(row, column)].append(row)
        return found


@dataclass(frozen=True)
class ListLookup(Lookup):
    """An entry of a list that people edit, by its key or its name in the language of the reader or English."""

    def find(self, texts: Iterable[str], by: User | None) -> dict[str, Answer]:
        known: dict[str, Any] = {}
        entries = list(self.rows(by))
        for entry in entries:
            for name in (str(entry), entry.name, entry.key):
                known.setdefault(fold_name(name), entry)
        choices = ", ".join(str(entry) for entry in entries)
        return {
            text: (known[fold_name(text)], "")
            if fold_name(text) in known
            else (None, str(self.missing % {"typed": shorten(text), "choices": choices}))
            for text in texts
        }


PEOPLE = (("email", normalise_email), ("reference", str), ("sort_name", sort_key))


def colleagues(by: User | None) -> "QuerySet[User]":
    """The people somebody answers for; all to the operator."""
    return User.objects.all() if by is None else User.visible_to(by)


def fold_name(name: str) -> str:
    return " ".join(name.replace("_", " ").replace("-", " ").casefold().split())


def _told(sentence: Any, text: str) -> str:
    return str(sentence % {"typed": shorten(text)})
