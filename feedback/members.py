"""Who belongs to a survey: inviting, joining, changing what a member may, leaving.

A survey is never left without an owner who can sign in: whoever changes its members does
so holding its row, one after the other, and is asked again under that lock whether they may.
Whoever runs the instance can switch off even a last owner, and is told.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

from allauth.account.models import EmailAddress
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from feedback.models import Invite, Membership, Role, Survey
from feedback.models.audit import record
from feedback.permissions import survey_for
from feedback.responses.codes import Purpose, code_for, hash_of

OPEN_FOR = timedelta(days=7)


NEEDS_OWNER = _("A survey needs an owner: make somebody else one first.")


class NotPossible(Exception):
    """What was asked for is not done; the message says why, and what to do instead."""


class NoInvite(NotPossible):
    """No open invitation has this code: it was used, withdrawn, is too old, or never was."""


@dataclass(frozen=True)
class May:
    """A role, and the two permissions beside it."""

    role: Role
    sees_personal: bool = False
    may_export: bool = False

    def columns(self) -> dict[str, Any]:
        return {
            "role": self.role,
            "sees_personal": self.sees_personal,
            "may_export": self.may_export,
        }


def members_of(survey: Survey) -> QuerySet[Membership]:
    return survey.memberships.select_related("user").order_by("-role", "user__username")


def addresses_of(user: Any) -> set[str]:
    """In lower case: those confirmed, and the one that whoever runs the instance gave."""
    confirmed = EmailAddress.objects.filter(user=user, verified=True)
    found = {user.email, *confirmed.values_list("email", flat=True)}
    return {address.lower() for address in found if address}


def open_invites() -> QuerySet[Invite]:
    """Those that hold: an invitation ends with the right to invite of whoever sent it."""
    still = owners().filter(survey=OuterRef("survey"), user=OuterRef("invited_by"))
    fresh = Invite.objects.filter(Exists(still), used_at=None, expires_at__gt=timezone.now())
    return fresh.select_related("survey", "invited_by")


def owners() -> QuerySet[Membership]:
    """Those of all surveys who can sign in."""
    return Membership.objects.filter(role=Role.OWNER, user__is_active=True)


def owned_alone(user: Any) -> QuerySet[Survey]:
    """Surveys that have no owner but this one who can sign in."""
    others = owners().filter(survey=OuterRef("pk")).exclude(user=user)
    theirs = Survey.objects.filter(memberships__user=user, memberships__role=Role.OWNER)
    return theirs.exclude(Exists(others)).order_by("slug")


def owner_holding(slug: str, actor: Any) -> Survey:
    """The survey with its row locked, for somebody who still owns it.

    Raises:
        Http404: they do not; another owner may have been quicker.
    """
    # Not FOR UPDATE, for which every response that comes in would have to wait.
    Survey.objects.select_for_update(no_key=True).filter(slug=slug).first()
    return survey_for(actor, slug, Role.OWNER).survey


@transaction.atomic
def invite(slug: str, *, email: str, may: May, actor: Any) -> tuple[Invite, str]:
    """An invitation, and the code of its link, which is told this once.

    Raises:
        NotPossible: whoever has this address is a member already.
    """
    survey = owner_holding(slug, actor)
    address = email.strip().lower()
    if any(address in addresses_of(member.user) for member in members_of(survey)):
        raise NotPossible(_("Whoever has this address is a member already: change their role."))
    now = timezone.now()
    # A new link makes an older one to the same address worthless; expired ones go for good.
    survey.invites.filter(used_at=None, email=address).delete()
    survey.invites.filter(used_at=None, expires_at__lte=now).delete()
    code = code_for(uuid4(), Purpose.INVITE)
    made = Invite.objects.create(
        survey=survey,
        email=address,
        code=hash_of(code),
        invited_by=actor,
        expires_at=now + OPEN_FOR,
        **may.columns(),
    )
    record("member_invited", actor=actor, survey=survey, invite=made.pk, **may.columns())
    return made, code


@transaction.atomic
def withdraw(slug: str, pk: int, *, actor: Any) -> None:
    """Make an invitation worthless, and forget the address."""
    survey = owner_holding(slug, actor)
    found = get_object_or_404(survey.invites.filter(used_at=None), pk=pk)
    found.delete()
    record("invite_withdrawn", actor=actor, survey=survey, invite=pk)


def find_invite(code: str) -> Invite:
    """Raises: NoInvite."""
    found = open_invites().filter(code=hash_of(code)).first()
    if found is None:
        raise NoInvite
    return found


@transaction.atomic
def accept(code: str, *, user: Any) -> Membership:
    """Make somebody a member by their invitation; a second time there is none.

    Raises:
        NoInvite: no open invitation has this code.
        NotPossible: it is for an address that is not theirs.
    """
    found = find_invite(code)
    if found.email.lower() not in addresses_of(user):
        raise NotPossible(_("This invitation is for another e-mail address than yours."))
    return join(found, user)


@transaction.atomic
def accept_anew(code: str, *, username: str, password: str) -> Membership:
    """Make an account for the address of the invitation, and a member of it.

    Raises:
        NoInvite: no open invitation has this code.
        NotPossible: there is an account with this name or address.
    """
    found = find_invite(code)
    # Before all else, so that of two at once the second hears of that and of nothing that the
    # first has just taken; what is refused below rolls it back.
    use_up(found)
    users = get_user_model().objects
    if users.filter(username__iexact=username).exists():
        raise NotPossible(_("This username is taken: choose another."))
    if users.filter(email__iexact=found.email).exists() or EmailAddress.objects.lookup(
        [found.email]
    ):
        raise NotPossible(_("This address has an account already: sign in with it to accept."))
    user = users.create_user(username, found.email, password)
    EmailAddress.objects.create(user=user, email=found.email, primary=True, verified=True)
    record("account_made", actor=user, invite=found.pk)
    return member_by(found, user)


def join(found: Invite, user: Any) -> Membership:
    use_up(found)
    return member_by(found, user)


def use_up(found: Invite) -> None:
    """One statement decides, however many ask at once."""
    if not open_invites().filter(pk=found.pk).update(used_at=timezone.now()):
        raise NoInvite


def member_by(found: Invite, user: Any) -> Membership:
    """What a member may is not changed by an invitation: owners change that."""
    may = May(Role(found.role), found.sees_personal, found.may_export)
    membership, new = Membership.objects.get_or_create(
        survey=found.survey, user=user, defaults=may.columns()
    )
    if new:
        record("member_joined", actor=user, survey=found.survey, invite=found.pk, **may.columns())
    return membership


@transaction.atomic
def change(slug: str, pk: int, *, may: May, actor: Any) -> None:
    """Change what a member may.

    Raises:
        NotPossible: they are the last owner.
    """
    survey = owner_holding(slug, actor)
    member = get_object_or_404(members_of(survey), pk=pk)
    if may.role < Role.OWNER:
        refuse_last_owner(survey, member)
        withdraw_those_of(survey, member.user, actor=actor)
    before = {name: getattr(member, name) for name in may.columns()}
    Membership.objects.filter(pk=pk).update(**may.columns())
    record(
        "member_changed",
        actor=actor,
        survey=survey,
        member=member.user_id,
        before=before,
        now=may.columns(),
    )


@transaction.atomic
def remove(slug: str, pk: int, *, actor: Any) -> None:
    """Take a member out, or leave oneself; it holds from their next request on.

    Raises:
        NotPossible: they are the last owner.
    """
    survey = owner_holding(slug, actor)
    member = get_object_or_404(members_of(survey), pk=pk)
    refuse_last_owner(survey, member)
    withdraw_those_of(survey, member.user, actor=actor)
    member.delete()
    record("member_removed", actor=actor, survey=survey, member=member.user_id)


def refuse_last_owner(survey: Survey, member: Membership) -> None:
    others = owners().filter(survey=survey).exclude(pk=member.pk)
    if member.role == Role.OWNER and not others.exists():
        raise NotPossible(NEEDS_OWNER)


def withdraw_those_of(survey: Survey, user: Any, *, actor: Any) -> None:
    """Else an owner on the way out would leave a door open for themselves."""
    for found in survey.invites.filter(used_at=None, invited_by=user):
        record("invite_withdrawn", actor=actor, survey=survey, invite=found.pk)
        found.delete()
