"""The door of pictures, and the cards that show them."""

import io
from typing import Any

import pytest
from django.test import Client
from PIL import Image

from feedback.authoring import pictures
from feedback.models import Picture
from tests import build
from tests.pages import Page

pytestmark = pytest.mark.django_db


@pytest.fixture
def pond() -> Picture:
    file = io.BytesIO()
    Image.new("RGB", (60, 40), "#3366aa").save(file, "PNG")
    drawn = pictures.draw(file.getvalue(), width=800)
    pictures.keep([drawn])
    return drawn


def test_a_picture_is_kept_for_good_by_browsers(client: Client, pond: Picture) -> None:
    """Its name is its digest, so what is behind the name never changes."""
    answer = client.get(f"/pictures/{pond.name}")

    assert answer.content == pond.data
    assert answer["Content-Type"] == "image/webp"
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Length"] == str(len(pond.data))
    assert not answer.cookies


@pytest.mark.parametrize(
    "name", ["{0}.png", "{0}.html", "{0}", "x.webp", "../{0}.webp", "{0}.webp/"]
)
def test_any_other_name_is_not_there(client: Client, pond: Picture, name: str) -> None:
    """The kind is part of the name, so that nothing is sent as what it is not."""
    answer = client.get(f"/pictures/{name.format(pond.digest)}")

    assert answer.status_code == 404
    assert "immutable" not in answer.get("Cache-Control", "")
    assert client.get(f"/pictures/{'0' * 64}.webp").status_code == 404


@pytest.mark.parametrize("kind", ["single_choice", "multiple_choice"])
def test_options_with_pictures_are_cards_with_words_for_all(
    client: Client, pond: Picture, kind: str
) -> None:
    """What the picture shows stands inside the label, so it is heard with the option."""
    options = [
        {"code": "pond", "text": "<Pond>", "image": pond.name, "alt": 'Ducks & "water"'},
        {"code": "gate", "text": "The gate"},
    ]
    item: dict[str, Any] = {"key": "place", "type": kind, "text": "Which?", "choices": options}
    build.survey([item | {"other": "Elsewhere", "required": True, "help": "Look closely"}])

    blank = client.get("/s/town/").content
    page = Page.read(blank)

    (shown,) = [attributes for tag, attributes in page.tags if tag == "img"]
    assert (shown["src"], shown["alt"]) == (f"/pictures/{pond.name}", 'Ducks & "water"')
    names = [a["value"] for tag, a in page.tags if tag == "input" and a.get("name") == "place"]
    assert names == ["pond", "gate", "other"]
    assert "<Pond>" in page.text and "Look closely" in page.text
    mended = build.post(client, "town", {"ticket": build.ticket_in(blank)})
    assert mended.status_code == 422
    errors = Page.read(mended.content)
    assert "This question needs an answer." in errors.text
    assert any(a.get("id") == "id_place_0" for _tag, a in errors.tags)  # where its link goes


def test_a_logo_stands_on_every_page_of_its_survey(client: Client, pond: Picture) -> None:
    """Who asks is the first thing that people want to know."""
    looks = {"logo": {"image": pond.name, "alt": "The town"}, "colour": "#7a1f5c"}
    town = build.survey(looks=looks)
    row = build.respond(town, wish="Benches")
    assert row is not None

    page = client.get("/s/town/")

    assert [a["alt"] for tag, a in Page.read(page.content).tags if tag == "img"] == ["The town"]
    assert b"--accent:#7a1f5c" in page.content
