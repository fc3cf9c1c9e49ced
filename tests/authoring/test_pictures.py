"""Pictures taken in: hostile files refused, nothing kept but the colours."""

import io
import os
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from feedback.authoring import pictures
from feedback.authoring.pictures import NoPicture, draw
from feedback.authoring.publish import UnfitToShow, publish
from feedback.models import Picture, Revision
from feedback.questionnaire.definition import check
from tests import build

SECRET = "48.8584 N, 2.2945 E, taken by Ada"
PARK: dict[str, Any] = {
    "key": "place",
    "type": "single_choice",
    "text": "Which place?",
    "choices": [
        {"code": "pond", "text": "The pond", "image": "pond.png", "alt": "Ducks on water"},
        {"code": "gate", "text": "The gate"},
    ],
}


def picture(kind: str = "PNG", size: tuple[int, int] = (60, 40), **more: Any) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, "#3366aa").save(file, kind, **more)
    return file.getvalue()


def png_header(width: int, height: int) -> bytes:
    """A PNG that says how large it is and hardly holds anything."""

    def chunk(name: bytes, data: bytes) -> bytes:
        crc = struct.pack(">I", zlib.crc32(name + data))
        return struct.pack(">I", len(data)) + name + data + crc

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * 100)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def read(drawn: Picture) -> Image.Image:
    return Image.open(io.BytesIO(drawn.data))


def take_in(folder: Path, **settings: Any) -> Any:
    return pictures.taken_in(build.questionnaire([PARK], **settings), folder=folder)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "no picture in PNG, JPEG or WebP"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "no picture in PNG"),
        (b"GIF89a" + b"\1\0\1\0\0\0\0;", "no picture in PNG"),
        (picture("BMP"), "no picture in PNG"),
        (picture("TIFF"), "no picture in PNG"),
        (picture("PNG")[:60], "damaged"),
        (picture("JPEG", (600, 400))[:900], "damaged"),
        (picture("WEBP")[:40], "no picture|damaged"),
        (png_header(5_000, 4_001), "more than 20 million pixels"),
        (png_header(60_000, 60_000), "more than 20 million pixels"),
        (png_header(2**31 - 1, 2**31 - 1), "more than 20 million pixels"),
        (png_header(4_000, 4_000), "damaged"),
    ],
    ids=[
        *("empty", "SVG", "GIF", "BMP", "TIFF", "cut PNG", "cut JPEG", "cut WebP"),
        *("just too many pixels", "a bomb", "a larger bomb", "far less than announced"),
    ],
)
def test_what_is_no_sound_picture_is_refused(data: bytes, message: str) -> None:
    """A reader of pictures is a large surface; what it may decode is settled before it does."""
    with pytest.raises(NoPicture, match=message):
        draw(data, width=800)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_nothing_but_the_colours_is_kept(kind: str) -> None:
    """A photograph tells where somebody lives, and a file may be two things at once."""
    exif = Image.Exif()
    exif[0x010E] = SECRET
    also_a_page = picture(kind, exif=exif) + b"<script>alert(1)</script>PK\5\6" + b"\0" * 18

    drawn = draw(also_a_page, width=800)

    assert SECRET.encode() in also_a_page
    assert b"alert" not in drawn.data and SECRET.encode() not in drawn.data
    assert b"EXIF" not in drawn.data and not read(drawn).getexif()
    assert (read(drawn).format, read(drawn).size) == ("WEBP", (60, 40))


def test_a_photograph_taken_sideways_stands_upright() -> None:
    """Phones write the turn beside the picture, and that is thrown away with the rest."""
    exif = Image.Exif()
    exif[0x0112] = 6

    assert read(draw(picture("JPEG", (60, 40), exif=exif), width=800)).size == (40, 60)


def test_a_large_picture_becomes_as_small_as_it_is_shown() -> None:
    """Somebody pays for each megabyte that a phone loads."""
    assert read(draw(picture("PNG", (2_000, 1_000)), width=800)).size == (800, 400)


def test_grey_of_sixteen_bits_keeps_its_shades() -> None:
    """Scanners write it, and cut off at eight bits it would be white all over."""
    file = io.BytesIO()
    Image.new("I;16", (4, 4), 32_768).save(file, "PNG")

    red, green, blue = read(draw(file.getvalue(), width=800)).convert("RGB").getpixel((0, 0))  # type: ignore[misc]
    assert abs(red - 128) < 4 and abs(green - 128) < 4 and abs(blue - 128) < 4


def test_what_one_sees_through_stays_so() -> None:
    """A logo stands on light paper and on dark."""
    file = io.BytesIO()
    Image.new("RGBA", (4, 4), (255, 0, 0, 0)).save(file, "PNG")

    assert read(draw(file.getvalue(), width=400)).convert("RGBA").getpixel((0, 0))[3] == 0  # type: ignore[index]


@pytest.mark.django_db
def test_files_beside_the_questionnaire_become_stored_pictures(tmp_path: Path) -> None:
    """What is published needs no file any more, and the same file again is no new revision."""
    (tmp_path / "pond.png").write_bytes(picture())
    (tmp_path / "logo.png").write_bytes(picture(size=(900, 300)))
    looks = {"logo": {"image": "logo.png", "alt": "The town"}}

    questionnaire, drawn, problems = take_in(tmp_path, looks=looks)

    assert problems == [] and not Picture.objects.exists()
    pictures.keep(drawn)
    revision, is_new = publish(questionnaire)
    names = {found.name for found in Picture.objects.all()}
    assert is_new and len(names) == 2
    assert revision.definition["looks"]["logo"]["image"] in names
    assert read(Picture.objects.get(digest=questionnaire.looks.logo.image[:64])).width == 400

    again, drawn, _problems = take_in(tmp_path, looks=looks)
    pictures.keep(drawn)
    assert publish(again) == (revision, False)
    (tmp_path / "pond.png").unlink()
    kept, drawn, problems = pictures.taken_in(questionnaire, folder=tmp_path)
    assert (kept, drawn, problems) == (questionnaire, [], [])


@pytest.mark.django_db
def test_a_file_that_cannot_be_taken_in_is_told_with_its_place(tmp_path: Path) -> None:
    """Missing, a folder, a pipe that never ends, or too large."""

    def problem() -> str:
        _questionnaire, _drawn, (found,) = take_in(tmp_path)
        return str(found)

    file, place = tmp_path / "pond.png", "pages[0].items[0].choices[0].image: pond.png "
    assert problem().startswith(f"{place}cannot be read (No such file")
    file.mkdir()
    assert problem().startswith(f"{place}is not a file")
    file.rmdir()
    os.mkfifo(file)
    assert problem().startswith(f"{place}is not a file")
    file.unlink()
    file.write_bytes(picture() + b"\0" * 5_000_000)
    assert problem() == f"{place}is larger than 5 MB; save it smaller"


@pytest.mark.parametrize(
    "name",
    ["../pond.png", "/etc/pond.png", "a/pond.png", "..", ".pond.png", "a\\pond.png", "C:pond.png"],
)
def test_only_plain_file_names_beside_the_questionnaire_are_read(name: str) -> None:
    """A questionnaire from elsewhere must not publish what else lies on the machine."""
    option = {"code": "pond", "text": "The pond", "image": name, "alt": "Ducks"}
    data = build.questionnaire().definition()
    data["pages"][0]["items"] = [PARK | {"choices": [option]}]

    _questionnaire, problems = check(data)

    (text,) = map(str, problems)
    assert text.startswith("pages[0].items[0].choices[0].image: ")
    assert "must be the plain name of a file beside the questionnaire" in text


@pytest.mark.parametrize(
    ("option", "message"),
    [({"image": "pond.png"}, "needs `alt`"), ({"alt": "Ducks"}, "add `image`")],
)
def test_a_picture_and_its_words_come_together(option: dict[str, str], message: str) -> None:
    """Without words the picture is a hole for whoever listens to the page."""
    data = build.questionnaire().definition()
    data["pages"][0]["items"] = [PARK | {"choices": [{"code": "a", "text": "A", **option}]}]

    (problem,) = check(data)[1]
    assert message in problem.message


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["pond.png", f"{'a' * 64}.webp"])
def test_what_shows_a_picture_that_is_not_stored_is_not_published(name: str) -> None:
    """Everybody would see a broken frame for as long as the revision is live."""
    option = {"code": "pond", "text": "The pond", "image": name, "alt": "Ducks"}
    questionnaire = build.questionnaire([PARK | {"choices": [option]}])

    with pytest.raises(
        UnfitToShow, match=r"^pages\[0\]\.items\[0\]\.choices\[0\]\.image: .*load_survey"
    ):
        publish(questionnaire)
    assert not Revision.objects.exists()


@pytest.mark.django_db
def test_what_some_cannot_read_is_not_published() -> None:
    """The check of files is no help where no file was read."""
    with pytest.raises(UnfitToShow, match=r"^looks\.colour: #ffcc00 has a contrast of 1\."):
        publish(build.questionnaire(looks={"colour": "#ffcc00"}))
