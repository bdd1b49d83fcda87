"""Which processes behind the pages cannot stay alive, as `manage.py start` notes it beside its logs."""

from django.conf import settings


def down_now() -> list[str]:
    """Their names (worker, beat, publisher); none where another program looks after them."""
    try:
        noted = (settings.DATA_DIR / "log" / "down").read_text(encoding="utf-8")
    except OSError:
        return []
    return noted.split("\n")
