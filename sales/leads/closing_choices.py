"""How a lead may end, and why, as one choice: "lost:12"; a kind without reasons on the list stands for itself."""

from typing import Any

from sales.models import Lead, LeadReason


def closing_choices() -> list[Any]:
    """What forms offer, by kind. One query."""
    reasons = list(LeadReason.objects.filter(is_active=True))
    return [_offered(kind, reasons) for kind in Lead.Closing]


def _offered(kind: Lead.Closing, reasons: list[LeadReason]) -> tuple[Any, Any]:
    here = [(f"{kind}:{one.pk}", one) for one in reasons if one.kind == kind]
    return (kind.label, here) if here else (kind.value, kind.label)


def closing_of(choice: str) -> tuple[str, LeadReason | None]:
    """The kind and the reason of a choice that was offered."""
    kind, _colon, reason = choice.partition(":")
    return kind, LeadReason.objects.get(pk=int(reason)) if reason else None
