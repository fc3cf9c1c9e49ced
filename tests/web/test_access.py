"""Who may do what at the staff's doors: every address by every method and kind of person.

``doors.py`` has the table; nothing here names a route.
"""

import json
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from feedback.models import AuditEntry, Membership, Note, Role, Survey
from feedback.permissions import Access
from feedback.web import review, urls
from feedback.web.pages import PLAIN, STRICT, policy_with, style_of
from tests.pages import Page, csrf_token
from tests.web.doors import (
    CANARY,
    DOORS,
    METHODS,
    OWN,
    OWN_ARGUMENTS,
    PEOPLE,
    THINGS,
    TRUSTED,
    Door,
    Person,
    address,
    join,
    knock,
    told,
)

every_door = pytest.mark.parametrize("door", DOORS, ids=lambda door: door.name)


def at_the_edge(door: Door) -> list[Person]:
    """Those beside whom the line runs: a stranger, the last left out, the first let in."""
    let_in = [person for person in PEOPLE if door.lets_in(person)]
    left_out = [person for person in PEOPLE if person not in let_in]
    return [person for person in PEOPLE if person in (left_out[0], left_out[-1], let_in[0])]


EDGES = [(door, person) for door in DOORS for person in at_the_edge(door)]
INSIDE = [pair for door in DOORS for person in PEOPLE if (pair := (door, person)) not in EDGES]
at_each_edge = pytest.mark.parametrize(
    ("door", "person"), EDGES, ids=[f"{person.name}-{door.name}" for door, person in EDGES]
)
far_from_it = pytest.mark.parametrize(
    ("door", "person"), INSIDE, ids=[f"{person.name}-{door.name}" for door, person in INSIDE]
)
acting = pytest.mark.parametrize(
    "door", [d for d in DOORS if d.posts is not None], ids=lambda door: door.name
)


def made(door: Door, survey: Survey) -> int:
    """The number of what the door is about."""
    return THINGS[door.of or "response"](survey)


def log_of(survey: Survey) -> int:
    return AuditEntry.objects.filter(survey=survey).count()


def test_every_staff_address_has_its_row() -> None:
    """A new page without an expectation would be a page that nobody thought about."""
    known = {door.name for door in DOORS} | OWN.keys()

    assert {route.name for route in urls.staff} == known


def test_no_staff_address_is_outside_this_list() -> None:
    """The site itself may not add one beside ``feedback.web.urls``."""
    (included,) = [p for p in get_resolver().url_patterns if str(p.pattern) == "staff/"]
    assert all(isinstance(route, URLPattern) for route in included.url_patterns)
    assert included.url_patterns == urls.staff


@at_each_edge
def test_each_door_opens_for_whom_it_should(town: Survey, door: Door, person: Person) -> None:
    """By each method at one's own door, and the same for what is not there.

    Whoever is not let in gets the same bytes for a survey that is there as for one that is
    not: whether it exists is nobody else's business, nor are its numbers.
    """
    opens_as_it_should(town, door, person)


@pytest.mark.long
@far_from_it
def test_each_door_opens_likewise_for_everybody_else(
    town: Survey, door: Door, person: Person
) -> None:
    """The rest of the matrix of people and doors."""
    opens_as_it_should(town, door, person)


def opens_as_it_should(town: Survey, door: Door, person: Person) -> None:
    client, thing = join(town, person), made(door, town)
    for method in METHODS:
        before = log_of(town)
        here = knock(client, door, method, address(door, thing=thing), thing=thing)
        seen = told(here)

        assert here.status_code == door.answer_to(person, method), method
        if not door.lets_in(person):
            nowhere = address(door, slug="no-such-survey", thing=thing)
            assert seen == told(knock(client, door, method, nowhere, thing=thing)), method
            assert log_of(town) == before and not Note.objects.exists()


@every_door
def test_without_signing_in_there_is_only_the_sign_in_page(town: Survey, door: Door) -> None:
    """An expired session leads back to where one was going, and does nothing on the way."""
    thing, before = made(door, town), log_of(town)
    going_to = address(door, thing=thing)

    for method in METHODS:
        answer = knock(Client(), door, method, going_to, thing=thing)
        assert answer.status_code == 302, method
        assert answer.url.startswith(f"{reverse('account_login')}?next={going_to}"), method
    assert log_of(town) == before


@pytest.mark.parametrize("name", OWN)
def test_doors_of_no_survey(town: Survey, name: str) -> None:
    """Signing in and out, and what is about oneself alone."""
    signed_in, nobody = OWN[name]

    at = reverse(name, kwargs=OWN_ARGUMENTS.get(name))
    assert join(town, PEOPLE[1]).get(at).status_code == signed_in
    assert Client().get(at).status_code == nobody


@pytest.mark.parametrize("door", [d for d in DOORS if d.of], ids=lambda door: door.name)
def test_a_number_is_found_under_its_own_survey_only(town: Survey, door: Door) -> None:
    """Else the owner of any survey could read every other by counting up."""
    client, thing = join(town, PEOPLE[0]), made(door, town)

    for method in METHODS:
        theirs = knock(client, door, method, address(door, slug="theirs", thing=thing), thing=thing)
        nowhere = address(door, slug="theirs", thing=thing + 1000)
        assert told(theirs) == told(knock(client, door, method, nowhere, thing=thing))
        assert theirs.status_code in {404, 405}
    assert not AuditEntry.objects.filter(response_id=thing).exists()


@every_door
def test_what_is_done_leaves_just_its_entries(town: Survey, door: Door) -> None:
    """One act, one entry; and of what was typed or answered there is nothing in it."""
    client, thing = join(town, TRUSTED), made(door, town)
    before = log_of(town)

    answer = knock(client, door, door.acts_by, address(door, thing=thing), thing=thing)
    told(answer)  # a stream acts when it is read

    assert log_of(town) == before + door.entries
    for entry in AuditEntry.objects.all():
        written = json.dumps(entry.details)
        assert not any(word in written for word in (CANARY, "More trees", "Ada Berg"))


@acting
def test_nothing_is_done_for_a_form_of_another_site(town: Survey, door: Door) -> None:
    """A page elsewhere can make a signed-in browser post, but does not know the token."""
    thing, before = made(door, town), log_of(town)
    client = Client(enforce_csrf_checks=True)
    join(town, TRUSTED)
    client.force_login(Membership.objects.get(user__username=TRUSTED.name).user)
    at = address(door, thing=thing)

    assert knock(client, door, "POST", at, thing=thing).status_code == 403
    assert log_of(town) == before

    token = csrf_token(client.get(reverse("overview", args=["town"])).content)
    honest = knock(client, door, "POST", at, thing=thing, csrfmiddlewaretoken=token)
    assert honest.status_code == door.posts


OVERRIDES = {
    "HTTP_X_HTTP_METHOD_OVERRIDE": "POST",
    "HTTP_X_HTTP_METHOD": "POST",
    "HTTP_X_METHOD_OVERRIDE": "POST",
}


@pytest.mark.parametrize("door", [d for d in DOORS if d.gets is None], ids=lambda door: door.name)
def test_a_link_cannot_pretend_to_be_a_form(town: Survey, door: Door) -> None:
    """A look without a record, or an act by a link, would be a hole."""
    client, thing, before = join(town, TRUSTED), made(door, town), log_of(town)
    at = address(door, thing=thing)

    assert client.get(at, {"_method": "POST", **door.fields}, **OVERRIDES).status_code == 405
    assert log_of(town) == before


def crooked(at: str) -> list[str]:
    """Other ways to write an address, as some servers read them."""
    last = at.rstrip("/")
    return [
        last if at.endswith("/") else f"{at}/",
        f"/{at}",
        at.replace("/staff/", "/staff//"),
        at.replace("/town/", "/town//"),
        at.replace("/town/", "/town%2F"),
        at.replace("/town/", "/town/./"),
        at.replace("/town/", "/theirs/../town/"),
        at.replace("/staff/", "/STAFF/"),
        f"{last};.css",
        f"{at}%00",
        f"{at}?slug=theirs&pk=1",
    ]


@every_door
def test_a_crooked_address_opens_nothing(town: Survey, door: Door) -> None:
    """Neither a slash more or less nor an encoded one is a way round the lock."""
    thing, before = made(door, town), log_of(town)
    stranger, nobody = join(town, PEOPLE[0]), Client()

    for at in crooked(address(door, thing=thing)):
        answers = [knock(who, door, door.acts_by, at, thing=thing) for who in (stranger, nobody)]
        for answer in answers:
            assert answer.status_code in {301, 302, 404}, at
            if answer.status_code in {301, 302}:
                assert answer.url.rstrip("/").endswith(at.rstrip("/").partition("?")[0][-5:]) or (
                    "next=" in answer.url
                ), at
        nowhere = knock(
            stranger, door, door.acts_by, at.replace("town", "nowhere"), thing=thing
        ).status_code
        assert answers[0].status_code == nowhere, at
    assert log_of(town) == before


@every_door
@pytest.mark.parametrize("person", [PEOPLE[0], TRUSTED], ids=lambda person: person.name)
def test_no_staff_page_stays_in_a_cache_or_is_framed(
    town: Survey, door: Door, person: Person
) -> None:
    """A shared computer's Back button and a page around ours are two ways out."""
    client, thing = join(town, person), made(door, town)
    for method in METHODS:
        answer = knock(client, door, method, address(door, thing=thing), thing=thing)
        told(answer)

        assert "no-store" in answer.headers["Cache-Control"], method
        policy = answer.headers["Content-Security-Policy"]
        assert "unsafe" not in policy and "default-src 'none'" in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["X-Frame-Options"] == "DENY"


def nonce_of(answer: Any) -> str:
    found = re.search(r"script-src 'nonce-([\w-]{20,})'", answer.headers["Content-Security-Policy"])
    assert found, answer.headers["Content-Security-Policy"]
    return found[1]


@every_door
def test_only_what_carries_the_nonce_of_this_answer_runs_or_styles(
    town: Survey, door: Door
) -> None:
    """No file and no text that somebody plants has it, as it is never the same again."""
    client, thing = join(town, TRUSTED), made(door, town)
    first = knock(client, door, door.acts_by, address(door, thing=thing), thing=thing)
    if door.name == "unquote":  # what it speaks of is gone with the first
        again = client.get("/staff/town/publish/")
    else:
        again = knock(client, door, door.acts_by, address(door, thing=thing), thing=thing)
    content = told(first)[1]
    told(again)
    if door.name == "preview":  # looks as the form does, so it carries the form's style
        assert first.headers["Content-Security-Policy"] == style_of(PLAIN).policy
        return

    nonce = nonce_of(first)
    assert first.headers["Content-Security-Policy"] == policy_with(nonce)
    assert nonce != nonce_of(again)
    if first.headers["Content-Type"].startswith("text/html") and content:
        tags = Page.read(content).tags
        loading = [a for t, a in tags if t in {"script", "style"} or a.get("rel") == "stylesheet"]
        assert loading and all(a.get("nonce") == nonce for a in loading)
        assert not any(name.startswith("on") or name == "style" for _t, a in tags for name in a)


def test_pages_of_the_admin_have_a_policy_of_their_own(db: None) -> None:
    """Their templates know no nonce; nothing written into the page runs all the same."""
    answer = Client().get("/admin/login/")

    assert answer.headers["Content-Security-Policy"] == STRICT
    assert "unsafe" not in STRICT and "default-src 'none'" in STRICT


def test_what_is_not_there_is_kept_as_closely(town: Survey) -> None:
    """A 404 with laxer headers would tell where there is something."""
    answer = join(town, TRUSTED).get("/staff/no-such-survey/")

    assert answer.status_code == 404
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Security-Policy"] == style_of(PLAIN).policy


def test_the_matrix_would_find_a_door_left_open(
    town: Survey, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: with the lock taken out a stranger gets in, and the table says otherwise."""
    door, person = DOORS[0], PEOPLE[0]
    client = join(town, person)
    assert client.get(address(door)).status_code == door.answer_to(person, "GET")

    anybodys = Access(town, Membership(survey=town, role=Role.VIEWER))
    monkeypatch.setattr(review, "survey_for", lambda *_given, **_named: anybodys)

    assert client.get(address(door)).status_code != door.answer_to(person, "GET")
