"""Pages travel compressed to who can read it, and nothing else changes (decision 21)."""

import gzip
from collections.abc import Callable

import pytest
from django.test import Client

from team.models import User

pytestmark = pytest.mark.django_db


def test_a_page_is_compressed_for_who_asks(login: Callable[[User], Client], rep: User) -> None:
    browser = login(rep)
    plain = browser.get("/customers/")
    assert "Content-Encoding" not in plain
    packed = browser.get("/customers/", headers={"Accept-Encoding": "gzip, br"})
    assert packed["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed["Vary"]
    assert len(packed.content) < len(plain.content) / 2
    assert b"</html>" in gzip.decompress(packed.content)
    # of another length each time: what somebody adds to a page is not told by its size
    lengths = {
        len(browser.get("/customers/", headers={"Accept-Encoding": "gzip"}).content)
        for _n in range(20)
    }
    assert len(lengths) > 3
