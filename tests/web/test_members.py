"""The people of a survey: who comes in by which link, who decides, who is out at once."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import get_user_model
from django.db import connection
from django.http import Http404
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from feedback import members
from feedback.members import May, NoInvite, NotPossible
from feedback.models import AuditEntry, Invite, Letter, Membership, Role, Survey
from tests import build

MAY = May(Role.REVIEWER, sees_personal=True)
INVITATION = {"email": "New.Person@example.org", "role": "30", "sees_personal": "on"}
ACCOUNT = {"username": "newcomer", "password": "a long enough secret"}


@pytest.fixture
def invited(town: Survey, owner: Any) -> tuple[Invite, str]:
    return members.invite("town", email="New.Person@example.org", may=MAY, actor=owner)


def known(address: str, name: str = "known") -> Any:
    """Somebody with an account and this address, member of nothing."""
    return get_user_model().objects.create(
        username=name, email=address, password=build.hashed("secret")
    )


def door(code: str) -> str:
    return reverse("join", args=[code])


def actions() -> list[str]:
    entries = AuditEntry.objects.filter(action__contains="member") | AuditEntry.objects.filter(
        action__startswith="invite"
    )
    return [entry.action for entry in entries]


def at_once(calls: list[Callable[[], object]]) -> list[object]:
    """What each of them gives or raises, all beginning together, each on a connection."""
    start = Barrier(len(calls))

    def run(call: Callable[[], object]) -> object:
        start.wait()
        try:
            return call()
        except (NotPossible, Http404) as refusal:
            return type(refusal)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def test_an_invitation_makes_an_account_and_a_member_with_what_was_promised(
    owner: Any, town: Survey
) -> None:
    """The whole way: asked whether it is you, the link shown, the account made, and in."""
    client = build.signed_in(owner)
    asked = client.post(reverse("members", args=["town"]), INVITATION)
    assert asked.url.startswith(reverse("account_reauthenticate"))
    assert not Invite.objects.exists()

    # What was typed goes through once the password is given.
    shown = client.post(
        asked.url, {"password": "secret", "next": reverse("members", args=["town"])}
    )
    link = re.search(r"http://testserver(/staff/join/[a-z2-7]{26}/)", shown.content.decode())
    assert link

    newcomer = Client()
    page = newcomer.get(link[1]).content.decode()
    assert town.title in page and "Reviewer" in page and "owner" in page
    assert newcomer.post(link[1], ACCOUNT).url == "/staff/town/"
    assert newcomer.get("/staff/town/").status_code == 200

    membership = Membership.objects.get(user__username="newcomer")
    assert (membership.role, membership.sees_personal, membership.may_export) == (30, True, False)
    assert EmailAddress.objects.get(user=membership.user).email == "new.person@example.org"
    assert actions() == ["member_invited", "member_joined"]


def test_the_audit_log_has_no_address_of_anyone(invited: tuple[Invite, str]) -> None:
    """It is never changed again, so what is personal must not come into it."""
    members.accept_anew(invited[1], **ACCOUNT)

    assert "example" not in str(list(AuditEntry.objects.values_list("details", flat=True)))


def test_only_the_hash_of_a_code_is_kept(invited: tuple[Invite, str]) -> None:
    """A look into the database must open nothing; 26 letters of base 32 are 128 bits."""
    invite, code = invited

    assert re.fullmatch("[a-z2-7]{26}", code)
    assert code not in str(Invite.objects.values().get())
    assert invite.expires_at - timezone.now() > timedelta(days=6, hours=23)


def test_an_invitation_goes_by_e_mail_where_there_is_a_server(
    owner: Any, town: Survey, settings: Any
) -> None:
    """Through the encrypted queue, and the inviter sees the link all the same."""
    settings.EMAIL_HOST = "mail.example.org"

    page = build.confirmed(owner).post(reverse("members", args=["town"]), INVITATION)

    assert b"/staff/join/" in page.content
    assert Letter.objects.count() == 1


def test_a_link_works_once(invited: tuple[Invite, str]) -> None:
    """Used, it looks like one that never was."""
    members.accept_anew(invited[1], **ACCOUNT)

    again = Client().post(door(invited[1]), ACCOUNT | {"username": "another"})
    never = Client().post(door("a" * 26), ACCOUNT)

    assert again.status_code == never.status_code == 404
    shown = (re.sub(rb'nonce="[^"]+"', b"", page.content) for page in (again, never))
    assert len(set(shown)) == 1
    assert not get_user_model().objects.filter(username="another").exists()


@pytest.mark.parametrize("how", ["expired", "withdrawn", "replaced", "locked out", "demoted"])
def test_a_link_that_holds_no_more_opens_nothing(
    owner: Any, invited: tuple[Invite, str], how: str
) -> None:
    """However it came to its end, nobody is told how."""
    invite, code = invited
    match how:
        case "expired":
            Invite.objects.update(expires_at=timezone.now())
        case "withdrawn":
            build.confirmed(owner).post(reverse("withdraw_invite", args=["town", invite.pk]))
        case "replaced":
            members.invite("town", email=invite.email, may=MAY, actor=owner)
        case "locked out":  # by whoever runs the instance, as operating.md says
            get_user_model().objects.filter(pk=owner.pk).update(is_active=False)
        case "demoted":  # in Django's admin
            Membership.objects.filter(user=owner).update(role=Role.EDITOR)

    assert Client().get(door(code)).status_code == 404
    assert Client().post(door(code), ACCOUNT).status_code == 404
    assert not get_user_model().objects.filter(username="newcomer").exists()


def test_whoever_has_the_address_accepts_with_the_account_they_have(
    invited: tuple[Invite, str],
) -> None:
    """In whatever case the address is written."""
    person = known("NEW.person@example.org")

    answer = build.signed_in(person).post(door(invited[1]))

    assert answer.url == "/staff/town/"
    assert Membership.objects.filter(user=person, role=Role.REVIEWER).exists()


def test_somebody_else_who_is_signed_in_is_told_what_to_do(
    stranger: Any, invited: tuple[Invite, str]
) -> None:
    """A forwarded link makes nobody else a member."""
    client = build.signed_in(stranger)

    page = client.get(door(invited[1])).content.decode()
    assert "new.person@example.org" in page and "Sign out" in page
    assert client.post(door(invited[1])).status_code == 403
    with pytest.raises(NotPossible):
        members.accept(invited[1], user=stranger)
    assert not Membership.objects.filter(user=stranger, survey__slug="town").exists()


def test_an_address_with_an_account_gets_no_second_one(invited: tuple[Invite, str]) -> None:
    """Else a link would be a way to take over somebody's address."""
    known("new.person@example.org")

    answer = Client().post(door(invited[1]), ACCOUNT)

    assert answer.status_code == 422
    assert not get_user_model().objects.filter(username="newcomer").exists()
    assert Client().get(door(invited[1])).status_code == 200  # not used up by that


@pytest.mark.parametrize(
    "bad", [{"password": "short"}, {"password": "password1"}, {"username": ""}]
)
def test_a_bad_name_or_password_is_said_and_uses_nothing_up(
    invited: tuple[Invite, str], bad: dict[str, str]
) -> None:
    """One can mend it and send it again."""
    assert Client().post(door(invited[1]), ACCOUNT | bad).status_code == 422
    assert Client().post(door(invited[1]), ACCOUNT).url == "/staff/town/"


def test_a_member_is_not_invited_again(owner: Any, town: Survey) -> None:
    """Their role is changed instead, which the page says."""
    Membership.objects.create(survey=town, user=known("new.person@example.org"), role=Role.VIEWER)

    answer = build.confirmed(owner).post(reverse("members", args=["town"]), INVITATION)

    assert answer.status_code == 422
    assert "member already" in answer.content.decode()


@pytest.mark.parametrize("name", ["members", "member", "remove_member"])
def test_nothing_changes_before_one_has_shown_again_who_one_is(
    owner: Any, viewer: Any, town: Survey, name: str
) -> None:
    """A computer left alone for a minute must not give a survey away."""
    pk = Membership.objects.get(user=viewer).pk
    address = reverse(name, args=["town"] if name == "members" else ["town", pk])
    before = list(Membership.objects.order_by("pk").values())

    answer = build.signed_in(owner).post(address, INVITATION | {"role": "50"})

    assert answer.url.startswith(reverse("account_reauthenticate"))
    assert list(Membership.objects.order_by("pk").values()) == before
    assert not Invite.objects.exists()


def test_a_lowered_role_holds_from_the_next_request_on(
    owner: Any, reviewer: Any, town: Survey
) -> None:
    """Rights are looked up each time, never kept in a session."""
    theirs = build.signed_in(reviewer)
    response = build.respond(town, wish="More trees")
    act = reverse("act", args=["town", response.pk])
    assert theirs.post(act, {"note": "Seen"}).status_code == 302

    pk = Membership.objects.get(user=reviewer).pk
    build.confirmed(owner).post(reverse("member", args=["town", pk]), {"role": "10"})

    assert theirs.post(act, {"note": "Again"}).status_code == 404
    assert theirs.get("/staff/town/").status_code == 200
    assert actions() == ["member_changed"]


def test_a_removed_member_is_out_at_the_next_request_downloads_included(
    owner: Any, town: Survey
) -> None:
    """An open tab must not go on handing out answers."""
    analyst = build.member(town, Role.ANALYST, may_export=True)
    theirs = build.signed_in(analyst)
    export = reverse("export_now", args=["town", "csv"])
    assert b"".join(theirs.get(export)).startswith(b"response,")

    pk = Membership.objects.get(user=analyst).pk
    build.confirmed(owner).post(reverse("remove_member", args=["town", pk]))

    assert theirs.get(export).status_code == 404
    assert theirs.get("/staff/town/").status_code == 404
    assert actions() == ["member_removed"]


def test_the_last_owner_is_neither_removed_nor_demoted(owner: Any, town: Survey) -> None:
    """A survey without an owner could never have one again."""
    pk = Membership.objects.get(user=owner).pk
    client = build.confirmed(owner)

    demoted = client.post(reverse("member", args=["town", pk]), {"role": "40"})
    client.post(reverse("remove_member", args=["town", pk]))

    assert demoted.status_code == 422 and "needs an owner" in demoted.content.decode()
    assert Membership.objects.get(pk=pk).role == Role.OWNER


def test_an_owner_who_is_switched_off_counts_for_none(owner: Any, town: Survey) -> None:
    """They could not do anything for the survey."""
    other = build.member(town, Role.OWNER, name="other")
    other.is_active = False
    other.save()

    with pytest.raises(NotPossible):
        members.remove("town", Membership.objects.get(user=owner).pk, actor=owner)


def test_an_owner_may_leave_to_another_and_takes_their_open_invitations_along(
    owner: Any, invited: tuple[Invite, str], town: Survey
) -> None:
    """Else whoever is on the way out keeps a door open for themselves."""
    build.member(town, Role.OWNER, name="other")
    pk = Membership.objects.get(user=owner).pk

    answer = build.confirmed(owner).post(reverse("remove_member", args=["town", pk]))

    assert answer.url == reverse("surveys")
    assert Client().get(door(invited[1])).status_code == 404
    assert actions() == ["member_invited", "invite_withdrawn", "member_removed"]


def test_a_member_is_found_under_their_own_survey_only(stranger: Any, viewer: Any) -> None:
    """Else the owner of any survey could change everybody's role by counting up."""
    pk = Membership.objects.get(user=viewer).pk
    client = build.confirmed(stranger)

    for name in ("member", "remove_member", "withdraw_invite"):
        answer = client.post(reverse(name, args=["elsewhere", pk]), {"role": "50"})
        assert answer.status_code == 404
    assert Membership.objects.get(pk=pk).role == Role.VIEWER


@pytest.mark.django_db(transaction=True)
def test_of_many_who_use_a_link_at_once_one_comes_in(town: Survey, owner: Any) -> None:
    """A double click, or a link passed around."""
    _invite, code = members.invite("town", email="new@example.org", may=MAY, actor=owner)

    def make(n: int) -> Callable[[], object]:
        return lambda: members.accept_anew(code, username=f"new{n}", password="a long secret")

    outcomes = at_once([make(n) for n in range(8)])

    assert outcomes.count(NoInvite) == 7
    assert Membership.objects.filter(survey=town).count() == 2
    assert get_user_model().objects.filter(username__startswith="new").count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_round", range(3))
def test_two_owners_who_remove_each_other_leave_one(town: Survey, owner: Any, _round: int) -> None:
    """Each was an owner of two when they began."""
    other = build.member(town, Role.OWNER, name="other")
    first, second = (Membership.objects.get(user=person).pk for person in (owner, other))

    at_once(
        [
            lambda: members.remove("town", second, actor=owner),
            lambda: members.remove("town", first, actor=other),
        ]
    )

    assert Membership.objects.filter(survey=town, role=Role.OWNER).count() == 1
