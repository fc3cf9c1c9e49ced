"""Pictures taken in: read from files, drawn anew, kept by their digest.

Nothing of a file but its colours is kept. What a camera wrote of the place and the owner is
gone, and so is whatever else a file held that is a picture only on the face of it.
"""

import hashlib
import io
import re
import stat
import struct
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from PIL import Image, ImageOps, UnidentifiedImageError

from feedback.models import Picture
from feedback.questionnaire.definition import Questionnaire
from feedback.questionnaire.pictures import pictured, widest
from feedback.questionnaire.problems import Problem

FORMATS = ("PNG", "JPEG", "WEBP")
LARGEST = 5_000_000  # bytes
MOST_PIXELS = 20_000_000
TOO_MANY = f"has more than {MOST_PIXELS // 1_000_000} million pixels; save it smaller"
SAVE_AGAIN = "is damaged; open it in a program for pictures and save it again"
# What Pillow's readers raise of bytes that break off or contradict themselves.
DAMAGE = (OSError, ValueError, SyntaxError, EOFError, LookupError, TypeError, struct.error)
STORED = re.compile(r"([0-9a-f]{64})\.webp")


class NoPicture(Exception):
    """The file cannot be taken in; the message says why and what to do."""


def taken_in(
    questionnaire: Questionnaire, *, folder: Path
) -> tuple[Questionnaire, list[Picture], list[Problem]]:
    """The questionnaire with its files beside it replaced by pictures, which are not saved yet.

    Names of pictures that are stored already stay as they are.
    """
    definition = questionnaire.definition()
    away = set(not_stored(definition))
    drawn: dict[tuple[str, int], Picture] = {}
    problems = []
    for place, part in pictured(definition):
        file, width = part["image"], widest(place)
        if file not in away:
            continue
        try:
            if (file, width) not in drawn:
                drawn[file, width] = draw(contents(folder / file), width=width)
            part["image"] = drawn[file, width].name
        except NoPicture as error:
            problems.append(Problem(place, f"{file} {error}"))
    return Questionnaire.parse(definition), list(drawn.values()), problems


def keep(pictures: Iterable[Picture]) -> None:
    """Save them; those that another survey shows are there already."""
    Picture.objects.bulk_create(pictures, ignore_conflicts=True)


def not_stored(definition: Any) -> Iterator[str]:
    """The names in a definition that no stored picture has."""
    names = {part["image"] for _place, part in pictured(definition)}
    digests = {name: found[1] for name in names if (found := STORED.fullmatch(name))}
    stored = set(
        Picture.objects.filter(digest__in=digests.values()).values_list("digest", flat=True)
        if digests
        else ()
    )
    yield from (name for name in names if digests.get(name) not in stored)


def contents(file: Path) -> bytes:
    """The bytes of a file, if it is one and not too large."""
    try:
        if not stat.S_ISREG(file.stat().st_mode):
            raise NoPicture("is not a file; name a picture in PNG, JPEG or WebP")
        with file.open("rb") as picture:
            data = picture.read(LARGEST + 1)
    except OSError as error:
        message = f"cannot be read ({error.strerror}); put it beside the questionnaire"
        raise NoPicture(message) from error
    if len(data) > LARGEST:
        raise NoPicture(f"is larger than {LARGEST // 1_000_000} MB; save it smaller")
    return data


def draw(data: bytes, *, width: int) -> Picture:
    """The picture in these bytes, drawn anew and at most so many pixels wide.

    Raises:
        NoPicture: it is none, is damaged, or would take too much to draw.
    """
    try:
        with warnings.catch_warnings():
            # Pillow's own limit is higher than ours, and what it only warns of is past both.
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            warnings.simplefilter("ignore", UserWarning)  # of EXIF, which is thrown away
            image = opened(data)
            image.thumbnail((width, width))
            clean = colours_of(ImageOps.exif_transpose(image))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise NoPicture(TOO_MANY) from error
    except DAMAGE as error:
        raise NoPicture(SAVE_AGAIN) from error
    written = min((written_as(clean, lossless=each) for each in (True, False)), key=len)
    digest = hashlib.sha256(written).hexdigest()
    return Picture(digest=digest, content_type="image/webp", data=written)


def opened(data: bytes) -> Image.Image:
    """The picture with its size checked and nothing decoded yet."""
    try:
        image = Image.open(io.BytesIO(data), formats=FORMATS)
    except (UnidentifiedImageError, SyntaxError) as error:
        raise NoPicture("is no picture in PNG, JPEG or WebP; save it as one of these") from error
    if image.width * image.height > MOST_PIXELS:
        raise NoPicture(TOO_MANY)
    return image


def colours_of(image: Image.Image) -> Image.Image:
    """A new picture with the colours of this one and nothing else of it."""
    if image.mode.startswith("I"):  # grey of 16 bits, which Pillow would cut off at 8
        image = image.convert("I").point(lambda grey: grey * (1 / 257)).convert("L")
    clear = image.has_transparency_data
    mode = "RGBA" if clear else "RGB"
    clean = Image.new(mode, image.size)
    clean.paste(image.convert(mode))
    return clean


def written_as(image: Image.Image, *, lossless: bool) -> bytes:
    """WebP: drawings are smaller without loss, photographs with a little."""
    file = io.BytesIO()
    image.save(file, "WEBP", lossless=lossless, quality=80, method=4)
    return file.getvalue()
