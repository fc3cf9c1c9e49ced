"""Who and what hostile requests meet: surveys, people, sessions, codes, and how they are named.

The answers go to one survey; what staff are made to do is done in another, so that the first
stays open and its rows are only those that were accepted.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.conf import settings

from feedback import keys
from feedback.models import Membership, Partial, Role, Survey
from feedback.responses import partials, tickets
from feedback.responses.codes import Purpose, code_for
from feedback.responses.in_field import in_field
from tests import build
from tests.hostile import drafts
from tests.web import doors

CSRF = "c" * drafts.TOKEN
RENEWED = {"opens_at": None, "closes_at": None, "cap": None, "one_per_device": False}


@dataclass
class Scene:
    """The surveys, and what takes the place of placeholders now."""

    town: Survey
    desk: Survey
    elsewhere: Survey
    owner: Any
    key: str
    things: Mapping[str, int]
    session: str = ""
    receipt: str = ""
    resume: str = ""
    withdrawn: str = ""
    used: str = ""
    own: set[UUID] = field(default_factory=set)  # nonces of what stands in the town by our doing

    @classmethod
    def built(cls, prefix: str = "") -> "Scene":
        town, desk, elsewhere = (
            build.survey(slug=f"{prefix}{name}", title=name)
            for name in ("town", "desk", "elsewhere")
        )
        may = {"sees_personal": True, "may_export": True}
        owner = build.member(desk, Role.OWNER, name=f"{prefix}owner", **may)
        Membership.objects.create(survey=town, user=owner, role=Role.OWNER, **may)
        _key, secret = keys.make(desk, "hostile", user=owner, personal=True)
        scene = cls(town, desk, elsewhere, owner, secret, things_in(desk, prefix))
        scene.renew()
        return scene

    def renew(self) -> None:
        """Put right what the last requests may have done: signed out, closed, withdrawn."""
        Survey.objects.filter(pk=self.desk.pk).update(**RENEWED)
        Membership.objects.update_or_create(
            survey=self.desk,
            user=self.owner,
            defaults={"role": Role.OWNER, "sees_personal": True, "may_export": True},
        )
        self.owner.set_password("secret")
        self.owner.is_active = True
        self.owner.save()
        client = build.confirmed(self.owner)
        self.session = client.cookies[settings.SESSION_COOKIE_NAME].value
        row = build.respond(self.desk, wish="More", name="Ada")
        self.receipt = code_for(UUID(str(row.nonce)))
        before = build.respond(self.town, wish="Before")
        self.own.add(UUID(str(before.nonce)))
        self.used = tickets.issue(
            survey=self.town.pk, revision=before.revision_id, nonce=before.nonce
        )
        gone = build.respond(self.desk, wish="Less")
        self.withdrawn = code_for(UUID(str(gone.nonce)))
        client.post(f"/r/{self.withdrawn}/withdraw/")
        self.resume = self.kept()

    def store(self, words: str) -> str:
        """A response of ours in the town with this wish; its receipt's code."""
        row = build.respond(self.town, wish=words)
        self.own.add(UUID(str(row.nonce)))
        return code_for(UUID(str(row.nonce)))

    def kept(self) -> str:
        """The code of answers that were begun in the town's survey."""
        here = in_field(self.town.slug)
        ticket = tickets.Ticket.new(survey=here.id, revision=here.revision)
        posted = build.MultiValueDict({"wish": ["Begun"]})
        found = partials.save(
            posted,
            ticket=ticket,
            survey=here,
            questionnaire=here.questionnaire,
            language="en",
            source="",
            page=1,
            chosen=True,
        )
        assert found is not None and Partial.objects.filter(nonce=ticket.nonce).exists()
        return code_for(ticket.nonce, Purpose.RESUME)

    def ticket(self, *, survey: Survey | None = None, age: int = 0) -> str:
        of = survey or self.town
        assert of.live_id
        return tickets.issue(survey=of.pk, revision=of.live_id, at=int(time.time()) - age)

    def fill(self, raw: bytes) -> tuple[bytes, UUID | None]:
        """The bytes to send, and the nonce of the fresh ticket in them, if there is one."""
        fresh = self.ticket()
        forged = self.ticket()
        given = {
            drafts.FRESH: fresh,
            drafts.STALE: self.ticket(age=2 * 24 * 3600),
            drafts.FOREIGN: self.ticket(survey=self.elsewhere),
            drafts.FORGED: forged[:-1] + ("A" if forged[-1] != "A" else "B"),
            drafts.USED: self.used,
            drafts.SESSION: self.session,
            drafts.CSRF: CSRF,
            drafts.KEY: self.key,
            drafts.RECEIPT: self.receipt,
            drafts.RESUME: self.resume,
            drafts.WITHDRAWN: self.withdrawn,
            b"{session-name}": settings.SESSION_COOKIE_NAME,
            b"{csrf-name}": settings.CSRF_COOKIE_NAME,
        }
        has_ticket = drafts.FRESH in raw
        for placeholder, value in given.items():
            raw = raw.replace(placeholder, value.encode())
        nonce = tickets.read(fresh, survey=self.town.pk).nonce if has_ticket else None
        return raw, nonce


def things_in(survey: Survey, prefix: str) -> dict[str, int]:
    """One of each kind that a route's number may stand for."""
    person = build.member(survey, Role.REVIEWER, name=f"{prefix}colleague")
    theirs = Membership.objects.get(survey=survey, user=person)
    return {
        "response": build.respond(survey, wish="More trees", name="Ada Berg").pk,
        "tag": doors.Tag.objects.create(survey=survey, name="of somebody").pk,
        "bulk": doors.begun_by(theirs).pk,
        "view": doors.view_of(theirs).pk,
        "member": theirs.pk,
        "invite": doors.invited_by(theirs).pk,
        "saved": doors.kept_by(theirs).pk,
        "quote": doors.quote_of(theirs).pk,
        "key": doors.key_of(theirs).pk,
        "file": doors.built_by(theirs).pk,
    }
