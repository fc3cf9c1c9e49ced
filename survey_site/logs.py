"""Logs that never hold an address bar: receipts, resume links and searches are secrets."""

import logging


class RouteInsteadOfPath(logging.Filter):
    """Write the route's name where Django would write the path of a request."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        if request is not None:
            match = getattr(request, "resolver_match", None)
            route = match.view_name if match else "no route"
            record.msg = "%s %s: %s"
            status = getattr(record, "status_code", "")
            record.args = (getattr(request, "method", ""), route, status)
        return True
