"""What is drawn once: never of other words, of another language, or with what is somebody's."""

from django.template import Context, Template
from django.utils.translation import override

from feedback.web.kept import drawn

SHEET, TABS = "review/parts/keys_sheet.html", "parts/tabs.html"


def shown(text: str, **values: object) -> str:
    return Template("{% load i18n kept %}" + text).render(Context(values))


def test_a_kept_piece_is_drawn_once_for_its_values() -> None:
    """That is what it is for: the second page has it ready."""
    drawn.cache_clear()

    for _time in range(3):
        shown(f'{{% kept "{SHEET}" reviews=reviews %}}', reviews=True)

    assert (drawn.cache_info().misses, drawn.cache_info().hits) == (1, 2)


def test_a_kept_piece_is_another_for_other_values_and_in_another_language() -> None:
    """Else one member's tabs would be shown to the next, in a language they may not read."""
    piece = f'{{% kept "{TABS}" slug=slug here="text" owns=owns %}}'

    owner, viewer = shown(piece, slug="town", owns=True), shown(piece, slug="town", owns=False)
    other = shown(piece, slug="village", owns=False)
    with override("de"):
        german = shown(piece, slug="town", owns=False)

    assert "/staff/town/members/" in owner and "/staff/town/members/" not in viewer
    assert "/staff/village/" in other and "/staff/town/" not in other
    assert "Open text" in viewer and "Open text" not in german


def test_a_kept_piece_sees_nothing_of_the_page() -> None:
    """Whatever came with one request would be in everybody's page."""
    page = shown(f'{{% kept "{TABS}" slug="town" %}}', owns=True, user="ada", slug="village")

    assert "/staff/town/" in page and "/members/" not in page and "village" not in page


def test_what_a_page_always_says_is_said_in_the_language_of_each_page() -> None:
    """A template is compiled once for all languages, and its words are kept for each."""
    template = Template('{% load i18n %}{% translate "Responses" %}')
    said = []
    for language in ("en", "de", "fr", "en", "de"):
        with override(language):
            said.append(template.render(Context()))

    assert said == ["Responses", "Rückmeldungen", "Réponses", "Responses", "Rückmeldungen"]


def test_what_goes_into_a_message_is_looked_at_each_time() -> None:
    """Only a message that nothing goes into is the same on every page."""
    template = Template(
        "{% load i18n %}{% translate word %} {% translate 'New' as told %}{{ told }}"
    )

    first, second = (template.render(Context({"word": word})) for word in ("Status", "Tags"))

    assert (first, second) == ("Status New", "Tags New")


def test_a_message_is_escaped_as_ever() -> None:
    """What stands in a template is markup; what comes from a variable is not."""
    assert shown("{% translate '<b>' %}") == "<b>"
    assert shown("{% translate word %}", word="<b>") == "&lt;b&gt;"
