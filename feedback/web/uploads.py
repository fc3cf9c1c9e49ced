"""Uploaded files: never larger than is said beside the field, and gone with the request.

Nothing is kept between two pages. Whoever looked at a file sends it again to have it taken
in, and its digest tells whether it is the same.
"""

import hashlib
from typing import Any, BinaryIO, cast

from django.core.exceptions import ValidationError
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.forms import FileField, FileInput
from django.utils.translation import gettext_lazy as _

MOST_BYTES = 10_000_000
TOO_LARGE = _(
    "The files have more than 10 MB together. Take them in on the server: "
    "manage.py draft_survey, load_survey and import_responses."
)
NO_FILE = _("Choose a file.")
EMPTY = _("This file is empty. Choose another one.")


class Bounded(FileUploadHandler):
    """Lets so many bytes of one request through to the other handlers, and no more."""

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self.room = MOST_BYTES

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.room -= len(raw_data)
        if self.room < 0:
            raise StopUpload(connection_reset=False)  # the rest is read and dropped
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None

    def upload_complete(self) -> None:
        if self.room < 0 and self.request is not None:
            cast(Any, self.request).upload_too_large = True


class TableField(FileField):
    """A file that was let through whole."""

    def __init__(self, *, accept: str, **kwargs: Any) -> None:
        messages = {"required": NO_FILE, "missing": NO_FILE, "empty": EMPTY}
        widget = FileInput(attrs={"accept": accept})
        super().__init__(error_messages=messages, widget=widget, **kwargs)


def refuse_too_large(request: Any) -> None:
    """Raises: ValidationError, where not all that was sent was let through."""
    if getattr(request, "upload_too_large", False):
        raise ValidationError(TOO_LARGE)


def content_of(upload: Any) -> BinaryIO:
    """The file itself, at its beginning."""
    upload.file.seek(0)
    return cast(BinaryIO, upload.file)


def digest_of(upload: Any) -> str:
    return hashlib.file_digest(content_of(upload), "sha256").hexdigest()  # type: ignore[arg-type]
