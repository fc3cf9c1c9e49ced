"""Keeping what was typed: by a script or a button, and coming back to it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.test import Client
from django.utils import timezone

from feedback.models import Partial, Response, Survey
from feedback.refresh import refresh
from feedback.responses import partials, tickets
from feedback.responses.in_field import forget
from tests import build
from tests.eventually import eventually
from tests.outages import database_away
from tests.pages import Page
from tests.web.sent import FormPage, form

TYPED = {"name": "Ada Canary", "wish": "Benches"}


def autosave(client: Client, fields: Any, **more: Any) -> Any:
    body = build.urlencode(fields, doseq=True)
    return client.post("/s/town/save/", body, content_type=build.FORM, **more)


def pressed(client: Client, page: FormPage, **answers: Any) -> Any:
    """The button “save and finish later”."""
    return build.post(client, "town", page.changed(_save="1", **(answers or TYPED)))


def resumed(client: Client, address: str) -> FormPage:
    return FormPage(client.get(address.partition("?")[0]).content)


def test_what_was_kept_comes_back_whole_and_leaves_one_row(client: Client, town: Survey) -> None:
    """The promise itself: saved, come back to, sent, and nothing of it kept besides."""
    address = pressed(client, form(client))["Location"]
    page = resumed(client, address)
    assert page.typed == {name: [value] for name, value in TYPED.items()}

    assert build.post(client, "town", page.fields).status_code == 303

    assert Response.objects.get().answers["wish"] == "Benches"
    assert client.get(address).status_code == 410  # before refresh, too
    refresh()
    assert not Partial.objects.exists()


def test_where_nothing_is_typed_nothing_is_kept_and_the_page_says_so(
    client: Client, town: Survey
) -> None:
    """A link to nothing would say that it was sent, or too old."""
    page = form(client)

    answer = pressed(client, page, wish="")

    assert answer.status_code == 422
    assert "nothing to keep yet" in Page.read(answer.content).text
    told = autosave(client, page.changed(wish="")).json()
    assert told["saved"] and "resume" not in told
    assert not Partial.objects.exists()


def test_who_deletes_all_that_was_typed_leaves_nothing(client: Client, town: Survey) -> None:
    """An empty partial would be counted as one whose time is up."""
    page = form(client)
    resume = autosave(client, page.changed(**TYPED)).json()["resume"]
    assert client.get(resume).status_code == 200

    assert autosave(client, page.changed(wish="", name="")).json()["saved"]

    assert not Partial.objects.exists()
    assert client.get(resume).status_code == 410


def test_a_late_autosave_keeps_nothing_of_what_was_sent(client: Client, town: Survey) -> None:
    """The script's last request may come after the form itself."""
    page = form(client)
    assert build.post(client, "town", page.changed(**TYPED)).status_code == 303

    assert autosave(client, page.changed(**TYPED)).json()["saved"] is False
    assert not Partial.objects.exists()


def test_nothing_is_kept_by_itself_of_what_was_withdrawn(client: Client, town: Survey) -> None:
    """Another tab goes on saving; only who asks for it has it kept again."""
    page = form(client)
    receipt = build.post(client, "town", page.changed(**TYPED))["Location"]
    assert client.post(f"{receipt}withdraw/").status_code == 303

    assert autosave(client, page.changed(**TYPED)).json()["saved"] is False
    assert not Partial.objects.exists()

    assert pressed(client, page).status_code == 303
    assert Partial.objects.exists()


def test_personal_answers_are_kept_only_once_the_respondent_chose(
    client: Client, town: Survey
) -> None:
    """And then by every later save, or the first autosave after coming back would lose them."""
    page = form(client)
    autosave(client, page.changed(**TYPED))
    assert partials.fields_of(Partial.objects.get()).get("name") is None

    pressed(client, page)
    autosave(client, page.changed(**TYPED))

    assert partials.fields_of(Partial.objects.get()).get("name") == "Ada Canary"


def test_an_autosave_without_what_is_personal_leaves_it_as_it_was_chosen(
    client: Client, town: Survey
) -> None:
    """The page from before the button leaves it out still, and may save after the button."""
    page = form(client)
    pressed(client, page)
    autosave(client, {**page.fields, "wish": "More trees", "_without_personal": "1"})
    kept = partials.fields_of(Partial.objects.get())
    assert (kept.get("name"), kept.get("wish")) == ("Ada Canary", "More trees")

    autosave(client, page.changed(name="", wish="More trees"))
    assert "name" not in partials.fields_of(Partial.objects.get())


@pytest.mark.django_db(transaction=True)
def test_the_button_wins_over_an_autosave_under_way(client: Client) -> None:
    """The script's request set out before the button, waits for it, and knows of no choice."""
    town = build.survey()
    page = form(client)
    fields = {**page.fields, "wish": "Ben", "_without_personal": "1"}
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            pressed(client, page)  # not committed yet
            late = pool.submit(autosave, Client(), fields)
            assert eventually(waiting)
        answer = late.result(timeout=20)
        pool.submit(connections.close_all).result()

    assert answer.json()["saved"] is False
    kept = partials.fields_of(Partial.objects.get(survey=town))
    assert (kept.get("name"), kept.get("wish")) == ("Ada Canary", "Benches")


def waiting() -> bool:
    """Whether some statement waits for this transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks"
            " WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
        )
        return bool(cursor.fetchone()[0])


def test_an_autosave_does_not_forget_where_somebody_came_from(client: Client, town: Survey) -> None:
    """The address of a form that was come back to says nothing of it."""
    page = form(client)
    body = build.urlencode(page.changed(**TYPED), doseq=True)
    client.post("/s/town/save/?source=poster", body, content_type=build.FORM)
    autosave(client, page.changed(**TYPED))

    assert Partial.objects.get().source == "poster"


def test_the_button_after_sending_gives_the_text_back(client: Client, town: Survey) -> None:
    """Sent, gone back, changed, saved: there is nothing to come back to, and no text lost."""
    page = form(client)
    build.post(client, "town", page.changed(**TYPED))

    answer = pressed(client, page, wish="More trees")

    assert answer.status_code == 422
    assert FormPage(answer.content).typed["wish"] == ["More trees"]


def test_the_button_after_closing_gives_the_text_back(client: Client, town: Survey) -> None:
    """As sending does; a link to a closed form would be of no use."""
    page = form(client)
    Survey.objects.filter(pk=town.pk).update(closes_at=timezone.now() - timedelta(hours=1))
    forget()

    answer = pressed(client, page)

    assert answer.status_code == 403
    assert "Benches" in FormPage(answer.content).answers


def test_an_expired_ticket_and_a_new_revision_lose_nothing(client: Client, town: Survey) -> None:
    """It is taken on the revision that it was answered on."""
    page = form(client)
    old = tickets.read(page.fields["ticket"][0], survey=town.pk)
    page.fields["ticket"] = [
        tickets.issue(
            survey=town.pk, revision=old.revision, nonce=old.nonce, at=old.issued_at - 10**5
        )
    ]
    address = pressed(client, page)["Location"]
    build.survey([build.TOWN[-1]])

    assert build.post(client, "town", resumed(client, address).fields).status_code == 303
    assert Response.objects.get().revision_id == old.revision


@pytest.mark.parametrize("code", ["a" * 26, "x", "%20", "ä", "0" * 500])
def test_a_code_of_nobody_is_as_one_that_was_used(client: Client, town: Survey, code: str) -> None:
    """Nothing tells which codes there are."""
    assert client.get(f"/s/town/resume/{code}/").status_code == 410


def test_a_code_opens_nothing_at_another_survey(client: Client, town: Survey) -> None:
    """The same answer as for a code of nobody."""
    code = pressed(client, form(client))["Location"].split("/")[4]
    build.survey(slug="elsewhere")

    assert client.get(f"/s/town/resume/{code}/").status_code == 200
    assert client.get(f"/s/elsewhere/resume/{code}/").status_code == 410


@pytest.mark.parametrize("number", ["9" * 5_000, "٣", "-1", "1e9", "\0", "0"])
def test_an_odd_page_number_is_no_fault_of_ours(client: Client, town: Survey, number: str) -> None:
    """Scripts send it, so anybody may send anything."""
    fields = form(client).changed(**TYPED, _page=number)
    body = build.urlencode(fields, doseq=True)

    assert autosave(client, fields).status_code == 200
    check = client.post("/s/town/check/", body, content_type=build.FORM)
    assert check.status_code in {204, 422}


def test_damaged_text_is_never_kept_altered(client: Client, town: Survey) -> None:
    """Kept, it would come back with question marks that nobody typed."""
    ticket = form(client).fields["ticket"][0]
    body = f"ticket={ticket}&wish=caf%E9".encode()

    saved = client.generic("POST", "/s/town/save/", body, content_type=build.FORM)
    button = client.generic("POST", "/s/town/", body + b"&_save=1", content_type=build.FORM)

    assert (saved.status_code, button.status_code) == (422, 422)
    assert not Partial.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_while_the_database_is_away_the_button_gives_the_text_back(client: Client) -> None:
    """And the script hears at once that nothing was kept."""
    build.survey()
    page = form(client)
    pressed(client, page)
    with database_away():
        saved, button = autosave(client, page.changed(**TYPED)), pressed(client, page)

    assert (saved.status_code, button.status_code) == (503, 503)
    assert FormPage(button.content).typed["wish"] == ["Benches"]


def test_an_expired_partial_leaves_only_that_somebody_began(client: Client, town: Survey) -> None:
    """And how far they came."""
    address = pressed(client, form(client))["Location"]
    Partial.objects.update(expires_at=timezone.now())
    assert client.get(address).status_code == 410

    refresh()

    left = Partial.objects.get()
    assert (left.content, left.code, left.page) == (None, None, 1)
