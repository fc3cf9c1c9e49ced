"""What was done to a response, in words: the audit log as its readers want it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.utils.translation import gettext as _

from feedback.models import AuditEntry, Bulk, Status, Survey
from feedback.responses.tags import tag_names

PEOPLE = ("before", "now", "value")  # details of an assignment that are numbers of users


@dataclass(frozen=True)
class Names:
    """Names by number, of what the log has numbers of only."""

    tags: Mapping[int, str]
    people: Mapping[int, str]

    def tag(self, number: int | None) -> str:
        return self.tags.get(number or 0, _("(a tag since removed)"))

    def person(self, number: int | None) -> str:
        if number is None:
            return _("nobody")
        return self.people.get(number, _("somebody since removed"))


def names_for(
    survey: Survey, entries: Iterable[AuditEntry] = (), also: Iterable[Any] = ()
) -> Names:
    """The names that these entries need, in two queries.

    Args:
        also: numbers of users besides.
    """
    numbers = {entry.details.get(name) for entry in entries for name in PEOPLE} | set(also)
    people = get_user_model().objects.filter(pk__in={n for n in numbers if isinstance(n, int)})
    return Names(tag_names(survey), dict(people.values_list("pk", "username")))


def told(entry: AuditEntry, names: Names) -> str:
    """An audit entry as a sentence without its subject."""
    details = entry.details
    match entry.action:
        case "status":
            return _("changed the status from %(before)s to %(now)s") % {
                "before": status(details["before"]),
                "now": status(details["now"]),
            }
        case "assign":
            return _("assigned it to %(now)s") % {"now": names.person(details["now"])}
        case "tag":
            return _("tagged it %(tag)s") % {"tag": names.tag(details["tag"])}
        case "untag":
            return _("took away the tag %(tag)s") % {"tag": names.tag(details["tag"])}
        case "note":
            return _("wrote a note")
        case "personal":
            return _("looked at the personal answers")
        case "undo":
            return told_of_undo(details, names)
        case "bulk":
            what = value_in_words(details["act"], details["value"], names)
            return _("did this with many at once: %(what)s") % {"what": what}
        case "bulk_undo":
            return _("undid what was done with many at once")
    return str(entry.action)


def told_of_undo(details: Mapping[str, Any], names: Names) -> str:
    match details["act"]:
        case "status":
            return _("undid that: the status is %(now)s again") % {"now": status(details["now"])}
        case "assign":
            return _("undid that: assigned to %(now)s again") % {
                "now": names.person(details["now"])
            }
        case "tag":
            return _("undid that: the tag %(tag)s is off again") % {
                "tag": names.tag(details["tag"])
            }
    return _("undid that: the tag %(tag)s is on again") % {"tag": names.tag(details["tag"])}


def bulk_in_words(bulk: Bulk, names: Names) -> str:
    return value_in_words(bulk.act, bulk.value, names)


def value_in_words(act: str, value: int | None, names: Names) -> str:
    """What an act sets, puts on or takes off."""
    match act:
        case "status":
            return _("status: %(value)s") % {"value": Status(value or 0).label}
        case "assign":
            return _("assigned to: %(value)s") % {"value": names.person(value)}
        case "tag":
            return _("tag: %(value)s") % {"value": names.tag(value)}
    return _("tag taken off: %(value)s") % {"value": names.tag(value)}


def status(name: str) -> str:
    return str(Status[name.upper()].label)
