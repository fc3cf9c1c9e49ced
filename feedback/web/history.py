"""The audit log in words: every kind of act has its line here, for all pages that tell of it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from django.contrib.auth import get_user_model
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
    "member_invited": Act(
        gettext_lazy("Invited"), gettext_lazy("invited somebody as a member: %(role)s")
    ),
    "invite_withdrawn": Act(
        gettext_lazy("Invitation withdrawn"), gettext_lazy("withdrew an invitation")
    ),
    "member_joined": Act(gettext_lazy("Joined"), gettext_lazy("became a member: %(role)s")),
    "member_added": Act(
        gettext_lazy("Member added"), gettext_lazy("made %(member)s a member: %(role)s")
    ),
    "member_changed": Act(
        gettext_lazy("Member changed"), gettext_lazy("changed what %(member)s may do: %(now)s")
    ),
    "member_removed": Act(
        gettext_lazy("Member removed"), gettext_lazy("ended the membership of %(member)s")
    ),
    "account_made": Act(
        gettext_lazy("Account made"), gettext_lazy("made an account by an invitation")
    ),
    "user_added": Act(gettext_lazy("User added"), gettext_lazy("added the user %(user)s")),
    "user_changed": Act(gettext_lazy("User changed"), gettext_lazy("changed the user %(user)s")),
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
    "account_made",
    "user_added",
    "user_changed",
    "signed_in",
    "signed_out",
    "sign_in_failed",
    "second_factor_failed",
    "password_changed",
    "mfa_added",
    "mfa_removed",
    "recovery_codes_renewed",
}
ABOUT = {"member", "user"}  # details that are a user's number
STANDINGS: Mapping[Any, Message] = {
    **{status.name.lower(): status.label for status in Status},
    **{role.value: role.label for role in Role},
}
WITH_PERSONAL = "export_personal"  # an export whose entry says that it held them


def told(
    entry: AuditEntry, tags: Mapping[int, str], people: Mapping[int, str] | None = None
) -> str:
    """An audit entry as a sentence without its subject.

    Args:
        tags: names of the survey's tags, by number.
        people: names of those whom entries are about, by number.
    """
    action = WITH_PERSONAL if holds_personal(entry) else entry.action
    if action not in ACTS:
        return entry.action
    return str(ACTS[action].sentence) % in_words(entry.details, tags, people or {})


def holds_personal(entry: AuditEntry) -> bool:
    return entry.action == "export" and bool(entry.details.get("personal"))


def spoken_of(entries: Iterable[AuditEntry]) -> dict[int, str]:
    """The names of those whom the entries are about, by number."""
    numbers = {entry.details[name] for entry in entries for name in ABOUT if name in entry.details}
    found = get_user_model().objects.filter(pk__in=numbers)
    return {user.pk: user.get_username() for user in found}


def in_words(
    details: Mapping[str, Any], tags: Mapping[int, str], people: Mapping[int, str]
) -> Mapping[str, Any]:
    """Details as people know them; what an entry does not say is a dash."""
    words: defaultdict[str, Any] = defaultdict(lambda: "–", details)
    removed = _("(a tag since removed)")
    for name in details.keys() & {"before", "now", "role"}:
        words[name] = standing(details[name])
    for name in ("tag", "into"):
        words[name] = tags.get(details.get(name, 0), removed)
    for name in details.keys() & ABOUT:
        words[name] = people.get(details[name], f"#{details[name]}")
    return words


def standing(value: Any) -> Any:
    """A status by its name, a role by its number or among what a member may do."""
    if isinstance(value, Mapping):
        value = value.get("role")
    return STANDINGS.get(value, value)
