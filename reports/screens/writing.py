"""Values written for the eye, by their kind (`parts.Kind`)."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.html import format_html

from crm.lib import formatting
from crm.lib.templatetags import ui
from reports.screens.parts import Row, Shown

ZERO = format_html('<span class="m-zero">{}</span>', "0")
NONE = format_html('<span class="m-zero">{}</span>', formatting.UNKNOWN)


@dataclass(frozen=True)
class Writer:
    """Writes values in the company's currency, told from its today."""

    currency: str
    today: date

    def write(self, kind: str, value: Any, empty: Any = "") -> Any:
        """Text or safe HTML; what is not known is a dash, or what `empty` says in loss colour."""
        if value is None or (value == "" and kind != "text"):
            return format_html('<span class="m-loss">{}</span>', empty) if empty else NONE
        match kind:
            case "money":
                return formatting.money(value, self.currency)
            case "cents":
                return formatting.money(value, self.currency, minor=True)
            case "day":
                return ui.day(value)
            case "due":
                return ui.due(value, self.today)
            case "number":
                return formatting.number(value) if value else ZERO
            case "percent":
                return formatting.percent(value)
            case "minutes":
                return formatting.minutes(value) if value else ZERO
        return value

    def cell(self, row: Row, column: Shown) -> dict[str, Any]:
        """What a template needs of one cell."""
        is_name = column.name == "name"
        classes = [
            *(["is-number"] if column.is_numeric else []),
            *(["is-spare"] if column.spare else []),
            *([column.place] if column.place else []),
        ]
        return {
            "text": self.write(column.kind, column.value(row), column.empty),
            "label": column.label,
            "note": column.note(row) if column.note else "",
            "classes": " ".join(classes),
            "is_name": is_name,
            "is_away": is_name and row.subject is None,
            "url": row.url if is_name else "",
        }
