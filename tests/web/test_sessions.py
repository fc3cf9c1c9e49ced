"""Signing in and out, and what a session is good for."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.forms.models import model_to_dict
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from feedback.models import Membership, Role, Survey
from feedback.permissions import survey_for
from feedback.web.accounts import Backend
from tests import build
from tests.pages import csrf_token


def test_signing_in_needs_a_token_too(owner: Any) -> None:
    """Else a stranger signs somebody in as themselves and reads what they type."""
    client = Client(enforce_csrf_checks=True)
    fields = {"username": "owner", "password": "secret"}

    assert client.post(reverse("account_login"), fields).status_code == 403

    token = csrf_token(client.get(reverse("account_login")).content)
    answer = client.post(reverse("account_login"), {**fields, "csrfmiddlewaretoken": token})
    assert (answer.status_code, answer.url) == (302, reverse("surveys"))


@pytest.mark.parametrize(
    "elsewhere",
    ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"],
)
def test_signing_in_never_leads_to_another_site(owner: Any, elsewhere: str) -> None:
    """A link to our sign-in page must not end on a copy of it elsewhere."""
    page = Client().get(reverse("account_login"), {"next": elsewhere})
    assert b"evil" not in page.content and b"javascript:" not in page.content

    fields = {"username": "owner", "password": "secret", "next": elsewhere}
    answer = Client().post(f"{reverse('account_login')}?next={elsewhere}", fields)
    assert (answer.status_code, answer.url) == (302, reverse("surveys"))


def test_signing_in_leads_back_to_where_one_was_going(owner: Any) -> None:
    """The control for the above: an address of ours is followed."""
    fields = {"username": "owner", "password": "secret", "next": "/staff/town/summary/"}

    assert Client().post(reverse("account_login"), fields).url == "/staff/town/summary/"


def test_a_new_password_ends_every_session(owner: Any) -> None:
    """Whoever changes a password that leaked wants the other one out at once."""
    client = build.signed_in(owner)
    assert client.get("/staff/town/").status_code == 200

    owner.set_password("another secret")
    owner.save()

    assert client.get("/staff/town/").url.startswith(reverse("account_login"))


def test_a_session_that_is_over_lets_nobody_in(owner: Any) -> None:
    """Sessions are fetched by a statement of our own, which has to ask for that, too."""
    client = build.signed_in(owner)
    assert client.get("/staff/town/").status_code == 200

    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))

    assert client.get("/staff/town/").url.startswith(reverse("account_login"))


def test_a_survey_and_a_membership_are_as_they_were_stored(owner: Any, town: Survey) -> None:
    """They are made of a statement of our own, field by field: one in the wrong place, or one
    that the ORM would have converted, would pass for another.
    """
    Membership.objects.filter(user=owner).update(columns=["status", "tags"])

    access = survey_for(owner, "town", Role.OWNER)

    kept = Membership.objects.select_related("survey").get(user=owner, survey=town)
    assert model_to_dict(Backend().get_user(owner.pk)) == model_to_dict(owner)
    assert model_to_dict(access.membership) == model_to_dict(kept)
    assert model_to_dict(access.survey) == model_to_dict(kept.survey)
    assert access.survey.created_at == kept.survey.created_at


def test_whoever_is_shut_out_is_so_at_the_next_page(owner: Any) -> None:
    """An account that is closed closes what it has open."""
    client = build.signed_in(owner)
    assert client.get("/staff/town/").status_code == 200

    get_user_model().objects.update(is_active=False)

    assert client.get("/staff/town/").url.startswith(reverse("account_login"))


def test_losing_the_membership_works_at_once(owner: Any, town: Survey) -> None:
    """Rights are looked up on every request, never kept in the session."""
    client = build.signed_in(owner)
    assert client.get("/staff/town/").status_code == 200

    town.memberships.all().delete()

    assert client.get("/staff/town/").status_code == 404


def test_an_instance_admin_is_no_member_by_that(town: Survey) -> None:
    """Who runs the server gives out rights in the admin; they do not come by themselves."""
    admin = get_user_model().objects.create_superuser("root", password="secret")

    assert build.signed_in(admin).get("/staff/town/responses/").status_code == 404


def test_the_list_of_surveys_names_only_ones_own(stranger: Any, town: Survey) -> None:
    """Titles of surveys that are still secret must not be read there."""
    page = build.signed_in(stranger).get(reverse("surveys")).content.decode()

    assert "Elsewhere" in page
    assert town.title not in page
