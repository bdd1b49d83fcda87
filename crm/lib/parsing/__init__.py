"""Amounts, days, instants and phone numbers as people type them and as files hold them."""

from crm.lib.parsing.amounts import parse_amount
from crm.lib.parsing.days import DayOrder, Nearest, parse_day, parse_moment
from crm.lib.parsing.phones import parse_phone
from crm.lib.parsing.unreadable import Unreadable

__all__ = [
    "DayOrder",
    "Nearest",
    "Unreadable",
    "parse_amount",
    "parse_day",
    "parse_moment",
    "parse_phone",
]
