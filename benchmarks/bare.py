"""The least that Django can do, as the limit: the same bytes, or one INSERT of the same row.

No middleware and no form; the same web server, database driver, table and triggers.
"""

import os
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path

from survey_site.settings import DATABASES

settings.configure(
    DEBUG=False,
    SECRET_KEY="bare",
    ROOT_URLCONF=__name__,
    ALLOWED_HOSTS=["127.0.0.1"],
    MIDDLEWARE=[],
    DATABASES={"default": DATABASES["default"] | {"CONN_HEALTH_CHECKS": False}},
)

COLUMNS = (
    "survey_id, revision_id, language, source, seconds, answers, identity, reasons, network, device"
)
INSERT = f"""
    INSERT INTO feedback_response (nonce, receipt, {COLUMNS})
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s::jsonb, %s, %s, %s, %s)
"""


@cache
def page_bytes() -> bytes:
    return Path(os.environ["BARE_PAGE"]).read_bytes()


@cache
def row() -> Sequence[Any]:
    """A response as it was stored."""
    casts = COLUMNS.replace("answers", "answers::text")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {casts} FROM feedback_response ORDER BY id LIMIT 1")
        return tuple(cursor.fetchone())


def page(request: HttpRequest) -> HttpResponse:
    length = str(len(page_bytes()))
    headers = {"Content-Encoding": "gzip", "Content-Length": length}
    return HttpResponse(page_bytes(), headers=headers)


def insert(request: HttpRequest) -> HttpResponse:
    _body = request.body
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [uuid4(), uuid4(), *row()])
    return HttpResponse(status=303, headers={"Location": "/", "Content-Length": "0"})


urlpatterns = [path("page/", page), path("insert/", insert)]
application = get_wsgi_application()
