"""What an operation answers when it must not be done, in the words that the screen shows."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError


class Refusal(Exception):
    """A sentence for the person who asked; `field` names what it is about, empty for the whole."""

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field


@contextmanager
def taken_meanwhile(sentence: str, field: str = "") -> Iterator[None]:
    """What the form found free was taken before it was stored: a refusal instead of a broken page."""
    try:
        yield
    except IntegrityError as error:
        raise Refusal(sentence, field) from error
