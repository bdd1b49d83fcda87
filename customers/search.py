"""Finding records by what people remember of them: a name, a phone number, an e-mail.

Each kind of record declares what it is found by (`searchable`); the operation that saves a record calls
`index_record` in its transaction, a bulk one `index_records`. Terms are those of `crm.lib.search_terms`,
found by prefix on the index, the same on both databases.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

from django.db import connection, models, transaction
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from crm.lib.bulk import insert_rows
from crm.lib.search_terms import Needle, needles_of, prefix_range, terms_of
from customers.models import Contact, Customer, SearchTerm
from team.access import scope_of
from team.models import Owned

CHUNK = 2000
# Up to so many records a word is rare.
FEW = 500
# Of more hits than this any may be shown.
MANY = 10_000


@dataclass(frozen=True)
class Searchable:
    """A kind of record, the fields that name it, and whether it has a phone and an e-mail.

    `gone` is the column that is filled once the record is in the bin, `within` the one that names another
    record of the kind which this one has become part of: that one is found by these words too.
    """

    kind: str
    model: type[Owned]
    names: tuple[str, ...]
    reachable: bool = True
    gone: str = "binned_on"
    within: str = ""

    @property
    def fields(self) -> tuple[str, ...]:
        return (*self.names, "phone", "email") if self.reachable else self.names

    def parts_of(self, rows: "list[Any]") -> "dict[int, list[Any]]":
        """Who has become part of these records, by their primary keys. One query; none of most kinds."""
        parts: dict[int, list[Any]] = {row.pk: [] for row in rows}
        if self.within:
            among = {f"{self.within}__in": list(parts)}
            for part in self.model.everything.filter(**among).only(*self.fields, self.within):
                parts[getattr(part, f"{self.within}_id")].append(part)
        return parts

    def terms(self, row: Any, parts: "Iterable[Any]" = ()) -> set[str]:
        """All words by which the record is found."""
        return self._own_terms(row).union(*map(self._own_terms, parts))

    def _own_terms(self, row: Any) -> set[str]:
        names = [getattr(row, name) for name in self.names]
        if not self.reachable:
            return terms_of(names)
        return terms_of(names, phone=row.phone, email=row.email)


SEARCHABLE: dict[str, Searchable] = {}


def searchable(kind: Searchable) -> Searchable:
    """Declare a kind of record that can be found."""
    SEARCHABLE[kind.kind] = kind
    return kind


searchable(Searchable("customer", Customer, ("name",), within="merged_into"))
searchable(Searchable("contact", Contact, ("name",)))


def index_record(row: Owned) -> None:
    """Bring the terms of a saved record up to date: two queries at most, and more only where they changed."""
    kind = _kind_of(row)
    stored = SearchTerm.objects.filter(kind=kind.kind, record_id=row.pk)
    known = set(stored.values_list("term", flat=True))
    wanted = kind.terms(row, kind.parts_of([row])[row.pk])
    if known - wanted:
        stored.filter(term__in=known - wanted).delete()
    if wanted - known:
        SearchTerm.objects.bulk_create(
            SearchTerm(term=term, kind=kind.kind, record_id=row.pk)
            for term in sorted(wanted - known)
        )


def index_records(kind: str, ids: Collection[int] | None = None) -> None:
    """Write the terms of many records anew, set-based; of all of that kind without `ids`."""
    entry = SEARCHABLE[kind]
    with transaction.atomic():
        if ids is None:
            SearchTerm.objects.filter(kind=kind).delete()
            _add_terms(entry, entry.model.everything.all())
            return
        remaining = iter(sorted(ids))
        while part := list(islice(remaining, CHUNK)):
            SearchTerm.objects.filter(kind=kind, record_id__in=part).delete()
            _add_terms(entry, entry.model.everything.filter(pk__in=part))


def forget_records(kind: str, ids: Collection[int]) -> None:
    """Take out the terms of records that are no more."""
    SearchTerm.objects.filter(kind=kind, record_id__in=ids).delete()


def narrow(rows: "QuerySet[Any]", kind: str, text: str, *, viewer: Any) -> "QuerySet[Any]":
    """The rows in which each word of `text` begins a word, or whose phone or e-mail it is; none without words.

    For lists, in any order. It costs one query now. `rows` are already within the viewer's scope; the
    viewer decides the plan only.
    """
    needles = needles_of(text)
    if not needles:
        return rows.none()
    ids, common = _split(kind, needles, _first_records([kind], needles))
    if common and ids is None and not scope_of(viewer).is_one_person:
        return rows.filter(pk__in=_holding_all(kind, common))
    return _probing(rows, kind, ids, common)


def narrow_for_hits(
    rows: dict[str, "QuerySet[Any]"], text: str, *, viewer: Any
) -> dict[str, "QuerySet[Any]"]:
    """`narrow` for several kinds at the price of one query, where the first few hits are wanted.

    Their order, if any, must not be that of an index, or PostgreSQL walks the whole company in it. Who sees more
    than their own gets, of very many hits, any: whoever is found first, and who sees everything, for one common
    word, the `FEW` records that hold it most exactly.
    """
    needles = needles_of(text)
    if not needles:
        return {kind: queryset.none() for kind, queryset in rows.items()}
    found = _first_records(list(rows), needles)
    scope = scope_of(viewer)
    narrowed = {}
    for kind, queryset in rows.items():
        ids, common = _split(kind, needles, found)
        if scope.all and len(needles) == 1:
            ids, common = found.get((kind, 0), set()), []
        if scope.is_one_person:
            hits = _probing(queryset, kind, ids, common)
            narrowed[kind] = queryset.filter(pk__in=_first(hits)) if common else hits
        else:
            # in no order the first few are found before the last ones are looked for
            narrowed[kind] = _probing(
                queryset.order_by() if common else queryset, kind, ids, common
            )
    return narrowed


def _first(hits: "QuerySet[Any]") -> "QuerySet[Any]":
    """Their ids, found in an index that tells who may be seen, before any of them is read.

    The limit keeps PostgreSQL from joining the two steps into one that reads every record of the company
    that holds the word.
    """
    return hits.order_by().values("pk")[:MANY]


def _split(
    kind: str, needles: list[Needle], found: "Found"
) -> tuple[set[int] | None, list[Needle]]:
    """Ids of the records that hold all rare words (None: there are only common ones), and the common words."""
    ids: set[int] | None = None
    common = []
    for position, needle in enumerate(needles):
        records = found.get((kind, position), set())
        if len(records) > FEW:
            common.append(needle)
        else:
            ids = records if ids is None else ids & records
    return ids, common


def _probing(
    rows: "QuerySet[Any]", kind: str, ids: set[int] | None, common: list[Needle]
) -> "QuerySet[Any]":
    """Rows among the ids, with a subquery for each common word."""
    terms = SearchTerm.objects.filter(kind=kind)
    if ids is not None:
        rows, terms = rows.filter(pk__in=ids), terms.filter(record_id__in=ids)
    for needle in common:
        rows = rows.filter(pk__in=terms.filter(_begins_with(needle)).values("record_id"))
    return rows


def _begins_with(needle: Needle) -> Q:
    condition = Q()
    for prefix in needle:
        low, high = prefix_range(prefix)
        condition |= Q(term__gte=low, term__lt=high)
    return condition


_RANGE = "SELECT record_id, %s AS needle FROM customers_searchterm WHERE kind = %s AND term >= %s AND term < %s"


def _holding_all(kind: str, needles: list[Needle]) -> RawSQL:
    """A subquery of the ids of the records that hold all needles, worked out once from the index alone.

    As plain subqueries PostgreSQL would probe them for each row in the order of the list, which is right for
    the 500 records of a rep and took 4 s for those of the company.
    """
    ranges = [
        (position, kind, *prefix_range(prefix))
        for position, needle in enumerate(needles)
        for prefix in needle
    ]
    together = " UNION ALL ".join([_RANGE] * len(ranges))
    return RawSQL(  # noqa: S611 - the text is fixed, values are parameters
        f"SELECT record_id FROM ({together}) AS part GROUP BY record_id "  # noqa: S608
        f"HAVING COUNT(DISTINCT needle) = {len(needles)}",
        list(chain(*ranges)),
    )


Found = dict[tuple[str, int], set[int]]


def _first_records(kinds: list[str], needles: list[Needle]) -> Found:
    """By kind and position of the needle: ids of the records that hold it, cut off beyond `FEW`.

    In the order of the terms, so that whole words stand before longer ones.
    """
    part = f"SELECT %s AS kind, part.* FROM ({_RANGE} ORDER BY term LIMIT {FEW + 1}) AS part"  # noqa: S608
    values = [
        (kind, position, kind, *prefix_range(prefix))
        for kind in kinds
        for position, needle in enumerate(needles)
        for prefix in needle
    ]
    found: Found = {}
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join([part] * len(values)), list(chain(*values)))
        for kind, record_id, position in cursor.fetchall():
            found.setdefault((kind, position), set()).add(record_id)
    return found


def _kind_of(row: Owned) -> Searchable:
    return next(kind for kind in SEARCHABLE.values() if isinstance(row, kind.model))


def _add_terms(kind: Searchable, rows: "QuerySet[Any]") -> None:
    """Chunks of rows in, chunks of terms out: memory stays small whatever the number."""
    for part in _chunks(rows.only("pk", *kind.fields).order_by("pk").iterator(CHUNK)):
        parts = kind.parts_of(part)
        found = [(term, row.pk) for row in part for term in sorted(kind.terms(row, parts[row.pk]))]
        insert_rows(
            SearchTerm,
            ("term", "kind", "record_id"),
            [(term, kind.kind, pk) for term, pk in found],
        )


def _chunks(rows: Iterable[models.Model]) -> Iterable[list[models.Model]]:
    remaining = iter(rows)
    while part := list(islice(remaining, CHUNK)):
        yield part
