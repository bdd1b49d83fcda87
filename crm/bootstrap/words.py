"""Which word was asked for, and who carries it out."""

import os

from crm.bootstrap import environment
from crm.bootstrap.data_folder import make_data_dir
from crm.bootstrap.starting import start
from crm.bootstrap.trouble import Trouble, say
from crm.bootstrap.verifying import verify

WORDS = {"start": start, "verify": verify}
INTRODUCTION = """Mainstay's own words (all others are Django's):

  start     make the environment, the database and a demonstration company; run everything
  verify    make the environment and run the tests
"""


def main(argv: list[str]) -> int:
    """Run the word in `argv[1]` inside the environment; the answer is the exit code."""
    word = argv[1] if len(argv) > 1 else "help"
    try:
        environment.enter(argv)
        if word in WORDS:
            return WORDS[word](argv[2:])
        make_data_dir()
    except Trouble as trouble:
        say(f"Mainstay: {trouble}")
        return 1
    except KeyboardInterrupt:
        return 130
    if word in ("help", "--help", "-h") and len(argv) < 3:
        print(INTRODUCTION)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
    return _ask_django(argv)


def _ask_django(argv: list[str]) -> int:
    # these only stand inside the environment
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(argv)
    except ImproperlyConfigured as error:
        say(f"Mainstay: {error}")
        return 1
    return 0
