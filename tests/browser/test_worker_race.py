"""The worker of the phone against signing out in the wrong moment: its own text, in Chromium, with a held network."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from team.models import User

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
RUN = """async ([source, wipedWhen]) => {
    const store = new Map();
    const cache = {
        keys: async () => [...store.keys()],
        match: async (key) => store.get(key),
        put: async (key, page) => void store.set(key, await page.text()),
        delete: async (key) => store.delete(key),
    };
    const caches = {
        open: async () => cache,
        keys: async () => ["pages"],
        delete: async () => store.clear(),
        match: async () => undefined,
    };
    let arrive, end;
    const network = new Promise((resolve) => (arrive = resolve));
    const body = new ReadableStream({
        start(stream) {
            stream.enqueue(new TextEncoder().encode("Their customers"));
            end = () => stream.close();
        },
    });
    const worker = new Function(
        "self", "caches", "fetch", `${source}; return { fromNetwork, wipe };`
    )({ addEventListener() {} }, caches, () => network);
    const asked = worker.fromNetwork({}, "/today/");
    if (wipedWhen === "before the answer") await worker.wipe();
    arrive(Object.defineProperty(new Response(body), "type", { value: "basic" }));
    await new Promise((resolve) => setTimeout(resolve, 50));
    if (wipedWhen === "while it is read") await worker.wipe();
    end();
    await asked;
    return [...store];
}"""


@pytest.mark.parametrize(
    ("wiped_when", "kept"),
    [
        ("", [["/today/", "Their customers"]]),
        ("before the answer", []),
        ("while it is read", []),
    ],
)
def test_a_page_that_was_asked_for_before_signing_out_is_not_kept_after_it(
    visit: Any, rep: User, wiped_when: str, kept: list[list[str]]
) -> None:
    source = Client().get(reverse("service-worker")).content.decode()
    page = visit(
        rep
    ).page.context.new_page()  # an empty one, without our policy against code from text
    assert page.evaluate(RUN, [source, wiped_when]) == kept
