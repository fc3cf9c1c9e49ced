"""The audit log in words."""

from typing import Any

from django.utils.translation import gettext as _

from feedback.models import Status


def told(entry: Any, tags: dict[int, str]) -> str:
    """An audit entry as a sentence without its subject."""
    details = entry.details
    tag = tags.get(details.get("tag"), _("(a tag since removed)"))
    status = {name.name.lower(): name.label for name in Status}
    match entry.action:
        case "status":
            return _("changed the status from %(before)s to %(now)s") % {
                "before": status[details["before"]],
                "now": status[details["now"]],
            }
        case "tag":
            return _("tagged it %(tag)s") % {"tag": tag}
        case "untag":
            return _("took away the tag %(tag)s") % {"tag": tag}
        case "note":
            return _("wrote a note")
        case "personal":
            return _("looked at the personal answers")
    return str(entry.action)
