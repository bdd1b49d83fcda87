"""Files of customers: kept under names that tell nothing, binned for 30 days, then gone."""

import hashlib
import uuid
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.conf import settings
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from crm.lib.uploads import plain_name
from customers.models import Customer, CustomerFile
from team.audit import Change, record_many, values_of
from team.models import User
from team.records import add_record, change_record
from team.refusals import Refusal

FIELDS = ("customer", "name", "size", "sha256")
KEPT_IN_BIN = timedelta(days=30)
ROOT = "customers"


def add_file(
    customer: Customer, upload: UploadedFile, *, client_ref: uuid.UUID | None, by: User | None
) -> tuple[CustomerFile, bool]:
    """Store a file whose kind and size were checked. The same `client_ref` again answers the first, False.

    Raises `Refusal` where the store is full. The content is there before the row, so that no row lacks it.
    """
    known = CustomerFile.everything.filter(client_ref=client_ref).first() if client_ref else None
    if known is not None:
        return known, False
    size = upload.size or 0
    if used() + size > settings.FILES_QUOTA:
        raise Refusal(_("There is no room left for files. Ask an administrator."), "file")
    row = CustomerFile(
        client_ref=client_ref,
        customer=customer,
        name=plain_name(upload.name or "", 200),
        size=size,
        sha256=_hash(upload),
        created_by=by,
    )
    default_storage.save(row.stored_as, upload)
    try:
        stored, made = add_record(row, by=by, fields=FIELDS)
    except BaseException:
        default_storage.delete(row.stored_as)
        raise
    if not made:
        default_storage.delete(row.stored_as)
    return stored, made


def used() -> int:
    """Bytes of all files, those in the bin too."""
    total: int | None = CustomerFile.everything.aggregate(total=Sum("size"))["total"]
    return total or 0


def bin_file(file: CustomerFile, *, by: User | None, on: date | None) -> None:
    """Into the bin (`on` a day), or back out of it (None)."""
    action = "restore" if on is None else "bin"
    change_record(file, {"binned_on": on}, by=by, version=None, action=action)


def empty_bin(*, today: date) -> int:
    """Delete what has lain in the bin for 30 days, with its content; answers how many files."""
    rows = list(CustomerFile.everything.filter(binned_on__lt=today - KEPT_IN_BIN))
    with transaction.atomic():
        record_many("purge", (Change(row, values_of(row, FIELDS)) for row in rows), by=None)
        CustomerFile.everything.filter(pk__in=[row.pk for row in rows]).delete()
    for row in rows:
        default_storage.delete(row.stored_as)
    return len(rows)


def sweep(*, before: datetime) -> int:
    """Delete contents older than that which no row names: of uploads that were cut off. Answers how many."""
    keys = {key.hex for key in CustomerFile.everything.values_list("key", flat=True)}
    gone = 0
    for path in _stored():
        if path.rpartition("/")[2] not in keys and default_storage.get_modified_time(path) < before:
            default_storage.delete(path)
            gone += 1
    return gone


def _stored() -> Iterator[str]:
    if not default_storage.exists(ROOT):
        return
    for folder in default_storage.listdir(ROOT)[0]:
        for name in default_storage.listdir(f"{ROOT}/{folder}")[1]:
            yield f"{ROOT}/{folder}/{name}"


def _hash(upload: UploadedFile) -> str:
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    return digest.hexdigest()
