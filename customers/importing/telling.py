"""What an import says of itself, line by line."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.lib.parsing.unreadable import printable
from customers.importing.mapping import Mapping
from customers.importing.running import Outcome
from customers.importing.table import Table

SHOWN_CAUSES = 50
SHOWN_COLUMNS = 60
_WIDTH = 30


def told_reading(table: Table, mapping: Mapping) -> Iterator[str]:
    """How the file was read, and for each column its name, its first value and where it goes."""
    yield f"{printable(table.name)}: {table.reading}"
    for place in mapping.placed[:SHOWN_COLUMNS]:
        header, first = printable(place.header)[:_WIDTH], printable(place.first)[:_WIDTH]
        goes_to = f"{place.goes_to} ({place.label})" if place.goes_to else _("left out")
        note = f", {place.note}" if place.note else ""
        yield f"  {header:<{_WIDTH}}  {first:<{_WIDTH}}  {goes_to}{note}"


def told_errors(outcome: Outcome) -> Iterator[str]:
    """Each cause once, with the first row that has it and how many more do."""
    for sentence, (first, count) in list(outcome.causes.items())[:SHOWN_CAUSES]:
        told = _("Row %(row)s, %(sentence)s") % {"row": first, "sentence": sentence}
        more = ngettext("(and %(count)s more row)", "(and %(count)s more rows)", count - 1)
        told = printable(told)
        yield f"{told} {more % {'count': count - 1}}" if count > 1 else told
    left = len(outcome.causes) - SHOWN_CAUSES
    if left > 0:
        yield _("and %(count)s more kinds of errors") % {"count": left}


def told_outcome(outcome: Outcome, seconds: float) -> Iterator[str]:
    counts = {name: outcome.counts.get(name, 0) for name in ("new", "filled", "same", "error")}
    yield _(
        "New %(new)s, filled %(filled)s, same %(same)s, with errors %(error)s; %(seconds).1f s."
    ) % {
        **counts,
        "seconds": seconds,
    }
    if outcome.batch is None:
        yield _("Nothing is kept: this was a dry run.")
    else:
        yield _("Within 7 days this takes it back: import_file --undo %(batch)s") % {
            "batch": outcome.batch.pk
        }
