"""Django's admin: the instance's own things, no answer anywhere, usable at a million rows."""

from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from feedback import admin as ours
from feedback.models import AuditEntry, Membership, Role, Survey
from feedback.models.audit import record
from tests import build
from tests.pages import Page

LOG = "/admin/feedback/auditentry/"


@pytest.fixture
def root(db: None) -> Client:
    person = get_user_model().objects.create_superuser("root", password="secret")
    return build.signed_in(person)


def rows(answer: Any) -> int:
    return sum(a.get("class") == "field-id" for _t, a in Page.read(answer.content).tags)


def log(count: int, survey: Survey | None = None) -> None:
    AuditEntry.objects.bulk_create(
        AuditEntry(action="note", survey=survey, response_id=n) for n in range(count)
    )


def test_only_the_instances_own_things_are_there() -> None:
    """Nobody reads an answer past the review desk, where every look is accounted for."""
    registered = {m.__name__ for m in admin.site._registry if m._meta.app_label == "feedback"}

    assert registered == {"Survey", "AuditEntry"}


def test_no_page_of_the_admin_shows_an_answer(root: Client, town: Survey) -> None:
    """Nor what a note or a tag says of one."""
    build.respond(town, wish="A canary in a tree", name="Ada Berg")
    record("status", actor=None, survey=town, response_id=1)
    pages = [
        reverse("admin:index"),
        LOG,
        f"{LOG}{AuditEntry.objects.first().pk}/change/",
        f"/admin/feedback/survey/{town.pk}/change/",
        "/admin/feedback/survey/",
        "/admin/auth/user/",
    ]
    for address in pages:
        answer = root.get(address)
        assert answer.status_code == 200, address
        assert b"canary" not in answer.content and b"Ada Berg" not in answer.content


@pytest.mark.parametrize("address", [LOG, "/admin/auth/user/", "/admin/feedback/survey/"])
def test_a_member_of_a_survey_is_nobody_there(owner: Any, address: str) -> None:
    """Roles in surveys give no right over the instance."""
    answer = build.signed_in(owner).get(address)

    assert answer.status_code == 302 and "/login/" in answer.url


def test_the_log_can_be_read_and_nothing_else(root: Client, db: None) -> None:
    """Not even by whoever may do everything."""
    log(1)
    entry = AuditEntry.objects.get()

    assert root.get(f"{LOG}add/").status_code == 403
    assert root.get(f"{LOG}{entry.pk}/delete/").status_code == 403
    assert root.post(f"{LOG}{entry.pk}/change/", {"action": "x"}).status_code == 403


def test_the_log_is_read_without_counting_or_skipping_it(
    root: Client, town: Survey, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As few queries for many entries as for few, and none over the whole table."""
    monkeypatch.setattr(ours, "MOST_PAGED", 200)
    log(10, town)
    with CaptureQueriesContext(connection) as with_few:
        root.get(LOG)
    log(500, town)

    with CaptureQueriesContext(connection) as with_many:
        answer = root.get(LOG)

    assert rows(answer) == 100
    assert len(with_many) == len(with_few)
    of_log = [q["sql"] for q in with_many if "feedback_auditentry" in q["sql"]]
    assert of_log and all("LIMIT" in sql for sql in of_log)


def test_entries_beyond_the_pages_are_reached_by_number(
    root: Client, town: Survey, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the primary key, so that any depth is as quick as the top."""
    monkeypatch.setattr(ours, "MOST_PAGED", 100)
    log(300, town)
    low = AuditEntry.objects.order_by("pk")[4].pk

    answer = root.get(LOG, {"q": str(low)})

    assert rows(answer) == 5
    assert rows(root.get(LOG, {"q": "x"})) == 0


def test_entries_can_be_listed_by_what_was_done(root: Client, town: Survey) -> None:
    """Who failed to sign in is the question that brings somebody here."""
    log(3)
    record("sign_in_failed", actor=None)

    assert rows(root.get(LOG, {"action": "sign_in_failed"})) == 1


def test_each_change_of_a_member_has_its_entry(root: Client, town: Survey) -> None:
    """The admin is one more door to a survey, and no way round the log."""
    ada = build.member(town, Role.VIEWER, name="ada")
    bo, cy = (get_user_model().objects.create(username=name) for name in ("bo", "cy"))
    gone = Membership.objects.create(survey=town, user=cy, role=Role.VIEWER)
    kept = Membership.objects.get(user=ada)
    form = {
        "memberships-TOTAL_FORMS": "3",
        "memberships-INITIAL_FORMS": "2",
        **{f"memberships-0-{n}": v for n, v in {"id": kept.pk, "user": ada.pk, "role": 50}.items()},
        **{f"memberships-1-{n}": v for n, v in {"id": gone.pk, "user": cy.pk, "role": 10}.items()},
        "memberships-1-DELETE": "on",
        "memberships-2-user": str(bo.pk),
        "memberships-2-role": "30",
        "memberships-0-survey": town.pk,
    }

    answer = root.post(f"/admin/feedback/survey/{town.pk}/change/", form)

    assert answer.status_code == 302
    entries = AuditEntry.objects.filter(action__startswith="member_")
    assert {(e.action, e.details["member"]) for e in entries} == {
        ("member_added", bo.pk),
        ("member_changed", ada.pk),
        ("member_removed", cy.pk),
    }


def changed(members: list[Membership], role: int, *, gone: bool = False) -> dict[str, Any]:
    """The form of a survey's members with each of them given this role, or taken out."""
    form: dict[str, Any] = {
        "memberships-TOTAL_FORMS": len(members),
        "memberships-INITIAL_FORMS": len(members),
    }
    for at, one in enumerate(members):
        cells = {"id": one.pk, "user": one.user_id, "survey": one.survey_id, "role": role}
        form |= {f"memberships-{at}-{name}": value for name, value in cells.items()}
        form |= {f"memberships-{at}-DELETE": "on"} if gone else {}
    return form


@pytest.mark.parametrize("gone", [True, False], ids=["removed", "demoted"])
def test_a_survey_keeps_an_owner_here_too(root: Client, town: Survey, gone: bool) -> None:
    """Without one nobody could ever make another, but in this admin."""
    members = list(Membership.objects.filter(survey=town))
    assert Role.OWNER not in {m.role for m in members}
    owner = build.member(town, Role.OWNER, name="the-owner")
    form = changed([*members, Membership.objects.get(user=owner)], Role.VIEWER, gone=gone)

    answer = root.post(f"/admin/feedback/survey/{town.pk}/change/", form)

    assert answer.status_code == 200 and "needs an owner" in answer.content.decode()
    assert Membership.objects.get(user=owner).role == Role.OWNER


def test_a_member_without_a_user_is_told_and_no_fault(root: Client, town: Survey) -> None:
    """The check of owners looks at forms that are wrong by themselves, too."""
    owner = Membership.objects.get(user=build.member(town, Role.OWNER, name="the-owner"))
    form = changed([owner], Role.OWNER) | {"memberships-0-user": ""}

    answer = root.post(f"/admin/feedback/survey/{town.pk}/change/", form)

    assert answer.status_code == 200 and "This field is required" in answer.content.decode()


def test_who_locks_out_a_last_owner_is_told(root: Client, town: Survey) -> None:
    """Locking somebody out cannot wait, but the survey needs another owner then."""
    owner = build.member(town, Role.OWNER, name="the-owner")
    form = {"username": owner.username, "date_joined_0": "2026-01-01", "date_joined_1": "00:00"}

    answer = root.post(f"/admin/auth/user/{owner.pk}/change/", form, follow=True)

    owner.refresh_from_db()
    assert not owner.is_active
    assert "owns these surveys now: town." in answer.content.decode()


def test_users_are_recorded_when_changed_and_never_deleted(root: Client) -> None:
    """The log speaks of them by number for good."""
    password = "a long enough one"
    form = {"username": "dora", "password1": password, "password2": password}
    added = root.post("/admin/auth/user/add/", {**form, "usable_password": "true"})
    dora = get_user_model().objects.get(username="dora")

    assert added.status_code == 302
    assert root.get(f"/admin/auth/user/{dora.pk}/delete/").status_code == 403
    (entry,) = AuditEntry.objects.filter(action="user_added")
    assert entry.details == {"user": dora.pk}
