"""The page of exports: at once or built, saved, by key; and what each tells its reader."""

from dataclasses import replace
from typing import Any

import pytest
from django.core import mail
from django.test import override_settings
from django.urls import reverse

from feedback.exports import FORMATS, building
from feedback.models import AccessKey, ExportFile, ExportState, Role, SavedExport, Survey
from feedback.responses import letters
from tests import build

PAGE = "/staff/town/export/"


@pytest.fixture
def client(owner: Any) -> Any:
    return build.confirmed(owner)


def files() -> list[ExportFile]:
    return list(ExportFile.objects.order_by("pk"))


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_what_is_small_starts_at_once(client: Any, town: Survey, name: str) -> None:
    """Nobody waits for a worker to write a hundred rows."""
    build.respond(town, wish="Benches")

    answer = client.post(f"{PAGE}?status=new", {"format": name, "without": "review"})

    assert answer.status_code == 302
    assert answer.url == f"/staff/town/export.{name}?status=new&without=review"
    file = client.get(answer.url)
    assert file.status_code == 200 and len(file.getvalue()) > 10
    assert file.headers["Content-Disposition"].endswith(f'.{name}"')
    assert not files() and not list(building.folder().iterdir())


def test_what_is_large_is_built_and_said_so(
    client: Any, town: Survey, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Above the measured number a page would seem to hang; a bar tells how far it is."""
    build.respond(town, wish="Benches")
    for name, kind in FORMATS.items():
        monkeypatch.setitem(FORMATS, name, replace(kind, at_once=0))

    answer = client.post(PAGE, {"format": "xlsx"})

    (file,) = files()
    assert answer.url == reverse("export_file", args=["town", file.pk])
    page = client.get(answer.url).content.decode()
    assert "<progress" in page and 'http-equiv="refresh"' in page and "Cancel" in page
    direct = client.get("/staff/town/export.xlsx")
    assert direct.status_code == 409 and b"This takes a while" in direct.content
    assert client.get("/staff/town/export.csv").status_code == 200  # a stream has no end


def test_whoever_wants_a_manifest_has_the_file_built(client: Any, town: Survey) -> None:
    """Proof that a file is whole is asked for small ones as well."""
    build.respond(town, wish="Benches")

    client.post(PAGE, {"format": "csv", "build": "1"})

    (file,) = files()
    assert file.state == ExportState.WAITING and file.expected == 1


def test_a_choice_that_is_not_there_is_told(client: Any, town: Survey) -> None:
    """Written by hand, an address may ask for anything."""
    for query, words in (
        ("texts=odd", "texts cannot be “odd”"),
        ("only=odd", "no column “odd”"),
        ("of_revision=7", "no revision 7"),
        ("zone=Mars", "no time zone"),
        ("texts_in=tlh", "no texts in “tlh”"),
        ("with=odd", "with cannot be “odd”"),
    ):
        answer = client.get(f"/staff/town/export.csv?{query}")
        assert answer.status_code == 400 and words in answer.content.decode(), query


def test_settings_are_saved_and_built_again_by_name(client: Any, town: Survey) -> None:
    """What is needed each week should not be clicked together each week."""
    fields = {"format": "parquet", "name": " weekly  report ", "rhythm": "weekly", "texts": "both"}

    client.post(reverse("saved_export_save", args=["town"]) + "?status=new", fields)

    kept = SavedExport.objects.get()
    assert (kept.name, kept.query) == ("weekly report", "status=new&texts=both")
    assert kept.due_at is not None
    page = client.get(f"{PAGE}?{kept.query}&format=parquet").content.decode()
    assert "weekly report" in page and 'value="both" id="texts-both" checked' in page
    client.post(reverse("saved_export", args=["town", kept.pk]), {"act": "build"})
    (file,) = files()
    assert (file.format, file.query, file.saved) == ("parquet", kept.query, kept)
    other = build.confirmed(build.member(town, Role.ANALYST, may_export=True))
    other.post(reverse("saved_export_save", args=["town"]), fields)
    assert SavedExport.objects.get().owner == kept.owner
    client.post(reverse("saved_export", args=["town", kept.pk]), {"act": "delete"})
    assert not SavedExport.objects.exists() and len(files()) == 1


def test_a_key_is_shown_once(client: Any, town: Survey) -> None:
    """Whoever reads the page later, or the database, cannot use it."""
    page = client.post(reverse("key_make", args=["town"]), {"name": "nightly"}).content.decode()

    secret = page.split("Bearer ")[1].split("&quot;")[0].split('"')[0]
    assert secret.startswith("soundings_")
    assert secret not in client.get(PAGE).content.decode()
    key = AccessKey.objects.get()
    assert secret not in str(vars(key))
    client.post(reverse("key_revoke", args=["town", key.pk]))
    assert "opens nothing any more" in client.get(PAGE).content.decode()


@pytest.mark.django_db(transaction=True)
def test_who_asked_for_it_is_told_by_letter_once_it_is_ready() -> None:
    """Without the file, without an answer: only that it is there, and where."""
    town = build.survey()
    build.respond(town, wish="Benches")
    owner = build.member(town, Role.OWNER, may_export=True)
    owner.email = "ada@example.org"
    owner.save()
    with override_settings(EMAIL_HOST="mail.example.org"):
        client = build.signed_in(owner)
        client.post(PAGE, {"format": "csv", "build": "1", "mail": "1"})
        (file,) = files()
        building.build(file.pk)
        letters.send_waiting()

    (letter,) = mail.outbox
    assert letter.to == ["ada@example.org"] and "1 rows" in letter.body
    assert "http://testserver/staff/town/export/" in letter.body and "Benches" not in letter.body
