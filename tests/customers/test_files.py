"""Files of customers: what comes in, who gets it out, what becomes of it in the bin."""

import io
import uuid
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from crm.lib.uploads import is_as_named, plain_name
from customers.filing import empty_bin, sweep
from customers.models import Customer, CustomerFile
from customers.ownership import assign
from team.models import AuditEntry, Company, User

pytestmark = pytest.mark.django_db
Login = Callable[[User], Client]
PDF = b"%PDF-1.7 an offer"


@pytest.fixture(autouse=True)
def on_disk(settings, tmp_path: Path) -> Path:
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    }
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def customer(rep: User) -> Customer:
    row: Customer = Customer.everything.create(name="Карпатська Кава")
    assign([row.pk], rep, on=Company.get().today, by=rep)
    return row


def send(
    browser: Client, customer: Customer, name: str = "Offer.pdf", content: bytes = PDF, **sent: str
):
    values = {"client_ref": str(uuid.uuid4()), "file": SimpleUploadedFile(name, content), **sent}
    return browser.post(f"/customers/{customer.pk}/files/", values)


def contents(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in folder.rglob("*") if path.is_file()]


def test_a_file_is_kept_under_a_name_that_tells_nothing(
    login: Login, rep: User, customer: Customer, on_disk: Path
) -> None:
    answer = send(login(rep), customer, "../../etc/Комерційна \u202efdp.pdf")
    assert (answer.status_code, answer["Location"]) == (303, f"/customers/{customer.pk}/")
    row = CustomerFile.everything.get()
    assert row.name == "Комерційна fdp.pdf"
    assert (row.size, row.created_by, row.customer) == (len(PDF), rep, customer)
    (path,) = (path for path in on_disk.rglob("*") if path.is_file())
    assert path.name == row.key.hex and path.read_bytes() == PDF
    assert path.relative_to(on_disk).parts[0] == "customers"
    assert AuditEntry.objects.get(subject_type="customerfile").action == "create"
    page = login(rep).get(f"/customers/{customer.pk}/").content.decode()
    assert page.count("Комерційна fdp.pdf") >= 2  # the card and the timeline


def test_it_is_handed_out_as_a_download_that_no_browser_runs(
    login: Login, rep: User, customer: Customer
) -> None:
    send(login(rep), customer, "Пропозиція.pdf")
    row = CustomerFile.everything.get()
    answer = login(rep).get(f"/files/{row.pk}/")
    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "no-store"


def test_who_does_not_see_the_customer_sees_no_file(
    login: Login, rep: User, other_rep: User, other_manager: User, manager: User, customer: Customer
) -> None:
    send(login(rep), customer)
    row = CustomerFile.everything.get()
    for person in (other_rep, other_manager):
        assert login(person).get(f"/files/{row.pk}/").status_code == 404
        assert login(person).post(f"/files/{row.pk}/bin/").status_code == 404
        assert send(login(person), customer).status_code == 404
    assert login(manager).get(f"/files/{row.pk}/").status_code == 200
    assert CustomerFile.everything.count() == 1
    anonymous = Client().get(f"/files/{row.pk}/")
    assert anonymous.status_code == 302 and "/sign-in/" in anonymous["Location"]
    row.refresh_from_db()
    assert row.binned_on is None


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("page.html", b"<script>alert(1)</script>"),
        ("picture.svg", b"<svg onload=alert(1)>"),
        ("offer.pdf", b"MZ\x90\x00"),
        ("offer.pdf.exe", PDF),
        ("offer", PDF),
        ("table.xlsx", b"PK\x03\x04 but no table"),
        ("notes.txt", b"\x00\x01\x02"),
    ],
)
def test_what_is_no_document_is_refused(
    login: Login, rep: User, customer: Customer, on_disk: Path, name: str, content: bytes
) -> None:
    answer = send(login(rep), customer, name, content)
    assert answer.status_code == 422
    assert "not what its name says" in answer.content.decode()
    assert not CustomerFile.everything.exists() and contents(on_disk) == []


def test_what_is_a_document_is_known_by_its_content() -> None:
    table = io.BytesIO()
    with zipfile.ZipFile(table, "w") as archive:
        archive.writestr("[Content_Types].xml", "<x/>")
    for name, content in (
        ("T.XLSX", table.getvalue()),
        ("a.jpg", b"\xff\xd8\xff\xe0 picture"),
        ("a.webp", b"RIFF\x00\x00\x00\x00WEBPVP8 "),
        ("a.csv", "назва;сума\n".encode("cp1251")),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old"),
    ):
        assert is_as_named(name, io.BytesIO(content)), name
    assert plain_name("a/b\\c\x00d.pdf", 200) == "cd.pdf"
    assert plain_name("я" * 300 + ".pdf", 200) == "я" * 196 + ".pdf"


def _table() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("[Content_Types].xml", "<x/>")
    return made.getvalue()


def _with(content: bytes, sign: bytes, at: int, value: bytes) -> bytes:
    """The zip with other bytes behind its last sign of a kind."""
    place = content.rindex(sign) + at
    return content[:place] + value + content[place + len(value) :]


END, ENTRY = b"PK\x05\x06", b"PK\x01\x02"
ODD_ZIPS = {
    "cut off": _table()[:-30],
    "no entries": END + bytes(18),
    "a table of contents larger than the file": _with(_table(), END, 14, b"\xff"),
    "a table of nonsense": _with(_table(), ENTRY, 0, b"XXXX"),
    "of a version that nobody reads": _with(_table(), ENTRY, 6, b"\xff"),
    "a name that is no text": _with(_with(_table(), ENTRY, 9, b"\xff"), ENTRY, 55, b"\xbd"),
}


@pytest.mark.parametrize("odd", ODD_ZIPS)
def test_a_zip_that_no_program_would_write_is_refused_in_words(
    login: Login, rep: User, customer: Customer, odd: str
) -> None:
    assert is_as_named("table.xlsx", io.BytesIO(_table()))
    answer = send(login(rep), customer, name="table.xlsx", content=ODD_ZIPS[odd])
    assert answer.status_code == 422
    assert not CustomerFile.everything.exists()


def test_a_file_too_large_is_dropped_on_the_way(
    login: Login, rep: User, customer: Customer, on_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crm.lib.uploads.LARGEST", 100_000)
    answer = send(login(rep), customer, content=PDF + b"x" * 200_000)
    assert answer.status_code == 422
    assert "This file is larger than" in answer.content.decode()
    assert not CustomerFile.everything.exists() and contents(on_disk) == []


@pytest.mark.parametrize(("content", "told"), [(b"", "This file is empty."), (None, "Choose the")])
def test_no_file_is_told(
    login: Login, rep: User, customer: Customer, content: bytes | None, told: str
) -> None:
    if content is None:
        answer = login(rep).post(f"/customers/{customer.pk}/files/", {})
    else:
        answer = send(login(rep), customer, content=content)
    assert answer.status_code == 422 and told in answer.content.decode()


def test_beyond_the_quota_nothing_is_kept(
    login: Login, rep: User, customer: Customer, on_disk: Path, settings
) -> None:
    settings.FILES_QUOTA = len(PDF) + 5
    assert send(login(rep), customer).status_code == 303
    answer = send(login(rep), customer)
    assert answer.status_code == 422 and "no room left" in answer.content.decode()
    assert CustomerFile.everything.count() == 1 and contents(on_disk) == [PDF]


def test_a_double_click_keeps_one(
    login: Login, rep: User, customer: Customer, on_disk: Path
) -> None:
    ref = str(uuid.uuid4())
    for _again in range(2):
        assert send(login(rep), customer, client_ref=ref).status_code == 303
    assert CustomerFile.everything.count() == 1 and contents(on_disk) == [PDF]


def test_the_bin_hides_brings_back_and_is_emptied(
    login: Login, rep: User, customer: Customer, on_disk: Path
) -> None:
    browser = login(rep)
    send(browser, customer)
    row = CustomerFile.everything.get()
    browser.post(f"/files/{row.pk}/bin/")
    browser.get(f"/customers/{customer.pk}/")  # and reads the message
    assert "Offer.pdf" not in browser.get(f"/customers/{customer.pk}/").content.decode()
    assert browser.get(f"/files/{row.pk}/").status_code == 404
    browser.post(f"/files/{row.pk}/restore/")
    assert browser.get(f"/files/{row.pk}/").status_code == 200
    browser.post(f"/files/{row.pk}/bin/")
    today = Company.get().today
    assert empty_bin(today=today + timedelta(days=30)) == 0
    assert empty_bin(today=today + timedelta(days=31)) == 1
    assert not CustomerFile.everything.exists() and contents(on_disk) == []
    assert AuditEntry.objects.filter(action="purge", subject_name="Offer.pdf").count() == 1


def test_contents_that_no_row_names_are_swept(
    login: Login, rep: User, customer: Customer, on_disk: Path
) -> None:
    send(login(rep), customer)
    lost = default_storage.save("customers/ab/abcdef", SimpleUploadedFile("x", b"cut off"))
    assert sweep(before=timezone.now() - timedelta(days=1)) == 0
    assert sweep(before=timezone.now() + timedelta(minutes=1)) == 1
    assert not default_storage.exists(lost) and contents(on_disk) == [PDF]


def test_a_content_that_is_gone_is_told_as_gone(
    login: Login, rep: User, customer: Customer
) -> None:
    send(login(rep), customer)
    row = CustomerFile.everything.get()
    default_storage.delete(row.stored_as)
    answer = login(rep).get(f"/files/{row.pk}/")
    assert answer.status_code == 410 and "no longer there" in answer.content.decode()


def test_files_of_a_merged_customer_stand_with_the_survivor(
    login: Login, rep: User, customer: Customer
) -> None:
    twin: Customer = Customer.everything.create(name="Twin", owner=rep)
    send(login(rep), twin, "Twin.pdf")
    values = {"other": twin.pk, "keep": "this", "name": "this", "version": 1, "other_version": 1}
    login(rep).post(f"/customers/{customer.pk}/merge/", values)
    page = login(rep).get(f"/customers/{customer.pk}/").content.decode()
    assert "Twin.pdf" in page
