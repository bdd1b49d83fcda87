"""How many statements a request sent to the database, in a header of the answer."""

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.http import HttpRequest
from django.http.response import HttpResponseBase

HEADER = "X-Queries"
# Django sends these around nested transactions; they read and write nothing.
MARKS = ("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT")


class Counter:
    def __init__(self) -> None:
        self.count = 0

    def __call__(
        self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any
    ) -> Any:
        self.count += not str(sql).startswith(MARKS)
        return execute(sql, params, many, context)


def count_queries(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    def middleware(request: HttpRequest) -> HttpResponseBase:
        counter = Counter()
        with connection.execute_wrapper(counter):
            response = get_response(request)
        response[HEADER] = str(counter.count)
        return response

    return middleware
