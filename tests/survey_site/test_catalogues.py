"""The interface's own words: all there in every language, and fit to be shown."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from django.conf import settings
from django.utils.translation import to_locale

from survey_site import catalogues
from survey_site.catalogues import BrokenCatalogue

# What respondents can meet comes from these; the words of the rest are for staff.
RESPONDENTS = re.compile(
    r"feedback/(question_types|questionnaire|responses)/"
    r"|feedback/web/(public|attempts|saving|receipt|bodies|errors|forms|languages|prepared|published|results)\.py"
    r"|templates/(public|question_types|results)/|templates/parts/reading\.html"
)
STAFF = re.compile(
    r"/(codebook|selection|importing|imported_cells|imported_rows|type_docs)\.py"
    r"|questionnaire/(cells|foreign|own_cells)\.py|questionnaire/readers/"
    r"|responses/(acts|asked|bulk|chosen|coding|listed|notes|quotes|tags|views)\.py"
)
PLACEHOLDERS = re.compile(r"%\(\w+\)[sd]|%%|\{\w+\}|<[^>]+>")
LANGUAGES = [to_locale(code) for code, _name in settings.LANGUAGES if code != "en"]

every_language = pytest.mark.parametrize("language", LANGUAGES)


@pytest.fixture(scope="module")
def said() -> Catalog:
    """Every message of the code and the templates as they are now."""
    return catalogues.gathered()


def words_of(language: str) -> Catalog:
    return catalogues.read(catalogues.LOCALE / language / "LC_MESSAGES" / "django.po")


def for_respondents(said: Catalog) -> Iterator[Message]:
    for message in said:
        places = [path for path, _line in message.locations]
        if any(RESPONDENTS.match(path) and not STAFF.search(path) for path in places):
            yield message


def forms(message: Message) -> list[str]:
    """A text, or its singular and plurals."""
    return [message.string] if isinstance(message.string, str) else list(message.string)


def first(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def test_each_language_of_the_interface_has_a_catalogue_and_each_catalogue_is_offered() -> None:
    """One without the other would be a promise not kept, or work nobody sees."""
    found = [source.parent.parent.name for source in catalogues.sources()]

    assert sorted(found) == sorted(LANGUAGES)
    assert len(LANGUAGES) >= 11


@every_language
def test_respondents_meet_no_words_but_their_own(said: Catalog, language: str) -> None:
    """A form half in English is what people leave."""
    assert_none_left(language, for_respondents(said))


@pytest.mark.parametrize("language", [one for one in settings.STAFF_LANGUAGES if one != "en"])
def test_staff_meet_no_words_but_their_own(said: Catalog, language: str) -> None:
    """Where staff pages are offered in a language, all of them are in it."""
    assert_none_left(language, (message for message in said if message.id))


def assert_none_left(language: str, messages: Iterable[Message]) -> None:
    catalogue = words_of(language)

    left = []
    for message in messages:
        known = catalogue.get(first(message), message.context)
        if known is None or not all(forms(known)):
            left.append(f"{first(message)!r} ({message.locations[0][0]})")

    assert not left, (
        f"{len(left)} without translation into {language}: run `make messages`, then fill "
        f"their msgstr in locale/{language}/LC_MESSAGES/django.po:\n" + "\n".join(left)
    )


@every_language
def test_a_translation_fills_in_what_its_message_fills_in(language: str) -> None:
    """A placeholder misspelt is an error where the message is needed most; a tag, a page awry."""
    for message in words_of(language):
        if not message.id or not all(forms(message)):
            continue
        wanted = Counter(PLACEHOLDERS.findall(first(message)))
        for form in forms(message):
            assert Counter(PLACEHOLDERS.findall(form)) == wanted, (language, form)
            assert form.count("\n") == first(message).count("\n"), (language, form)


@every_language
def test_every_plural_form_is_there_and_nothing_was_guessed(language: str) -> None:
    """Arabic has six forms; a guess by likeness is not a translation."""
    catalogue = words_of(language)

    for message in catalogue:
        assert not message.fuzzy, message.id
        if message.pluralizable and any(forms(message)):
            assert len(forms(message)) == catalogue.num_plurals, message.id
            assert all(forms(message)), message.id


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of catalogues with one, in German."""
    place = tmp_path / "de" / "LC_MESSAGES"
    place.mkdir(parents=True)
    (place / "django.po").write_text(
        catalogues.head(Catalog(locale="de"))
        + '\nmsgid "Send"\nmsgstr "Absenden"\n'
        + '\n#, python-format\nmsgid "until %(when)s"\nmsgstr "bis %(when)s"\n'
    )
    return tmp_path


def test_only_what_changed_is_compiled(folder: Path) -> None:
    """Every start passes here, so a start without changes must cost nothing."""
    source = folder / "de" / "LC_MESSAGES" / "django.po"

    assert catalogues.compile_all(folder) == [source.with_suffix(".mo")]
    assert catalogues.compile_all(folder) == []
    source.touch()
    assert catalogues.compile_all(folder) == [source.with_suffix(".mo")]


@pytest.mark.parametrize(
    ("before", "after"),
    [('msgid "Send"', "Send"), ("bis %(when)s", "bis %(wann)s")],
    ids=["cannot be read", "another placeholder"],
)
def test_a_broken_catalogue_says_where_it_is_broken(folder: Path, before: str, after: str) -> None:
    """Better no start than a form that fails in one language, for those who speak it."""
    source = folder / "de" / "LC_MESSAGES" / "django.po"
    source.write_text(source.read_text().replace(before, after))

    with pytest.raises(BrokenCatalogue, match=re.escape(str(source))):
        catalogues.compile_all(folder)
    assert not source.with_suffix(".mo").exists()


def test_gathering_keeps_translations_and_drops_what_is_gone_and_what_was_guessed(
    folder: Path, tmp_path: Path
) -> None:
    """`make messages` may run at any time: work is never lost, and nothing is made up."""
    (tmp_path / "feedback").mkdir()
    (tmp_path / "templates").mkdir()
    (tmp_path / "feedback" / "words.py").write_text('_("Send"), _("until %(when)s"), _("Sent")')
    (tmp_path / "templates" / "page.html").write_text(
        "{% load i18n %}\n  {% blocktranslate count n=n %}{{ n }} page{% plural %}{{ n }} pages"
        "{% endblocktranslate %}"
    )
    source = folder / "de" / "LC_MESSAGES" / "django.po"
    guess = '#, fuzzy, python-format\nmsgid "until'
    text = source.read_text().replace('#, python-format\nmsgid "until', guess)
    source.write_text(text + '\nmsgid "No more"\nmsgstr "Vorbei"\n')

    catalogues.gather(["ja"], folder, tmp_path)

    found = {first(message): message.string for message in catalogues.read(source) if message.id}
    assert found == {
        "%(n)s page": ("", ""),
        "Send": "Absenden",
        "Sent": "",
        "until %(when)s": "",
    }
    assert "feedback/words.py\n" in source.read_text()
    assert "Date" not in source.read_text()
    assert catalogues.read(folder / "ja" / "LC_MESSAGES" / "django.po").num_plurals == 1
