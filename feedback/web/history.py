"""The audit log in words: every kind of act has its line here, for all pages that tell of it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.contrib.auth import get_user_model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from feedback.models import AuditEntry, DeletedAs, Role, Status, Survey
from feedback.question_types.columns import Message
from feedback.responses.tags import tag_names


class Act(NamedTuple):
    """What to look for, and a sentence without its subject; "it" is the response."""

    kind: Message
    sentence: Message


ACTS: Mapping[str, Act] = {
    "status": Act(
        gettext_lazy("Status"), gettext_lazy("changed the status from %(before)s to %(now)s")
    ),
    "assign": Act(gettext_lazy("Assigned"), gettext_lazy("assigned it to %(now)s")),
    "tag": Act(gettext_lazy("Tag added"), gettext_lazy("tagged it %(tag)s")),
    "untag": Act(gettext_lazy("Tag removed"), gettext_lazy("took away the tag %(tag)s")),
    "note": Act(gettext_lazy("Note"), gettext_lazy("wrote a note")),
    "personal": Act(
        gettext_lazy("Personal answers read"), gettext_lazy("looked at the personal answers")
    ),
    "undo": Act(gettext_lazy("Undone"), gettext_lazy("undid that")),
    "bulk": Act(
        gettext_lazy("Many responses at once"),
        gettext_lazy("did this with many at once: %(what)s"),
    ),
    "bulk_undo": Act(
        gettext_lazy("Many at once, undone"), gettext_lazy("undid what was done with many at once")
    ),
    "bulk_cancel": Act(
        gettext_lazy("Many at once, stopped"), gettext_lazy("stopped what was done with many")
    ),
    "tag_create": Act(gettext_lazy("Tag made"), gettext_lazy("made the tag %(tag)s")),
    "tag_rename": Act(gettext_lazy("Tag renamed"), gettext_lazy("renamed the tag now %(tag)s")),
    "tag_colour": Act(
        gettext_lazy("Tag coloured"), gettext_lazy("gave the tag %(tag)s another colour")
    ),
    "tag_merge": Act(gettext_lazy("Tags merged"), gettext_lazy("merged a tag into %(into)s")),
    "tag_delete": Act(gettext_lazy("Tag deleted"), gettext_lazy("deleted a tag")),
    "export": Act(gettext_lazy("Export"), gettext_lazy("exported responses")),
    "export_taken": Act(
        gettext_lazy("Export downloaded"), gettext_lazy("downloaded a file that had been built")
    ),
    "export_saved": Act(
        gettext_lazy("Export saved"), gettext_lazy("kept settings of an export under a name")
    ),
    "key_made": Act(gettext_lazy("Key made"), gettext_lazy("made a key for a program")),
    "key_revoked": Act(gettext_lazy("Key revoked"), gettext_lazy("revoked a key of a program")),
    "export_personal": Act(
        gettext_lazy("Export with personal answers"),
        gettext_lazy("exported responses with their personal answers"),
    ),
    "results_settings": Act(
        gettext_lazy("Publishing of results"),
        gettext_lazy("set what is published of the results"),
    ),
    "results_released": Act(
        gettext_lazy("Results released"), gettext_lazy("made release %(release)s of the results")
    ),
    "results_stopped": Act(
        gettext_lazy("Publishing stopped"), gettext_lazy("stopped publishing the results")
    ),
    "quote_approved": Act(
        gettext_lazy("Quote approved"), gettext_lazy("approved a passage of it as a public quote")
    ),
    "quote_withdrawn": Act(
        gettext_lazy("Quote taken away"), gettext_lazy("took a public quote of it away")
    ),
    "coded": Act(gettext_lazy("Coded"), gettext_lazy("coded an answer of it")),
    "code_settled": Act(
        gettext_lazy("Coding settled"), gettext_lazy("settled which codes an answer of it has")
    ),
    "code_made": Act(gettext_lazy("Code made"), gettext_lazy("made the code %(code)s")),
    "code_changed": Act(gettext_lazy("Code changed"), gettext_lazy("changed the code %(code)s")),
    "code_frame": Act(
        gettext_lazy("Code frame taken"), gettext_lazy("took a code frame from a file")
    ),
    "code_sample": Act(
        gettext_lazy("Sample set"), gettext_lazy("set how many answers the random sample has")
    ),
    "codes_public": Act(
        gettext_lazy("Codes in public results"),
        gettext_lazy("set whether public results tell the codes of “%(part)s”"),
    ),
    "names_set": Act(
        gettext_lazy("Names"), gettext_lazy("set whether names are looked for in answers")
    ),
    "names_public": Act(
        gettext_lazy("Names in public results"),
        gettext_lazy("set whether public results tell what was named in “%(part)s”"),
    ),
    "name_decided": Act(
        gettext_lazy("Name decided"), gettext_lazy("decided what a spelling stands for")
    ),
    "voices_set": Act(
        gettext_lazy("Near-copies"), gettext_lazy("set whether near-copies are looked for")
    ),
    "themes_find": Act(
        gettext_lazy("Themes looked for"), gettext_lazy("had the themes of “%(item)s” looked for")
    ),
    "theme_rename": Act(
        gettext_lazy("Theme renamed"), gettext_lazy("renamed theme %(theme)s of “%(item)s”")
    ),
    "theme_lock": Act(
        gettext_lazy("Theme locked"), gettext_lazy("locked theme %(theme)s of “%(item)s”")
    ),
    "theme_unlock": Act(
        gettext_lazy("Theme unlocked"), gettext_lazy("unlocked theme %(theme)s of “%(item)s”")
    ),
    "theme_publish": Act(
        gettext_lazy("Theme made public"),
        gettext_lazy("approved theme %(theme)s of “%(item)s” for the public results"),
    ),
    "theme_unpublish": Act(
        gettext_lazy("Theme no longer public"),
        gettext_lazy("took theme %(theme)s of “%(item)s” out of the public results"),
    ),
    "theme_define": Act(
        gettext_lazy("Theme defined"), gettext_lazy("defined theme %(theme)s of “%(item)s”")
    ),
    "theme_rule": Act(
        gettext_lazy("Rule of a theme"),
        gettext_lazy("set the rule of theme %(theme)s of “%(item)s”"),
    ),
    "theme_merge": Act(
        gettext_lazy("Themes merged"),
        gettext_lazy("merged theme %(theme)s of “%(item)s” into another"),
    ),
    "theme_unmerge": Act(
        gettext_lazy("Themes taken apart"),
        gettext_lazy("took theme %(theme)s of “%(item)s” apart again"),
    ),
    "theme_split": Act(
        gettext_lazy("Theme split"), gettext_lazy("split theme %(theme)s of “%(item)s” into parts")
    ),
    "theme_join": Act(
        gettext_lazy("Parts joined"),
        gettext_lazy("joined the parts of theme %(theme)s of “%(item)s”"),
    ),
    "theme_make": Act(
        gettext_lazy("Theme made"),
        gettext_lazy("made theme %(theme)s of “%(item)s” of new answers"),
    ),
    "theme_move": Act(
        gettext_lazy("Answer moved"),
        gettext_lazy("moved its answer to “%(item)s” to theme %(theme)s"),
    ),
    "import": Act(gettext_lazy("Import"), gettext_lazy("imported %(responses)s responses")),
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
    "weights_set": Act(
        gettext_lazy("Weights set"), gettext_lazy("weighted the responses to known shares")
    ),
    "weights_stopped": Act(
        gettext_lazy("Weights stopped"), gettext_lazy("stopped weighting the responses")
    ),
    "settings": Act(gettext_lazy("Settings"), gettext_lazy("changed the settings")),
    "member_invited": Act(
        gettext_lazy("Somebody invited"), gettext_lazy("invited somebody: %(role)s")
    ),
    "invite_withdrawn": Act(
        gettext_lazy("Invitation withdrawn"), gettext_lazy("withdrew an invitation")
    ),
    "member_joined": Act(gettext_lazy("Member joined"), gettext_lazy("joined: %(role)s")),
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
WITH_PERSONAL = "export_personal"  # an export whose entry says that it held them


UNDONE: Mapping[str, Message] = {
    "status": gettext_lazy("undid that: the status is %(now)s again"),
    "assign": gettext_lazy("undid that: assigned to %(now)s again"),
    "tag": gettext_lazy("undid that: the tag %(tag)s is off again"),
    "untag": gettext_lazy("undid that: the tag %(tag)s is on again"),
}
# What an act sets, puts on or takes off; ``value`` of it.
SET: Mapping[str, Message] = {
    "status": gettext_lazy("status: %(value)s"),
    "assign": gettext_lazy("assigned to: %(value)s"),
    "tag": gettext_lazy("tag: %(value)s"),
    "untag": gettext_lazy("tag taken off: %(value)s"),
    "delete": gettext_lazy("deleted: %(value)s"),
}
PEOPLE = ("before", "now", "value", "member", "user")  # details that may be numbers of users


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

    def value(self, act: str, value: int | None) -> str:
        """What an act on responses sets, puts on or takes off."""
        if act == "status":
            return str(Status(value or 0).label)
        if act == "delete":
            return str(DeletedAs(value or 0).label)
        return self.person(value) if act == "assign" else self.tag(value)


def names_for(
    survey: Survey,
    entries: Iterable[AuditEntry] = (),
    also: Iterable[Any] = (),
    *,
    tags: Mapping[int, str] | None = None,
) -> Names:
    """The names that these entries need, in two queries at most.

    Args:
        also: numbers of users besides.
        tags: those of the survey, where they are known.
    """
    numbers = [entry.details.get(name) for entry in entries for name in PEOPLE] + list(also)
    wanted = {number for number in numbers if isinstance(number, int)}
    people = get_user_model().objects.filter(pk__in=wanted)
    names = dict(people.values_list("pk", "username")) if wanted else {}
    return Names(tag_names(survey) if tags is None else tags, names)


def told(entry: AuditEntry, names: Names) -> str:
    """An audit entry as a sentence without its subject."""
    action = WITH_PERSONAL if holds_personal(entry) else entry.action
    if action not in ACTS:
        return entry.action
    details = entry.details
    sentence = ACTS[action].sentence
    if action == "undo":
        sentence = UNDONE.get(details.get("act", ""), sentence)
    return str(sentence) % in_words(details, names, about=details.get("act", action))


def holds_personal(entry: AuditEntry) -> bool:
    return entry.action == "export" and bool(entry.details.get("personal"))


def in_words(details: Mapping[str, Any], names: Names, *, about: str) -> Mapping[str, Any]:
    """Details as people know them; what an entry does not say is a dash."""
    words: defaultdict[str, Any] = defaultdict(lambda: "–", details)
    for name in {"before", "now"} & details.keys():
        if about == "status":
            words[name] = str(Status[details[name].upper()].label)
        elif about == "assign":
            words[name] = names.person(details[name])
        elif about == "member_changed":
            words[name] = role_label(details[name].get("role"))
    if about in SET:
        words["what"] = set_to(about, details.get("value"), names)
    words["role"] = role_label(details.get("role"))
    words["member"], words["user"] = (names.person(details.get(n)) for n in ("member", "user"))
    words["tag"], words["into"] = (names.tag(details.get(name)) for name in ("tag", "into"))
    return words


def role_label(number: int | None) -> str:
    return str(Role(number).label) if number in Role.values else "–"


def set_to(act: str, value: int | None, names: Names) -> str:
    """What an act on many sets, in words."""
    return str(SET[act]) % {"value": names.value(act, value)}
