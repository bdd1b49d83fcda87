"""A tag put on many records, or taken off."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from customers.models import Customer, Tag
from sales.bulk.deed import Deed, Treated, Values
from sales.bulk.kinds import KINDS, Kind
from sales.models import BulkAct, BulkItem
from team.audit import Change, record_many
from team.models import User


def _links(kind: Kind, ids: Iterable[int], tag: Tag | None) -> list[tuple[int, int, int]]:
    """The rows by which records bear the tag: of which record, the row, and who bears it.

    A customer stands for who was merged into it, whose rows stay where they are.
    """
    links = kind.tagging.everything.filter(tag=tag)
    if kind.name != "customer":
        found = links.filter(**{f"{kind.name}__in": list(ids)})
        return list(found.values_list(kind.name, "pk", kind.name))
    found = links.annotate(one=Coalesce("customer__merged_into", "customer"))
    return list(found.filter(one__in=list(ids)).values_list("one", "pk", "customer"))


def _bearing(kind: Kind, ids: Iterable[int], tag: Tag | None) -> dict[int, list[int]]:
    """Those rows by record."""
    by_record: dict[int, list[int]] = {}
    for record, link, _bearer in _links(kind, ids, tag):
        by_record.setdefault(record, []).append(link)
    return by_record


def _put(kind: Kind, rows: Sequence[Any], tag: Tag, by: User) -> dict[int, int]:
    links = kind.tagging.everything.bulk_create(
        (kind.tagging(**{kind.name: row}, tag=tag) for row in rows), batch_size=500
    )
    record_many("tag", (Change(row, after={"tag": tag.key}) for row in rows), by=by)
    return {row.pk: link.pk for row, link in zip(rows, links, strict=True)}


def _take_off(kind: Kind, rows: Sequence[Any], links: Iterable[int], tag: Tag, by: User) -> None:
    kind.tagging.everything.filter(pk__in=list(links)).delete()
    record_many("untag", (Change(row, before={"tag": tag.key}) for row in rows), by=by)


def bears(kind: Kind, rows: Sequence[Any], values: Values) -> dict[int, str]:
    if values.tag is None:
        return {}
    bearing = _bearing(kind, (row.pk for row in rows), values.tag)
    return {pk: _("has this tag already") for pk in bearing}


def bears_not(kind: Kind, rows: Sequence[Any], values: Values) -> dict[int, str]:
    if values.tag is None:
        return {}
    bearing = _bearing(kind, (row.pk for row in rows), values.tag)
    return {row.pk: _("does not have this tag") for row in rows if row.pk not in bearing}


def put(kind: Kind, rows: Sequence[Any], values: Values, by: User) -> dict[int, Treated]:
    assert values.tag is not None
    made = _put(kind, rows, values.tag, by)
    return {pk: Treated(made=link) for pk, link in made.items()}


def take_off(kind: Kind, rows: Sequence[Any], values: Values, by: User) -> dict[int, Treated]:
    assert values.tag is not None
    links = _links(kind, (row.pk for row in rows), values.tag)
    _take_off(kind, rows, (link for _record, link, _bearer in links), values.tag, by)
    bearers: dict[int, list[int]] = {}
    for record, _link, bearer in links:
        bearers.setdefault(record, []).append(bearer)
    return {row.pk: Treated({"bearers": bearers[row.pk]}) for row in rows}


def put_back(kind: Kind, act: BulkAct, items: Mapping[int, BulkItem], by: User) -> set[int]:
    """Onto those that did not get it again meanwhile: to whom it was taken off, as far as they stand for them still."""
    assert act.tag is not None
    rows = list(kind.rows(items, by))
    bearing = _bearing(kind, items, act.tag)
    without = {row.pk: row for row in rows if row.pk not in bearing}
    bearers = {bearer: pk for pk in without for bearer in items[pk].before.get("bearers", [pk])}
    if kind.name == "customer":
        stands_for = Customer.everything.filter(pk__in=bearers).values_list("pk", "merged_into")
        bearers = {pk: into or pk for pk, into in stands_for if (into or pk) == bearers[pk]}
    kind.tagging.everything.bulk_create(
        (kind.tagging(**{f"{kind.name}_id": pk}, tag=act.tag) for pk in bearers), batch_size=500
    )
    back = set(bearers.values())
    record_many("tag", (Change(without[pk], after={"tag": act.tag.key}) for pk in back), by=by)
    return back


def take_off_again(kind: Kind, act: BulkAct, items: Mapping[int, BulkItem], by: User) -> set[int]:
    """Off those that bear it since the act; a tag that was taken off and put on anew stays."""
    assert act.tag is not None
    bearing = _bearing(kind, items, act.tag)
    still = [row for row in kind.rows(items, by) if items[row.pk].made in bearing.get(row.pk, ())]
    made = [link for row in still if (link := items[row.pk].made) is not None]
    _take_off(kind, still, made, act.tag, by)
    return {row.pk for row in still}


TAG = Deed(
    key="tag",
    label=gettext_lazy("Add a tag"),
    short=pgettext_lazy("many records", "Add tag"),
    icon="tag",
    kinds=frozenset(KINDS),
    cannot=bears,
    carry_out=put,
    take_back=take_off_again,
    done=lambda values, rows: (
        _("Tag «%(tag)s» added: %(rows)s.") % {"tag": values.tag, "rows": rows}
    ),
)
UNTAG = Deed(
    key="untag",
    label=gettext_lazy("Remove a tag"),
    short=pgettext_lazy("many records", "Remove tag"),
    icon="x",
    kinds=frozenset(KINDS),
    cannot=bears_not,
    carry_out=take_off,
    take_back=put_back,
    done=lambda values, rows: (
        _("Tag «%(tag)s» removed: %(rows)s.") % {"tag": values.tag, "rows": rows}
    ),
)
