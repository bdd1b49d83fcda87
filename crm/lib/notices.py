"""One-line messages after an act, with the address that takes the act back."""

from django.contrib import messages
from django.contrib.messages.storage.base import Message
from django.http import HttpRequest
from django.utils.functional import Promise

UNDO = "undo="


def say(request: HttpRequest, text: str | Promise, undo: str = "") -> None:
    """Tell what was done; with `undo` the message offers to take it back by a POST there."""
    messages.success(request, str(text), extra_tags=f"{UNDO}{undo}" if undo else "")


def undo_address(message: Message) -> str:
    tag = message.extra_tags or ""
    return tag.removeprefix(UNDO) if tag.startswith(UNDO) else ""
