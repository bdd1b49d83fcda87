"""The form that strangers fill in."""

import pytest

from sales.models import LeadSource, WebForm


@pytest.fixture
def form() -> WebForm:
    return WebForm.objects.create(
        name="Site", title="Ask for an offer", language="en",
        asks=["company", "region", "budget", "message"],
        source=LeadSource.objects.get(key="web"),
    )  # fmt: skip
