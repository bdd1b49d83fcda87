#!/usr/bin/env python3
"""Mainstay's command line: `start`, `verify`, and every word of Django's own.

This file must stay readable for Python 3.6, so that an old one is told what is missing.
"""

import sys

if sys.version_info < (3, 11):
    sys.exit(
        "Mainstay needs Python 3.11 or newer, and this is Python %d.%d (%s). "
        "Install a newer one and run it by its name, for example: python3.11 manage.py start"
        % (sys.version_info[0], sys.version_info[1], sys.executable)
    )

from crm.bootstrap.words import main  # noqa: E402 - an old Python could not read what it imports

if __name__ == "__main__":
    sys.exit(main(sys.argv))
