"""Which column of a file goes where: by its name in English or Ukrainian, or as somebody says."""

from dataclasses import dataclass
from typing import Any

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from customers.importing.importer import Importer
from customers.importing.limits import BadFile
from customers.importing.table import Table, fold

LANGUAGES = ("en", "uk")


@dataclass(frozen=True)
class Placed:
    """A column of the file: its name, its first value, and where it goes ("" = left out) and why."""

    header: str
    first: str
    goes_to: str
    label: Any = ""
    note: Any = ""


@dataclass(frozen=True)
class Mapping:
    """Where each column of the file goes, in the order of the file."""

    placed: tuple[Placed, ...]

    @property
    def positions(self) -> dict[str, int]:
        return {column.goes_to: i for i, column in enumerate(self.placed) if column.goes_to}


def known_names(importer: Importer) -> dict[str, str]:
    """All folded names under which a file may hold a column of this target."""
    names: dict[str, str] = {}
    for column in importer.columns:
        for name in (column.name, *column.also, *_labels(column.label)):
            names.setdefault(fold(name), column.name)
    return names


def map_columns(
    table: Table, importer: Importer, said: dict[str, str], *, leading: bool, given: frozenset[str]
) -> Mapping:
    """Place the columns; `said` (header or number -> column, "" = leave out) wins over the names.

    `leading`: whether the person may give columns that only managers and administrators give. Raises
    `BadFile` for a column that is said and not there, and for a required one that is missing.
    """
    by_position = _said(table, importer, said)
    names = known_names(importer)
    placed: list[Placed] = []
    taken = {target for target in by_position.values() if target}
    for position, header in enumerate(table.header):
        target = by_position.get(position, names.get(fold(header), ""))
        first = table.first[position] if position < len(table.first) else ""
        note: Any = ""
        if target and position not in by_position and target in taken:
            target, note = "", _("another column goes there")
        if target in importer.leading and not leading:
            target, note = "", _("only managers and administrators give this")
        taken.add(target)
        label = importer.column(target).label if target else ""
        placed.append(Placed(header, first, target, label, note))
    mapping = Mapping(tuple(placed))
    _check_required(table, importer, mapping, given)
    return mapping


def _labels(label: Any) -> list[str]:
    labels = []
    for language in LANGUAGES:
        with translation.override(language):
            labels.append(str(label))
    return labels


def _said(table: Table, importer: Importer, said: dict[str, str]) -> dict[int, str]:
    """What somebody said, by position: of two columns of one name, the name means the first."""
    columns = {column.name for column in importer.columns}
    result: dict[int, str] = {}
    for name, target in said.items():
        position = _position(table, name)
        if target and target not in columns:
            raise BadFile(
                _("Nothing is called “%(name)s” here. Columns can go to: %(columns)s."),
                name=target,
                columns=", ".join(column.name for column in importer.columns),
            )
        if target and target in result.values():
            raise BadFile(_("Two columns are to go to %(name)s. Say one."), name=target)
        result[position] = target
    return result


def _position(table: Table, name: str) -> int:
    folded = [fold(header) for header in table.header]
    if fold(name) in folded:
        return folded.index(fold(name))
    if name.isdecimal() and 1 <= int(name) <= len(table.header):
        return int(name) - 1
    raise BadFile(
        _("The file has no column “%(name)s”. It has: %(columns)s."),
        name=name,
        columns=", ".join(table.header),
    )


def _check_required(
    table: Table, importer: Importer, mapping: Mapping, given: frozenset[str]
) -> None:
    for column in importer.columns:
        if column.required and column.name not in mapping.positions and column.name not in given:
            raise BadFile(
                _(
                    "No column of the file goes to %(name)s (%(label)s). Say which does. It has: %(columns)s."
                ),
                name=column.name,
                label=column.label,
                columns=", ".join(table.header),
            )
