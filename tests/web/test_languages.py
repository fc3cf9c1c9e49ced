"""Public pages in the language that was asked for: the survey's words, and the interface's own."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.test import Client
from django.utils.formats import date_format
from django.utils.translation import override

from feedback.models import Response, Role, Survey
from feedback.web.languages import nearest
from tests import build
from tests.web.sent import FormPage

FORM = "/s/town/"
ITEMS = [
    {"key": "home", "type": "country", "text": "1?", "required": True},
    {"key": "moved", "type": "date", "text": "2?"},
    {"key": "height", "type": "number", "text": "3?", "places": 2, "most": 1500.5},
]
# How each language says: an answer is needed; 31 May 2026; 1234.5; Germany.
WORDS = {
    "en": ("This question needs an answer.", "May 31, 2026", "1234.5", "Germany"),
    "ar": ("هذا السؤال يحتاج إلى إجابة.", "31 مايو، 2026", "1234,5", "ألمانيا"),
    "de": ("Bitte beantworten Sie diese Frage.", "31. Mai 2026", "1234,5", "Deutschland"),
    "es": ("Esta pregunta necesita una respuesta.", "31 de mayo de 2026", "1234,5", "Alemania"),
    "fr": ("Cette question demande une réponse.", "31 mai 2026", "1234,5", "Allemagne"),
    "he": ("יש לענות על שאלה זו.", "31 במאי 2026", "1234.5", "גרמניה"),
    "hi": ("इस प्रश्न का उत्तर देना ज़रूरी है।", "31 मई 2026", "1234.5", "जर्मनी"),
    "it": ("Questa domanda richiede una risposta.", "31 Maggio 2026", "1234,5", "Germania"),
    "ja": ("この質問にはお答えが必要です。", "2026年5月31日", "1234.5", "ドイツ"),
    "nl": ("Deze vraag heeft een antwoord nodig.", "31 mei 2026", "1234,5", "Duitsland"),
    "pl": ("To pytanie wymaga odpowiedzi.", "31 maja 2026", "1234,5", "Niemcy"),
    "pt": ("Esta pergunta precisa de uma resposta.", "31 de Maio de 2026", "1234,5", "Alemanha"),
    "tr": ("Bu sorunun yanıtlanması gerekiyor.", "31 Mayıs 2026", "1234,5", "Almanya"),
    "uk": ("На це запитання потрібна відповідь.", "31 травня 2026 р.", "1234,5", "Німеччина"),
    "zh-hans": ("这个问题需要回答。", "2026年5月31日", "1234.5", "德国"),
}
# A survey's language, and the one in WORDS that its interface speaks.
KIN = [
    ("de-AT", "de"),
    ("pt-BR", "pt"),
    ("zh", "zh-hans"),
    ("zh-CN", "zh-hans"),
    ("zh-TW", "zh-hans"),
    ("sw", "en"),
    ("tlh", "en"),
]

pytestmark = pytest.mark.django_db


def send(client: Client, fields: Any) -> Any:
    """The form as browsers send it, and the page they come to."""
    return client.post(FORM, urlencode(fields, doseq=True), content_type=build.FORM, follow=True)


def in_language(client: Client, language: str, **fields: Any) -> Any:
    """What comes back for these answers to a survey in that language alone."""
    build.survey(ITEMS, language=language)
    blank = FormPage(client.get(FORM).content)
    return send(client, blank.changed(**fields))


def attributes_of_root(content: bytes) -> dict[str, str]:
    return next(a for tag, a in FormPage(content).page.tags if tag == "html")


def test_every_language_of_the_interface_is_tried_here() -> None:
    """So that a further one cannot come without its words below."""
    assert set(WORDS) == {code for code, _name in settings.LANGUAGES}


@pytest.mark.parametrize("language", WORDS)
def test_errors_are_in_the_language_of_the_survey(client: Client, language: str) -> None:
    """Whoever needs help to mend an answer must be able to read it."""
    page = in_language(client, language, height="2000")

    assert page.status_code == 422
    needed, _day, number, _country = WORDS[language]
    text = FormPage(page.content).page.text
    assert needed in text
    assert number.replace("1234", "1500") in text
    if language != "en":
        assert WORDS["en"][0] not in text


@pytest.mark.parametrize("language", WORDS)
def test_days_numbers_and_countries_are_written_as_in_the_language(
    client: Client, language: str
) -> None:
    """The receipt says what was understood; 1,234 means two things, so nothing is grouped."""
    page = in_language(client, language, home="DE", moved="2026-05-31", height="1234.5")

    _needed, day, number, country = WORDS[language]
    assert FormPage(page.content).answers == [country, day, number]


@pytest.mark.parametrize("language", WORDS)
def test_a_moment_is_written_with_its_day_as_in_the_language(language: str) -> None:
    """Django has some languages' days only, and writes their moments as Americans do."""
    moment = datetime(2026, 11, 25, 16, 37, tzinfo=UTC)

    with override(language):
        assert date_format(moment, "DATE_FORMAT") in date_format(moment, "DATETIME_FORMAT")


@pytest.mark.parametrize("language", WORDS)
def test_only_the_languages_written_from_right_to_left_are_laid_out_so(
    client: Client, language: str
) -> None:
    """Else a form in Arabic reads as if held up to a mirror."""
    for page in (in_language(client, language), in_language(client, language, home="DE")):
        root = attributes_of_root(page.content)
        assert root["lang"] == language
        assert root.get("dir") == ("rtl" if language in {"ar", "he"} else None)


@pytest.mark.parametrize(("language", "kin"), KIN)
def test_a_language_the_interface_lacks_has_its_nearest_kin_or_english(
    client: Client, language: str, kin: str
) -> None:
    """A survey may be in any language; what its authors wrote is there, and nothing fails."""
    page = in_language(client, language)

    assert page.status_code == 422
    assert WORDS[kin][0] in FormPage(page.content).page.text
    assert attributes_of_root(page.content)["lang"] == language


def test_a_right_to_left_language_the_interface_lacks_is_laid_out_so(client: Client) -> None:
    """The words that matter are the survey's own."""
    assert attributes_of_root(in_language(client, "ur").content)["dir"] == "rtl"


@pytest.mark.parametrize(
    ("wanted", "offered", "found"),
    [
        ("de-AT", ["en", "de"], "de"),
        ("pt", ["en", "pt-BR"], "pt-BR"),
        ("zh-TW", ["en", "zh-hans", "zh-hant"], "zh-hant"),
        ("zh-CN", ["en", "zh-hant", "zh-hans"], "zh-hans"),
        ("zh", ["en", "zh-CN"], "zh-CN"),
        ("sr-Latn", ["sr-Cyrl", "sr-Latn"], "sr-Latn"),
        ("sw", ["en", "de"], ""),
        ("-", ["en"], ""),
        ("<b>", ["en"], ""),
        ("", ["en"], ""),
    ],
)
def test_the_nearest_language_is_the_same_then_the_same_script_then_any_kin(
    wanted: str, offered: list[str], found: str
) -> None:
    """Browsers ask for de-AT and zh-TW; few surveys are in just that."""
    assert nearest(wanted, offered) == found


def several(**settings: Any) -> None:
    title = {"en": "The town", "de": "Die Stadt", "ar": "المدينة"}
    build.survey(title=title, language="en", languages=["de", "ar"], **settings)


def test_the_address_then_the_browser_choose_the_language(client: Client) -> None:
    """A link may say ?lang=; else a browser's wish is taken, then the survey's own language."""
    several()

    def shown(query: str = "", wish: str = "") -> str:
        page = client.get(FORM + query, headers={"Accept-Language": wish} if wish else {})
        return FormPage(page.content).title

    assert shown() == "The town"
    assert shown(wish="sw, de-AT;q=0.8, en;q=0.5") == "Die Stadt"
    assert shown("?lang=ar", wish="de") == "المدينة"
    assert shown("?lang=sw", wish="de") == "Die Stadt"
    assert shown("?lang=%00", wish="x" * 5_000) == "The town"


def test_the_switch_changes_every_word_and_keeps_what_was_typed(client: Client) -> None:
    """It is a button of the form, as without scripts a link would lose the answers."""
    several()
    blank = FormPage(client.get(FORM).content)

    page = send(client, blank.changed(wish="more trees", _to="ar"))

    form = FormPage(page.content)
    assert form.title == "المدينة"
    assert form.fields["wish"] == ["more trees"]
    assert attributes_of_root(page.content)["dir"] == "rtl"
    assert "حفظ" in form.page.text
    sent = send(client, form.fields)
    assert "حُفظت إجاباتكم" in FormPage(sent.content).page.text
    assert Response.objects.get().language == "ar"


def test_a_question_that_was_not_translated_says_which_language_it_is_in(client: Client) -> None:
    """A screen reader takes the voice of the page for it otherwise."""
    build.survey(
        [
            {"key": "a", "type": "long_text", "text": "Wish?"},
            {"key": "b", "type": "short_text", "text": {"en": "Your name?", "de": "Ihr Name?"}},
        ],
        languages=["de"],
        title={"en": "The town", "de": "Die Stadt"},
    )

    german = client.get(FORM + "?lang=de").content.decode()
    assert 'data-item="a" lang="en"' in german
    assert 'data-item="b">' in german and "<h1>Die Stadt</h1>" in german
    assert client.get(FORM).content.decode().count('lang="en"') == 2  # the page, and the switch


def test_thanks_that_were_not_translated_say_which_language_they_are_in(client: Client) -> None:
    """They stand on the receipt, below a title that was."""
    wish = {"key": "wish", "type": "long_text", "text": "Wish?"}
    title = {"en": "The town", "de": "Die Stadt"}
    build.survey([wish], languages=["de"], title=title, thank_you="We are glad.")
    form = FormPage(client.get(FORM + "?lang=de").content)

    receipt = send(client, form.changed(wish="Bänke")).content.decode()

    assert '<div class="introduction" lang="en"><p>We are glad.' in receipt
    assert '<p class="quiet">Die Stadt</p>' in receipt


def test_pages_of_no_survey_are_in_a_language_of_the_browser(client: Client) -> None:
    """The list of surveys and the page for a wrong address have no language of their own."""
    german = {"Accept-Language": "de-CH, en;q=0.5"}

    assert b"Diese Seite gibt es nicht" in client.get("/s/none/", headers=german).content
    home = client.get("/", headers=german)
    assert "Derzeit" in home.content.decode() and home.headers["Vary"] == "Accept-Language"
    assert "No survey" in client.get("/", headers={"Accept-Language": "sw"}).content.decode()


def test_files_for_analysts_are_the_same_whatever_the_browser_speaks(town: Survey) -> None:
    """A script that reads them must not break because a colleague's browser is German."""
    person = build.member(town, Role.OWNER, may_export=True)
    build.respond(town, wish="trees")
    client = build.signed_in(person)

    def taken(name: str, language: str) -> bytes:
        page = client.get(f"/staff/town/{name}", headers={"Accept-Language": language})
        return page.getvalue()

    for name in ("codebook.csv", "export.csv?texts=labels"):
        assert taken(name, "de") == taken(name, "en")


def test_a_public_page_does_not_speak_the_language_of_the_page_before(client: Client) -> None:
    """A thread that showed staff a page in German shows others what they asked for."""
    build.survey(ITEMS)
    client.get("/staff/login/", headers={"Accept-Language": "de"})

    page = client.post("/s/town/check/", "x", content_type="text/plain")

    assert page.status_code == 415
    assert "Your answers could not be read" in FormPage(page.content).page.text


@pytest.mark.parametrize(
    ("wish", "language", "word"),
    [("de-AT", "de", "Anmelden"), ("fr", "fr", "Se connecter"), ("ar", "en", "Sign in")],
)
def test_staff_pages_are_in_a_language_that_has_their_words(
    client: Client, wish: str, language: str, word: str
) -> None:
    """English laid out from right to left would be worse than plain English."""
    page = client.get("/staff/login/", headers={"Accept-Language": wish})

    root = attributes_of_root(page.content)
    assert root == {"lang": language}
    assert word in FormPage(page.content).page.text
