"""Every door of the staff with who may use it: one line a route, which the matrix is made of.

A new route needs its line here, or ``test_access.py`` fails. ``gets`` and ``posts`` are the
answers to whoever is let in; a method without one is not taken.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.test import Client
from django.urls import URLPattern, reverse
from django.utils import timezone

from feedback import keys
from feedback.exports import building
from feedback.models import (
    AccessKey,
    Bulk,
    BulkState,
    Code,
    ExportFile,
    ExportState,
    Invite,
    Membership,
    Quote,
    Role,
    SavedExport,
    SavedView,
    Survey,
    Tag,
)
from feedback.open_text import code_frame
from feedback.open_text.questions import digest_of
from feedback.web import urls
from tests import build

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
CANARY = "canary words of somebody"  # whatever is typed here must not come into the log
NOTE = {"note": CANARY}
DECISION = {"response": "{thing}", "decision": "spam", "seen": "new"}
ON_ONE = {"on": "ticked", "id": "{thing}", "act": "status", "status": "done"}
UNDO = {"act": "undo"}
RENAMED = {"name": CANARY, "shared": "1"}
QUOTED = {"part": "wish", "text": "More"}
READ = {"response": "{thing}", "seen": digest_of("More trees").hex(), "none": "1"}
CODE = {"name": CANARY, "definition": CANARY}
NAMING = {"catalogue": "open_models", "asks": "1"}
KEPT = {"name": CANARY, "format": "csv"}


@dataclass(frozen=True)
class Person:
    """One of the cast; ``role`` None is no member, ``trusted`` has both permissions."""

    name: str
    role: Role | None = None
    trusted: bool = False


PEOPLE = (
    Person("stranger"),
    Person("viewer", Role.VIEWER),
    Person("analyst", Role.ANALYST),
    Person("reviewer", Role.REVIEWER),
    Person("editor", Role.EDITOR),
    Person("owner", Role.OWNER),
    Person("trusted viewer", Role.VIEWER, trusted=True),
    Person("trusted owner", Role.OWNER, trusted=True),
)
TRUSTED = PEOPLE[-1]
# By what a route's number stands for: how to make one in a survey.
THINGS: Mapping[str, Callable[[Survey], int]] = {
    "response": lambda survey: build.respond(survey, wish="More trees", name="Ada Berg").pk,
    "tag": lambda survey: Tag.objects.create(survey=survey, name="of somebody").pk,
    "bulk": lambda survey: begun_by(colleague(survey)).pk,
    "view": lambda survey: view_of(colleague(survey)).pk,
    "member": lambda survey: colleague(survey).pk,
    "invite": lambda survey: invited_by(colleague(survey)).pk,
    "file": lambda survey: built_by(colleague(survey)).pk,
    "saved": lambda survey: kept_by(colleague(survey)).pk,
    "quote": lambda survey: quote_of(colleague(survey)).pk,
    "key": lambda survey: key_of(colleague(survey)).pk,
    "code": lambda survey: code_of(colleague(survey)).pk,
}


def colleague(survey: Survey) -> Membership:
    """Somebody else of the survey, who asked for what others may or may not touch."""
    person = build.member(survey, Role.REVIEWER, name="colleague")
    return Membership.objects.get(survey=survey, user=person)


def begun_by(asker: Membership) -> Bulk:
    about = {"act": "status", "value": 2, "expected": 0, "up_to": 0, "state": BulkState.DONE}
    return Bulk.objects.create(survey=asker.survey, actor=asker.user, **about)


def view_of(owner: Membership) -> SavedView:
    return SavedView.objects.create(survey=owner.survey, owner=owner.user, name="kept", shared=True)


def invited_by(owner: Membership) -> Invite:
    until = timezone.now() + timedelta(days=1)
    about = {"email": "ada@example.org", "code": uuid4(), "expires_at": until}
    return Invite.objects.create(survey=owner.survey, invited_by=owner.user, **about)


def built_by(asker: Membership) -> ExportFile:
    about = {"format": "csv", "expected": 0, "state": ExportState.DONE, "name": "built.csv"}
    about |= {"manifest": {"bytes": 4}, "seen_until": timezone.now()}
    (building.folder() / "built.csv").write_bytes(b"text")
    return ExportFile.objects.create(survey=asker.survey, actor=asker.user, **about)


def kept_by(owner: Membership) -> SavedExport:
    about = {"survey": owner.survey, "owner": owner.user}
    return SavedExport.objects.create(name="kept", format="csv", **about)


def quote_of(approver: Membership) -> Quote:
    row = build.respond(approver.survey, wish="More trees")
    about = {"survey": approver.survey, "approved_by": approver.user, "edits": 0}
    return Quote.objects.create(response=row, part="wish", text="More", **about)


def key_of(owner: Membership) -> AccessKey:
    return keys.make(owner.survey, "nightly", user=owner.user, personal=False)[0]


def code_of(maker: Membership) -> Code:
    return code_frame.add(maker.survey, "wish", {"name": "Trees"}, actor=maker.user)


@dataclass(frozen=True)
class Door:
    """A route of a survey.

    Args:
        least: the role that it takes.
        trusted: whether it takes the permission to export or to see personal answers.
        of: what its number stands for: a key of THINGS.
        fields: of a POST; ``{thing}`` stands for the number of a response.
        entries: of the audit log, left by the method that acts.
    """

    name: str
    least: Role = Role.VIEWER
    trusted: bool = False
    gets: int | None = 200
    posts: int | None = None
    of: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    entries: int = 0

    def lets_in(self, person: Person) -> bool:
        if person.role is None or (self.trusted and not person.trusted):
            return False
        return person.role >= self.least

    def takes(self, method: str) -> int | None:
        """What whoever is let in gets for this method."""
        return {"GET": self.gets, "HEAD": self.gets, "POST": self.posts}.get(method)

    def answer_to(self, person: Person, method: str) -> int:
        answer = self.takes(method)
        if answer is None:
            return 405
        return answer if self.lets_in(person) else 404

    @property
    def acts_by(self) -> str:
        """The method that does what the door is for."""
        return "POST" if self.posts is not None else "GET"


# fmt: off
DOORS = (
    Door("overview"),
    Door("responses"),
    Door("response", of="response"),
    Door("act", Role.REVIEWER, of="response", gets=None, posts=302, fields=NOTE, entries=1),
    Door("personal", trusted=True, of="response", gets=None, posts=200, entries=1),
    Door("summary"),
    Door("summary_json"),
    Door("compare"),
    Door("summary_mail", gets=None, posts=302, fields={"rhythm": ""}),
    Door("differs"),
    Door("figure"),
    Door("report"),
    Door("report_pdf"),
    Door("text"),
    Door("text_item"),
    Door("text_find", Role.EDITOR, gets=None, posts=302, entries=1),
    Door("text_act", Role.REVIEWER, gets=None, posts=302),
    Door("export", trusted=True, posts=302, fields={"format": "csv"}),
    Door("export_now", trusted=True, entries=1),
    Door("export_file", trusted=True, of="file"),
    Door("export_change", Role.EDITOR, trusted=True, of="file", gets=None, posts=302),
    Door("export_built", trusted=True, of="file", entries=1),
    Door("export_manifest", trusted=True, of="file"),
    Door("saved_export_save", trusted=True, gets=None, posts=302, fields=KEPT, entries=1),
    Door("saved_export", trusted=True, of="saved", gets=None, posts=302, entries=1),
    Door("key_make", trusted=True, gets=None, posts=302),  # asks for the password again
    Door("key_revoke", Role.OWNER, trusted=True, of="key", gets=None, posts=302, entries=1),
    Door("codebook", trusted=True),
    Door("settings", Role.EDITOR, posts=302, fields={"close": "now"}, entries=1),
    Door("publish", Role.EDITOR, posts=302, fields={"stop": "now", "intro": CANARY}, entries=1),
    Door("release", Role.EDITOR, gets=None, posts=302),
    Door("quote", Role.EDITOR, of="response", gets=None, posts=302, fields=QUOTED, entries=1),
    Door("unquote", Role.EDITOR, of="quote", gets=None, posts=302, entries=1),
    Door("preview", Role.EDITOR, posts=200, fields={"wish": CANARY}),
    Door("questionnaire", Role.EDITOR, posts=422, fields={"text": CANARY}),
    Door("import", Role.EDITOR, posts=422),
    Door("weights"),
    Door("weights_change", Role.EDITOR, gets=302, posts=422, fields={"targets": CANARY}),
    Door("weights_template"),
    Door("coding"),
    Door("coding_save", Role.REVIEWER, gets=None, posts=302, fields=READ, entries=1),
    Door("coding_learn", Role.REVIEWER, gets=None, posts=302),
    Door("coding_sample", Role.REVIEWER, gets=None, posts=302, fields={"sample": "9"}, entries=1),
    Door("coding_agreement"),
    Door("coding_settle", Role.REVIEWER, gets=None, posts=302, fields=READ, entries=1),
    Door("coding_shares"),
    Door("code_frame"),
    Door("code_add", Role.REVIEWER, gets=None, posts=302, fields=CODE, entries=1),
    Door("code_change", Role.REVIEWER, of="code", gets=None, posts=302, fields=CODE, entries=1),
    Door("code_upload", Role.REVIEWER, gets=None, posts=302),
    Door("code_download"),
    Door("names"),
    Door("names_set", Role.REVIEWER, gets=None, posts=302, fields=NAMING, entries=1),
    Door("codes_publish", Role.EDITOR, gets=None, posts=302, fields={"stop": "1"}, entries=1),
    Door("names_publish", Role.EDITOR, gets=None, posts=302, fields={"stop": "1"}, entries=1),
    Door("names_decide", Role.REVIEWER, gets=None, posts=302, fields={"spelling": CANARY}),
    Door("voices"),
    Door("voices_set", Role.REVIEWER, gets=None, posts=302, fields={"on": "1"}, entries=1),
    Door("audit", Role.OWNER),
    Door("columns", posts=302, fields={"add": "source"}),
    Door("begun"),
    Door("withdrawn"),
    Door("quarantine"),
    Door("decide", Role.REVIEWER, gets=None, posts=302, fields=DECISION, entries=1),
    Door("bulk_start", Role.REVIEWER, gets=None, posts=302, fields=ON_ONE, entries=1),
    Door("delete", Role.OWNER, gets=302, posts=302),  # asks for the password again
    Door("bulks", Role.REVIEWER),
    Door("bulk", Role.REVIEWER, of="bulk"),
    Door("bulk_change", Role.EDITOR, of="bulk", gets=None, posts=302, fields=UNDO, entries=1),
    Door("tags"),
    Door("tag_add", Role.REVIEWER, gets=None, posts=302, fields={"name": CANARY}, entries=1),
    Door("tag_change", Role.REVIEWER, of="tag", gets=None, posts=302, fields=RENAMED, entries=1),
    Door("tag_merge", Role.EDITOR, of="tag", gets=None, posts=302),
    Door("tag_delete", Role.EDITOR, of="tag", gets=None, posts=200),
    Door("views"),
    Door("view_save", gets=None, posts=302, fields={"name": CANARY}),
    Door("view_change", Role.EDITOR, of="view", gets=None, posts=302, fields=RENAMED),
    # These ask for the password again, which a session of a test was never given.
    Door("members", Role.OWNER, posts=302),
    Door("member", Role.OWNER, of="member", posts=302),
    Door("remove_member", Role.OWNER, of="member", posts=302),
    Door("withdraw_invite", Role.OWNER, of="invite", gets=None, posts=302),
)
# fmt: on
# Of nobody's survey: what those get who are signed in, and whoever is not.
OWN: Mapping[str, tuple[int, int]] = {
    "account_login": (302, 200),
    "account_logout": (200, 302),
    "surveys": (200, 302),
    "move_in": (404, 302),
    "new_survey": (404, 302),
    "join": (404, 404),
    "mfa_index": (200, 302),
    "account_inactive": (200, 200),
    "account_reauthenticate": (200, 302),
    "account_change_password": (200, 302),
    "account_set_password": (302, 302),
    "account_reset_password": (404, 404),
    "account_reset_password_done": (200, 200),
    "account_reset_password_from_key": (200, 200),
    "account_reset_password_from_key_done": (200, 200),
    "mfa_authenticate": (302, 302),
    "mfa_reauthenticate": (302, 302),
    "mfa_reauthenticate_webauthn": (302, 302),
    "mfa_activate_totp": (302, 302),
    "mfa_deactivate_totp": (404, 302),
    "mfa_view_recovery_codes": (404, 302),
    "mfa_generate_recovery_codes": (302, 302),
    "mfa_download_recovery_codes": (404, 302),
    "mfa_list_webauthn": (200, 302),
    "mfa_add_webauthn": (302, 302),
    "mfa_login_webauthn": (302, 302),
    "mfa_edit_webauthn": (302, 302),
    "mfa_remove_webauthn": (302, 302),
}
OWN_ARGUMENTS: Mapping[str, Mapping[str, Any]] = {
    "join": {"code": "a" * 26},
    "account_reset_password_from_key": {"uidb36": "1", "key": "abc-def"},
    "mfa_edit_webauthn": {"pk": 1},
    "mfa_remove_webauthn": {"pk": 1},
}


def named(routes: Sequence[Any]) -> dict[str, URLPattern]:
    return {str(route.name): route for route in routes}


ROUTES = named(urls.staff)


def address(door: Door, *, slug: str = "town", thing: int = 1) -> str:
    asked = ROUTES[door.name].pattern.converters
    named = {
        "slug": slug,
        "key": "wish",
        "pk": thing,
        "name": "csv",
        "figure": "by-day",
        "kind": "svg",
    }
    return reverse(door.name, kwargs={part: named[part] for part in ("slug", *asked)})


def knock(client: Client, door: Door, method: str, at: str, *, thing: int = 1, **more: Any) -> Any:
    """Use a door as its own page does, or by a method that it does not take."""
    fields = {name: text.format(thing=thing) for name, text in door.fields.items()}
    sent = {**fields, **more} if method == "POST" else more
    send = getattr(client, method.lower())
    return send(at, sent) if method in ("GET", "HEAD", "POST") else send(at)


def told(answer: Any) -> tuple[int, bytes, dict[str, str]]:
    """Everything that whoever asked gets to see, but for what is drawn anew each time."""
    headers = {n: re.sub(r"'nonce-[^']+'", "'nonce'", v) for n, v in answer.headers.items()}
    headers.pop("X-Request-Id", None)  # another one each time
    return answer.status_code, answer.getvalue(), headers


def join(survey: Survey, person: Person) -> Any:
    """The person, signed in."""
    if person.role is None:
        elsewhere = build.survey(slug="theirs", title="Theirs")
        may = {"sees_personal": True, "may_export": True}
        return build.signed_in(build.member(elsewhere, Role.OWNER, name=person.name, **may))
    may = {"sees_personal": person.trusted, "may_export": person.trusted}
    return build.signed_in(build.member(survey, person.role, name=person.name, **may))
