"""Trouble that a person can do something about."""

import sys


class Trouble(Exception):
    """Carries the one sentence that is shown instead of a traceback."""


def say(sentence: str) -> None:
    """Tell the person at the terminal; never on standard output, which belongs to the command."""
    print(sentence, file=sys.stderr, flush=True)
