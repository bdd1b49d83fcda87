"""Keeping the price list, and the price lines of deals: each change of a line reprices its deal."""

from datetime import date
from typing import Any

from django.db import transaction

from sales.deals.changing import reprice
from sales.models import Deal, DealLine, Product
from team.models import User
from team.records import add_record, change_record

PRODUCT_FIELDS = ("name", "price", "cost", "currency")
LINE_FIELDS = ("deal", "product", "name", "quantity", "price", "discount", "cost")


def add_product(product: Product, *, by: User | None) -> tuple[Product, bool]:
    return add_record(product, by=by, fields=PRODUCT_FIELDS)


def change_product(
    product: Product, values: dict[str, Any], *, by: User | None, version: int
) -> Product:
    """A new price is for lines to come; those that are there keep theirs."""
    return change_record(product, values, by=by, version=version)


def retire_product(product: Product, *, by: User | None) -> None:
    change_record(product, {"is_active": False}, by=by, version=None, action="retire")


def restore_product(product: Product, *, by: User | None) -> None:
    change_record(product, {"is_active": True}, by=by, version=None, action="offer again")


def add_line(line: DealLine, *, by: User | None) -> tuple[DealLine, bool]:
    """Raises `DealIsClosed`: what was won or lost keeps its price; `Refusal` for more than can be kept."""
    with transaction.atomic():
        line, made = add_record(line, by=by, fields=LINE_FIELDS)
        if made:
            reprice(line.deal, by=by)
    return line, made


def change_line(
    line: DealLine, values: dict[str, Any], *, by: User | None, version: int
) -> DealLine:
    with transaction.atomic():
        line = change_record(line, values, by=by, version=version)
        reprice(line.deal, by=by)
    return line


def remove_line(line: DealLine, *, by: User | None, on: date | None) -> Deal:
    """Take a line off (`on` a day) or put it back (None)."""
    action = "delete" if on is not None else "restore"
    with transaction.atomic():
        change_record(line, {"removed_on": on}, by=by, version=None, action=action)
        return reprice(line.deal, by=by)
