"""Who may do what at the staff's doors: every address by every kind of person."""

from collections.abc import Mapping
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from feedback.models import AuditEntry, Membership, Note, Response, Survey
from feedback.web import urls
from feedback.web.account_urls import accounts
from feedback.web.pages import PLAIN, STRICT, style_of
from tests import build
from tests.pages import csrf_token

PEOPLE = ("stranger", "viewer", "reviewer", "owner")
MEMBERS = {"stranger": 404, "viewer": 200, "reviewer": 200, "owner": 200}
REVIEWERS = {"stranger": 404, "viewer": 404, "reviewer": 302, "owner": 302}
TRUSTED = {"stranger": 404, "viewer": 404, "reviewer": 404, "owner": 200}
EVERYBODY = dict.fromkeys(PEOPLE, 200)
SENT_ON = dict.fromkeys(PEOPLE, 302)

# By the route's name: the method it takes, and what each person gets.
DOORS: Mapping[str, tuple[str, Mapping[str, int]]] = {
    "account_login": ("get", SENT_ON),  # they are signed in already
    "account_logout": ("post", SENT_ON),
    "surveys": ("get", EVERYBODY),
    "overview": ("get", MEMBERS),
    "responses": ("get", MEMBERS),
    "response": ("get", MEMBERS),
    "act": ("post", REVIEWERS),
    "personal": ("post", TRUSTED),
    "summary": ("get", MEMBERS),
    "summary_json": ("get", MEMBERS),
    "members": ("get", TRUSTED),
    "member": ("get", TRUSTED),
    "remove_member": ("get", TRUSTED),
    "withdraw_invite": ("post", TRUSTED | {"owner": 302}),  # is it you?
    "settings": ("get", TRUSTED),
    "preview": ("get", TRUSTED),
    "export": ("get", TRUSTED),
    "export_csv": ("get", TRUSTED),
    "codebook_csv": ("get", TRUSTED),
    "join": ("get", dict.fromkeys(PEOPLE, 404)),  # nobody has such a code
}
OPEN_TO_ALL = {"account_login", "account_logout", "join"}
BY_SURVEY = sorted(DOORS.keys() - OPEN_TO_ALL - {"surveys"})
BY_RESPONSE = ("response", "act", "personal")
every_door = pytest.mark.parametrize("name", sorted(DOORS))
every_door_of_a_survey = pytest.mark.parametrize("name", BY_SURVEY)


def address(name: str, *, slug: str = "town", pk: int = 1) -> str:
    match name:
        case "account_login" | "account_logout" | "surveys":
            return reverse(name)
        case "join":
            return reverse(name, args=["no-such-code"])
        case "member" | "remove_member":
            people = Membership.objects.filter(survey__slug=slug)
            return reverse(name, args=[slug, people.values_list("pk", flat=True).first() or pk])
        case "response" | "act" | "personal" | "withdraw_invite":
            return reverse(name, args=[slug, pk])
    return reverse(name, args=[slug])


def knock(client: Client, name: str, *, slug: str = "town", pk: int = 1, **fields: str) -> Any:
    """Use a door as its own page does."""
    method, _outcomes = DOORS[name]
    return getattr(client, method)(address(name, slug=slug, pk=pk), fields)


def told(answer: Any) -> tuple[int, bytes, dict[str, str]]:
    """Everything that whoever asked gets to see."""
    return answer.status_code, answer.getvalue(), dict(answer.headers)


@pytest.fixture
def first(town: Survey) -> Response:
    return build.respond(town, wish="More trees", name="Ada Berg")


def test_every_staff_address_has_its_row_here() -> None:
    """A new page without an expectation would be a page that nobody thought about."""
    own = {route.name for route in accounts}  # tests/web/test_accounts.py
    assert {route.name for route in urls.staff} - own | OPEN_TO_ALL == DOORS.keys()


def test_no_staff_address_is_outside_this_list() -> None:
    """The site itself may not add one beside ``feedback.web.urls``."""
    (included,) = [p for p in get_resolver().url_patterns if str(p.pattern) == "staff/"]
    assert all(isinstance(route, URLPattern) for route in included.url_patterns)
    assert included.url_patterns == urls.staff


@every_door
@pytest.mark.parametrize("person", PEOPLE)
def test_each_door_opens_for_whom_it_should(
    request: pytest.FixtureRequest, first: Response, name: str, person: str
) -> None:
    """The whole matrix as it stands: a change of it must be meant."""
    client = build.signed_in(request.getfixturevalue(person))

    answer = knock(client, name, pk=first.pk, note="Seen")

    assert answer.status_code == DOORS[name][1][person]
    answer.close()


@every_door
def test_without_signing_in_there_is_only_the_sign_in_page(first: Response, name: str) -> None:
    """An expired session leads back to where one was going."""
    answer = knock(Client(), name, pk=first.pk)

    if name == "account_login":
        assert answer.status_code == 200
    elif name == "join":
        assert answer.status_code == 404
    elif name == "account_logout":
        assert (answer.status_code, answer.url) == (302, reverse("account_login"))
    else:
        going_to = address(name, pk=first.pk)
        login = reverse("account_login")
        assert (answer.status_code, answer.url) == (302, f"{login}?next={going_to}")


@every_door_of_a_survey
def test_to_a_stranger_a_survey_looks_like_none_at_all(
    stranger: Any, first: Response, name: str
) -> None:
    """Whether a survey of some name exists is nobody else's business, nor are its numbers."""
    client = build.signed_in(stranger)

    theirs = knock(client, name, pk=first.pk, note="Seen")
    nowhere = knock(client, name, pk=first.pk, slug="no-such-survey", note="Seen")

    assert told(theirs) == told(nowhere)
    assert theirs.status_code == 404
    assert not AuditEntry.objects.exclude(action="publish").exists()
    assert not Note.objects.exists()


@pytest.mark.parametrize("name", BY_RESPONSE)
def test_a_response_is_found_under_its_own_survey_only(
    stranger: Any, first: Response, name: str
) -> None:
    """Else the owner of any survey could read every other by counting up."""
    client = build.signed_in(stranger)

    theirs = knock(client, name, slug="elsewhere", pk=first.pk, note="Seen")
    nowhere = knock(client, name, slug="elsewhere", pk=first.pk + 1000, note="Seen")

    assert told(theirs) == told(nowhere)
    assert theirs.status_code == 404
    assert not AuditEntry.objects.filter(response_id=first.pk).exists()


@pytest.mark.parametrize(
    ("name", "method"), [("act", "get"), ("personal", "get"), ("response", "post")]
)
def test_a_door_takes_only_its_own_method(
    owner: Any, first: Response, name: str, method: str
) -> None:
    """A link that changes something, or a look without a record, would be a hole."""
    answer = getattr(build.signed_in(owner), method)(address(name, pk=first.pk))

    assert answer.status_code == 405
    assert not AuditEntry.objects.filter(response_id=first.pk).exists()


@pytest.mark.parametrize("name", [name for name, (method, _) in DOORS.items() if method == "post"])
def test_nothing_is_done_for_a_form_of_another_site(owner: Any, first: Response, name: str) -> None:
    """A page elsewhere can make a signed-in browser post, but does not know the token."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(owner)

    forged = knock(client, name, pk=first.pk, note="Forged")
    assert forged.status_code == 403
    assert not Note.objects.exists()
    assert not AuditEntry.objects.filter(response_id=first.pk).exists()

    token = csrf_token(client.get(address("response", pk=first.pk)).content)
    honest = knock(client, name, pk=first.pk, note="Ours", csrfmiddlewaretoken=token)
    assert honest.status_code == DOORS[name][1]["owner"]


def test_signing_in_needs_a_token_too(owner: Any) -> None:
    """Else a stranger signs somebody in as themselves and reads what they type."""
    client = Client(enforce_csrf_checks=True)
    fields = {"username": "owner", "password": "secret"}

    assert client.post(reverse("account_login"), fields).status_code == 403

    token = csrf_token(client.get(reverse("account_login")).content)
    answer = client.post(reverse("account_login"), {**fields, "csrfmiddlewaretoken": token})
    assert (answer.status_code, answer.url) == (302, reverse("surveys"))


@every_door
def test_no_staff_page_stays_in_a_cache_or_runs_a_script_of_others(
    owner: Any, first: Response, name: str
) -> None:
    """A shared computer's Back button and an injected script are the two ways out."""
    answer = knock(build.signed_in(owner), name, pk=first.pk, note="Seen")
    answer.close()

    assert "no-store" in answer.headers["Cache-Control"]
    # The preview looks as the form does, so it carries the form's style.
    policy = style_of(PLAIN).policy if name == "preview" else STRICT
    assert answer.headers["Content-Security-Policy"] == policy
    assert "unsafe" not in STRICT and "default-src 'none'" in STRICT
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"


def test_what_is_not_there_is_kept_as_closely(owner: Any) -> None:
    """A 404 with laxer headers would tell where there is something."""
    answer = build.signed_in(owner).get("/staff/no-such-survey/")

    assert answer.status_code == 404
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Security-Policy"] == style_of(PLAIN).policy


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
