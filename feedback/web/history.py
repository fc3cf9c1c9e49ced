"""The audit log in words: every kind of act has its line here, for all pages that tell of it."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from feedback.models import AuditEntry, Role, Status
from feedback.question_types.columns import Message


class Act(NamedTuple):
    """What to look for, and a sentence without its subject; "it" is the response."""

    kind: Message
    sentence: Message


ACTS: Mapping[str, Act] = {
    "status": Act(
        gettext_lazy("Status"), gettext_lazy("changed the status from %(before)s to %(now)s")
    ),
    "assign": Act(gettext_lazy("Assigned"), gettext_lazy("changed who looks after it")),
    "tag": Act(gettext_lazy("Tag added"), gettext_lazy("tagged it %(tag)s")),
    "untag": Act(gettext_lazy("Tag removed"), gettext_lazy("took away the tag %(tag)s")),
    "note": Act(gettext_lazy("Note"), gettext_lazy("wrote a note")),
    "personal": Act(
        gettext_lazy("Personal answers read"), gettext_lazy("looked at the personal answers")
    ),
    "bulk": Act(
        gettext_lazy("Many responses at once"),
        gettext_lazy("began to change some %(expected)s responses at once"),
    ),
    "bulk_undo": Act(
        gettext_lazy("Undone"), gettext_lazy("undid a change of many responses at once")
    ),
    "bulk_cancel": Act(
        gettext_lazy("Cancelled"), gettext_lazy("stopped a change of many responses at once")
    ),
    "tag_create": Act(gettext_lazy("Tag made"), gettext_lazy("made the tag %(tag)s")),
    "tag_rename": Act(gettext_lazy("Tag renamed"), gettext_lazy("renamed the tag now %(tag)s")),
    "tag_colour": Act(
        gettext_lazy("Tag coloured"), gettext_lazy("gave the tag %(tag)s another colour")
    ),
    "tag_merge": Act(gettext_lazy("Tags merged"), gettext_lazy("merged a tag into %(into)s")),
    "tag_delete": Act(gettext_lazy("Tag deleted"), gettext_lazy("deleted a tag")),
    "export": Act(gettext_lazy("Export"), gettext_lazy("exported responses")),
    "export_personal": Act(
        gettext_lazy("Export with personal answers"),
        gettext_lazy("exported responses with their personal answers"),
    ),
    "publish": Act(gettext_lazy("Published"), gettext_lazy("published revision %(revision)s")),
    "schedule": Act(
        gettext_lazy("Opening and closing"), gettext_lazy("set when the survey is open")
    ),
    "cap": Act(gettext_lazy("Most responses"), gettext_lazy("set how many responses it takes")),
    "notice": Act(
        gettext_lazy("Notice"), gettext_lazy("set from when the form says that it will close")
    ),
    "closed text": Act(
        gettext_lazy("Text once it is closed"), gettext_lazy("set the text for a closed survey")
    ),
    "one per device": Act(
        gettext_lazy("One per device"),
        gettext_lazy("set whether one response per device is asked for"),
    ),
    "keeping": Act(
        gettext_lazy("Unfinished forms"), gettext_lazy("set how long unfinished forms are kept")
    ),
    "settings": Act(gettext_lazy("Settings"), gettext_lazy("changed the settings")),
    "member_add": Act(
        gettext_lazy("Member added"), gettext_lazy("made user %(user)s a member: %(role)s")
    ),
    "member_change": Act(
        gettext_lazy("Member changed"),
        gettext_lazy("changed what user %(user)s may do: %(role)s"),
    ),
    "member_remove": Act(
        gettext_lazy("Member removed"), gettext_lazy("ended the membership of user %(user)s")
    ),
    "signed_in": Act(gettext_lazy("Signed in"), gettext_lazy("signed in")),
    "signed_out": Act(gettext_lazy("Signed out"), gettext_lazy("signed out")),
    "sign_in_failed": Act(gettext_lazy("Sign-in failed"), gettext_lazy("failed to sign in")),
    "second_factor_failed": Act(
        gettext_lazy("Second factor failed"), gettext_lazy("failed to give the second factor")
    ),
    "password_changed": Act(gettext_lazy("Password changed"), gettext_lazy("changed the password")),
    "mfa_added": Act(
        gettext_lazy("Second factor added"), gettext_lazy("added a way to prove who they are")
    ),
    "mfa_removed": Act(
        gettext_lazy("Second factor removed"), gettext_lazy("removed a way to prove who they are")
    ),
    "recovery_codes_renewed": Act(
        gettext_lazy("Recovery codes"), gettext_lazy("took new recovery codes")
    ),
}
# Of no survey, so no member of one reads of them.
OF_THE_INSTANCE = {
    "signed_in",
    "signed_out",
    "sign_in_failed",
    "second_factor_failed",
    "password_changed",
    "mfa_added",
    "mfa_removed",
    "recovery_codes_renewed",
}
WITH_PERSONAL = "export_personal"  # an export whose entry says that it held them


def told(entry: AuditEntry, tags: Mapping[int, str]) -> str:
    """An audit entry as a sentence without its subject.

    Args:
        tags: names of the survey's tags, by number.
    """
    action = WITH_PERSONAL if holds_personal(entry) else entry.action
    if action not in ACTS:
        return entry.action
    return str(ACTS[action].sentence) % in_words(entry.details, tags)


def holds_personal(entry: AuditEntry) -> bool:
    return entry.action == "export" and bool(entry.details.get("personal"))


def in_words(details: Mapping[str, Any], tags: Mapping[int, str]) -> Mapping[str, Any]:
    """Details as people know them; what an entry does not say is a dash."""
    words: defaultdict[str, Any] = defaultdict(lambda: "–", details)
    status = {one.name.lower(): one.label for one in Status}
    roles = {one.value: one.label for one in Role}
    removed = _("(a tag since removed)")
    for name, known in (("before", status), ("now", status), ("role", roles)):
        if name in details:
            words[name] = known.get(details[name], details[name])
    for name in ("tag", "into"):
        words[name] = tags.get(details.get(name, 0), removed)
    return words
