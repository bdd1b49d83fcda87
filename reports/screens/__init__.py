"""The pages of the reports, one file each. Adding one = a file here, and its name in this list."""

from reports.screens import churn
from reports.screens.screen import all_screens, screen_of

__all__ = ["all_screens", "churn", "screen_of"]
