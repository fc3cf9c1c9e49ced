"""Logs that never hold what people sent: no address bar, no answer, no token, no quoted data.

Receipts, resume links and searches stand in addresses; a database's message quotes the value
it could not store. So of others' lines only the template is kept, of an error only its kind
and the way to it. ``LOG_FORMAT=json`` makes one object of each line, and a line of each request.
"""

import json
import logging
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, TypeAlias

from feedback.web.routes import method_of, request_id, route_of

ExcInfo: TypeAlias = (
    tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
)
OURS = ("feedback.", "survey_site.", "soundings.")  # whose words are written with care
TOLD = ("route", "method", "status", "ms", "task")


class RouteInsteadOfPath(logging.Filter):
    """Write the route's name where Django would write the path of a request."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        if request is not None:
            method, route = method_of(request), route_of(request)
            status = getattr(record, "status_code", "")
            record.__dict__ |= {"method": method, "route": route, "status": status}
            record.msg, record.args = "%s %s: %s", (method, route, status)
        elif record.name == "celery.app.trace" and isinstance(record.args, dict):
            record.__dict__["task"] = record.args.get("name")
        return True


class Line(logging.Formatter):
    """A line for people."""

    def format(self, record: logging.LogRecord) -> str:
        time = datetime.fromtimestamp(record.created, UTC)
        parts = [f"{time:%Y-%m-%d %H:%M:%S}", record.levelname, record.name, said(record)]
        if task := getattr(record, "task", None):
            parts.append(str(task))
        return "\n".join([" ".join(parts), *(f"  {part}" for part in way_to(record.exc_info))])


class JsonLine(logging.Formatter):
    """A line for programs."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": said(record),
        }
        line |= {name: record.__dict__[name] for name in TOLD if name in record.__dict__}
        if mark := request_id.get():
            line["request"] = mark
        if way := list(way_to(record.exc_info)):
            line["error"] = way
        return json.dumps(line, ensure_ascii=False)


def said(record: logging.LogRecord) -> str:
    """Our own words as they are; others' first line, without what they would fill in."""
    if hasattr(record, "request") or record.name.startswith(OURS):
        return record.getMessage()
    return str(record.msg).partition("\n")[0]


def way_to(raised: "ExcInfo | bool | None") -> Iterator[str]:
    """An error and what caused it: kinds, codes and places, never their words."""
    error = raised[1] if isinstance(raised, tuple) else None
    while error is not None:
        code = getattr(error, "sqlstate", None) or getattr(error, "errno", None) or ""
        yield f"{type(error).__module__}.{type(error).__qualname__} {code}".rstrip()
        for frame in traceback.extract_tb(error.__traceback__):
            yield f"{frame.filename}:{frame.lineno} {frame.name}"
        error = error.__cause__ or error.__context__
