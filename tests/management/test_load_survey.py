"""``manage.py load_survey``: every problem with its place, and nothing changed by halves."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from feedback.models import Membership, Response, Revision, Role, Survey
from tests import build

pytestmark = pytest.mark.django_db
SOUND = """\
slug: town
title: The town
pages:
  - items:
      - {key: wish, type: long_text, text: "Your wish?"}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    written = tmp_path / "town.yaml"
    written.write_text(SOUND, encoding="utf-8")
    return written


def load(file: Path, **options: object) -> tuple[str, str]:
    """What the command tells, and what it complains of."""
    told, complained = StringIO(), StringIO()
    call_command("load_survey", file, stdout=told, stderr=complained, **options)
    return told.getvalue(), complained.getvalue()


def test_a_sound_file_is_read_and_nothing_is_changed(file: Path) -> None:
    """Looking is free; publishing is asked for by name."""
    told, complained = load(file)

    assert told == "town is sound: 1 questions. --publish it.\n"
    assert complained == ""
    assert not Survey.objects.exists()


def test_publishing_says_which_revision_is_live(file: Path) -> None:
    """The number is what an operator compares with the page."""
    assert load(file, publish=True)[0] == "town r1 is now live\n"
    assert load(file, publish=True)[0] == "town r1 is already live\n"
    file.write_text(SOUND.replace("The town", "Our town"))
    assert load(file, publish=True)[0] == "town r2 is now live\n"
    assert Revision.objects.count() == 2


def test_every_problem_is_told_with_file_line_and_path(file: Path) -> None:
    """Editors jump to ``file: line``; a try for each problem is a try too many."""
    file.write_text("slug: The Town\npages:\n  - items:\n      - {key: a, type: nonsense}\n")
    told, complained = StringIO(), StringIO()

    with pytest.raises(CommandError, match=r"3 to mend in .*town\.yaml; nothing was changed"):
        call_command("load_survey", file, "--publish", stdout=told, stderr=complained)

    lines = complained.getvalue().splitlines()
    assert [line.split(": ")[1] for line in lines] == [
        "line 4, pages[0].items[0]",
        "line 1, slug",
        "line 1, title",
    ]
    assert told.getvalue() == ""
    assert not Survey.objects.exists()


def test_an_unsafe_change_is_refused_with_the_remedy(file: Path) -> None:
    """The message is all an operator has at the terminal."""
    load(file, publish=True)
    file.write_text(SOUND.replace("long_text", "short_text"))

    with pytest.raises(CommandError, match=r"wish: .*Give the new question a key of its own"):
        load(file, publish=True)

    assert Revision.objects.count() == 1


def test_a_file_that_is_not_there_says_so(tmp_path: Path) -> None:
    """A wrong path is the commonest mistake of all, and no reason for a traceback."""
    with pytest.raises(CommandError, match=r"No such file or directory\. Check the path"):
        load(tmp_path / "nowhere.yaml")
    with pytest.raises(CommandError, match="Is a directory"):
        load(tmp_path)


@pytest.mark.parametrize(
    "content", ["title: Größe".encode("latin-1"), SOUND.encode("utf-16"), b"\xff\xfe\x00", b"\x80"]
)
def test_a_file_that_is_not_utf8_is_refused(file: Path, content: bytes) -> None:
    """Guessing an encoding prints mojibake on everybody's form."""
    file.write_bytes(content)

    with pytest.raises(CommandError, match=r"is not UTF-8 text\. Save it as UTF-8"):
        load(file, publish=True)


def test_a_byte_order_mark_is_no_trouble(file: Path) -> None:
    """Some editors on Windows put one in front of every file."""
    file.write_text(SOUND, encoding="utf-8-sig")

    assert load(file, publish=True)[0] == "town r1 is now live\n"


def test_a_nul_never_reaches_the_database(file: Path) -> None:
    """PostgreSQL refuses it in the middle of publishing; the author hears of it before."""
    file.write_text(SOUND.replace("The town", '"a\\0b"'))

    with pytest.raises(CommandError, match="1 to mend"):
        load(file, publish=True)


def test_an_owner_is_made_of_an_existing_user(file: Path) -> None:
    """Without a member nobody could read the first response."""
    person = build.member(build.survey(slug="elsewhere"), Role.VIEWER, name="ada")

    load(file, publish=True, owner="ada")
    load(file, publish=True, owner="ada")

    (membership,) = Membership.objects.filter(survey__slug="town")
    assert (membership.user, membership.role) == (person, Role.OWNER)
    assert membership.sees_personal and membership.may_export


def test_an_unknown_owner_changes_nothing(file: Path) -> None:
    """A command that fails leaves things as they were, so that it can be run again."""
    with pytest.raises(CommandError, match="There is no user ada"):
        load(file, publish=True, owner="ada")

    assert not Survey.objects.exists()


@pytest.mark.parametrize("survey", sorted(Path("surveys").glob("*.yaml")), ids=lambda p: p.stem)
def test_the_surveys_that_come_along_are_sound(survey: Path) -> None:
    """They are what a newcomer sees first, and what others copy from."""
    told, complained = load(survey, publish=True)

    assert complained == "It has no member yet, so no staff page shows it: --owner NAME\n"
    assert told.endswith(" r1 is now live\n")
    assert not Response.objects.exists()
