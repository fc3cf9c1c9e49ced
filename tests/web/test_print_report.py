"""The report on paper: the same figures, made of nothing but what is in it."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Tree

import pytest
from PIL import ImageFile

from feedback.models import Role, Survey, Theme
from feedback.refresh import refresh
from feedback.web import figures
from feedback.web.paper import NoPango, pdf_of
from feedback.web.reports import section
from tests import build
from tests.pages import Page
from tests.theming.made import answered, found

pytestmark = pytest.mark.django_db
REPORT = "/staff/town/report/"
SPEED: dict[str, Any] = {
    "key": "speed",
    "type": "grid",
    "text": "The connection is fast",
    "ordered": True,
    "rows": [{"code": "day", "text": "By day"}, {"code": "night", "text": "At night"}],
    "choices": [{"code": "no", "text": "Disagree"}, {"code": "yes", "text": "Agree"}],
}


@pytest.fixture
def three(town: Survey) -> None:
    for visit in ("often", "often", "never"):
        build.respond(town, wish="Benches everywhere", visit=visit, stars="4", name="Ada Berg")
    refresh()


def paper_is_there() -> None:
    """Skips where there is no Pango. Not by importing the library here, as it changes Pillow's."""
    try:
        pdf_of("<h1>A report</h1>", css="")
    except NoPango:
        pytest.skip("this system has no Pango")


@pytest.mark.usefixtures("three")
def test_the_page_tells_figures_and_how_they_came_about(viewer: Any) -> None:
    """A printed report is read without whoever made it; so it says what it cannot say."""
    page = Page.read(build.signed_in(viewer).get(REPORT).content)

    assert "2 66.7 %" in page.text and "How often do you visit?" in page.text
    assert "no margin of error for a population" in page.text
    assert "None: each response counts once." in page.text
    assert "Benches" not in page.text and "Ada" not in page.text


@pytest.mark.usefixtures("three")
def test_a_selection_is_told_on_the_cover_and_counted(viewer: Any) -> None:
    """The same query string as the summary's; without it on paper, nobody could tell."""
    page = Page.read(build.signed_in(viewer).get(REPORT, {"answer.visit": "often"}).content)

    assert "Only responses with" in page.text and "Often" in page.text
    assert "2 100.0 %" in page.text
    assert page.links(r"report\.pdf\?answer\.visit=often")


@pytest.mark.usefixtures("three")
def test_nothing_on_the_page_asks_for_a_script_or_a_style_of_its_own(viewer: Any) -> None:
    """The policy of staff pages lets neither through, so the pictures have none."""
    page = Page.read(build.signed_in(viewer).get(REPORT).content)

    assert "svg" in {tag for tag, _attributes in page.tags}
    assert not {"script", "style"} & {tag for tag, _attributes in page.tags}
    assert not [a for _tag, a in page.tags if "style" in a]


@pytest.mark.usefixtures("three")
def test_the_report_comes_as_a_pdf_with_its_title_and_bookmarks(viewer: Any) -> None:
    """Where the system has Pango; a file that readers can find their way in."""
    paper_is_there()
    answer = build.signed_in(viewer).get("/staff/town/report.pdf")

    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")
    assert "town-report.pdf" in answer.headers["Content-Disposition"]


def test_a_pdf_names_itself_its_language_and_its_parts() -> None:
    """Those who hear it, and those who look for one question, go by these."""
    paper_is_there()
    import weasyprint

    html = '<html lang="de"><title>Park</title><h1>Park</h1><h2>Wie oft?</h2>'
    page = weasyprint.HTML(string=html)
    plain = page.write_pdf(pdf_variant="pdf/ua-1", uncompressed_pdf=True)
    ours = pdf_of(html, css="")

    for mark in (b"/Title (Park)", b"/Lang (de)", b"/Title (Wie oft?)", b"/StructTreeRoot"):
        assert mark in plain
    assert len(ours) == pytest.approx(len(page.write_pdf(pdf_variant="pdf/ua-1")), rel=0.1)


def test_after_a_pdf_cut_pictures_are_still_refused() -> None:
    """The library of PDFs would have Pillow take them for whole, wherever they come in."""
    paper_is_there()

    assert "weasyprint" in sys.modules
    assert ImageFile.LOAD_TRUNCATED_IMAGES is False


def test_a_pdf_fetches_nothing(tmp_path: Path) -> None:
    """Not even a file of this server, whatever somebody put into a text."""
    paper_is_there()
    secret = tmp_path / "secret.txt"
    secret.write_text("secret words")
    with_links = (
        f'<p>a</p><img src="{secret.as_uri()}"><link rel="attachment" href="{secret.as_uri()}">'
        f'<link rel="stylesheet" href="{secret.as_uri()}">'
    )

    assert b"secret" not in pdf_of(with_links, css="")
    assert b"EmbeddedFile" not in pdf_of(with_links, css="")


WITHOUT_PANGO = """
import django
django.setup()
from django.test import RequestFactory
from django.contrib.auth.models import AnonymousUser
from feedback.models import Survey
from feedback.web.figures import by_day
from feedback.web.print_report import as_pdf
request = RequestFactory().get("/staff/town/report.pdf")
request.user, request.csp_nonce = AnonymousUser(), "x"
survey = Survey(slug="town", title="The town")
survey.demonstration = False
context = {"survey": survey, "found": {"responses": 0, "spam": 0}, "flagged": 0}
context["by_day"] = by_day({})
answer = as_pdf(request, context, name="report.pdf")
print(answer.headers["Content-Type"], answer.content.decode())
"""


def test_without_pango_the_page_says_how_to_get_a_pdf(tmp_path: Path) -> None:
    """In a process whose Pango is a file that no loader takes, as on a bare machine."""
    (tmp_path / "libpango-1.0.so.0").write_bytes(b"")
    env = {**os.environ, "LD_LIBRARY_PATH": str(tmp_path), "DEBUG": "1"}
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_PANGO], env=env, capture_output=True, text=True, check=False
    )

    assert "text/html" in done.stdout, done.stderr[-2000:]
    assert "lacks Pango" in done.stdout and "Save as PDF" in done.stdout


def test_a_picture_comes_as_a_file_of_its_own() -> None:
    """SVG for whoever works on it, PNG for whoever pastes it."""
    survey = build.survey([SPEED])
    build.respond(survey, speed__day="yes", speed__night="no")
    refresh()
    client = build.signed_in(build.member(survey, Role.VIEWER))

    svg = client.get("/staff/town/figures/speed.svg")
    assert svg.headers["Content-Type"] == "image/svg+xml"
    assert "attachment" in svg.headers["Content-Disposition"]
    text = " ".join(Tree.fromstring(svg.content).itertext())
    assert "By day" in text and "Disagree" in text
    assert client.get("/staff/town/figures/speed.png").content.startswith(b"\x89PNG")
    assert client.get("/staff/town/figures/speed.gif").status_code == 404
    assert client.get("/staff/town/figures/nothing.svg").status_code == 404


def test_a_report_of_nobody_is_a_page_too(viewer: Any, town: Survey) -> None:
    """It is opened right after publishing."""
    answer = build.signed_in(viewer).get(REPORT)

    assert answer.status_code == 200
    assert "Nothing to sum up yet" in Page.read(answer.content).text


def test_themes_stand_in_the_report_with_their_picture(viewer: Any, town: Survey) -> None:
    """What was said in words is half of what was said."""
    answered(town)
    kept = found(town)
    page = build.signed_in(viewer).get(REPORT)

    text = Page.read(page.content).text
    names = [theme.name for theme in Theme.objects.filter(set=kept, parent=None)]
    assert "Themes of the answers" in text and all(name in text for name in names)
    picture = build.signed_in(viewer).get("/staff/town/figures/wish-themes.svg")
    assert picture.status_code == 200 and names[0] in picture.content.decode()


def test_a_long_table_says_what_it_leaves_out() -> None:
    """Two hundred countries would fill five pages; nothing is left out without a word."""
    options = [{"code": f"c{n}", "text": f"Choice {n}"} for n in range(60)]
    item = build.questionnaire(
        [{"key": "place", "type": "single_choice", "text": "Where?", "choices": options}]
    ).questions[0]
    counts = {f"c{n}": 60 - n for n in range(60)}
    shares = {code: [n / 1830, 0.0, 1.0] for code, n in counts.items()}
    part = section(item, {"place": {"counts": counts, "shares": shares, "answered": 1830}})

    (figure,) = figures.of_item(part)

    assert len(figure.rows) == figures.MOST_ROWS
    assert "Of 60 answers" in figure.note and "by 20 or fewer" in figure.note
