"""What cannot be read says why, in the sentence that the reader sees."""

from typing import Any

SHOWN = 40


class Unreadable(ValueError):
    """`sentence` is translated when shown; `doubtful`: it could be read in two ways."""

    def __init__(self, sentence: Any, *, doubtful: bool = False, **params: str) -> None:
        self.sentence = sentence
        self.params = {name: shorten(value) for name, value in params.items()}
        self.doubtful = doubtful
        super().__init__(sentence)

    def __str__(self) -> str:
        return str(self.sentence) % self.params if self.params else str(self.sentence)


def printable(text: str) -> str:
    """One line without control characters, which could drive a terminal."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def shorten(text: str) -> str:
    """A value as a sentence quotes it: one line, not too long."""
    line = printable(text)
    return line if len(line) <= SHOWN else line[: SHOWN - 1] + "…"
