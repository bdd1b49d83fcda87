"""The folder that database, queue, files and logs lie in."""

import os
from pathlib import Path

from crm.bootstrap.environment import ROOT
from crm.bootstrap.trouble import Trouble


def data_dir() -> Path:
    """As the settings say it."""
    return Path(os.environ.get("CRM_DATA_DIR") or ROOT / "var")


def make_data_dir() -> None:
    """Where the database is a file in it: on a new machine any word may come first. Raises `Trouble`."""
    if not os.environ.get("DATABASE_URL") and not data_dir().is_dir():
        writable(data_dir())


def writable(folder: Path) -> Path:
    """The folder, made if need be. Raises `Trouble` where it cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f".probe-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise Trouble(
            f"{folder} cannot be written ({error.strerror}); "
            "make it writable, or name another folder in CRM_DATA_DIR."
        ) from None
    return folder
