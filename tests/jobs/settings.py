"""The settings of the real processes that these tests start: the product's own, and test jobs."""

from crm.settings import *  # noqa: F403
from crm.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.jobs.work"]
