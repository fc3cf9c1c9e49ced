"""The interface's own words in each language: gathered from the code, translated, compiled.

``locale/<language>/LC_MESSAGES/django.po`` is what people write and what is kept; Django
reads the ``.mo`` beside it, which is made from it whenever it is older. Babel does both,
so that no machine needs GNU gettext. Django reads a catalogue when a process first needs
it: compile before the web server starts.

    python -m survey_site.catalogues                compile what changed
    python -m survey_site.catalogues gather [sv]    new messages into the .po files (and a new one)
"""

import os
import sys
import tempfile
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path
from typing import TypeAlias

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po, write_po
from django.utils.translation.template import templatize

from survey_site.environment import BASE_DIR
from survey_site.processes import CannotStart

Translation: TypeAlias = str | list[str] | tuple[str, ...] | None

LOCALE = BASE_DIR / "locale"
SOURCES = ("feedback", "templates")
KEYWORDS = {
    **dict.fromkeys(("_", "_lazy", "gettext", "gettext_lazy", "gettext_noop")),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}


class BrokenCatalogue(CannotStart):
    """A .po file cannot be read, or a translation would fail where it is shown."""


def compile_all(folder: Path = LOCALE) -> list[Path]:
    """Bring every .mo up to date with its .po; returns those that were written.

    Raises:
        BrokenCatalogue: the message names the file and what is wrong.
    """
    return [target for source in sources(folder) if (target := compiled(source))]


def sources(folder: Path = LOCALE) -> list[Path]:
    return sorted(folder.glob("*/LC_MESSAGES/django.po"))


def compiled(source: Path) -> Path | None:
    target = source.with_suffix(".mo")
    if target.exists() and target.stat().st_mtime_ns > source.stat().st_mtime_ns:
        return None
    catalogue = read(source)
    for message in catalogue:
        for error in message.check(catalogue):
            raise BrokenCatalogue(f"{source}, message {message.id!r}: {error}.")
    try:
        # Whole or not at all: another process may be reading it.
        with tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as new:
            write_mo(new, catalogue)
        os.chmod(new.name, 0o644)
        os.replace(new.name, target)
    except OSError as problem:
        raise BrokenCatalogue(f"{problem}: {target.parent} must be writable.") from problem
    return target


def read(source: Path) -> Catalog:
    """A .po file. Raises: BrokenCatalogue."""
    try:
        with source.open("rb") as file:
            return read_po(file, locale=source.parent.parent.name, abort_invalid=True)
    except (PoFileError, ValueError) as problem:
        raise BrokenCatalogue(f"{source} is no catalogue: {problem}.") from problem


def gathered(root: Path = BASE_DIR) -> Catalog:
    """Every message of the code and the templates, with the files it stands in."""
    catalogue = Catalog(domain="django")
    for path in sorted(path for source in SOURCES for path in (root / source).rglob("*")):
        if path.suffix in {".py", ".html", ".txt"}:
            place = (path.relative_to(root).as_posix(), 0)
            for words, context in messages_in(path):
                catalogue.add(words, locations=[place], context=context)
    return catalogue


def messages_in(path: Path) -> Iterator[tuple[str | tuple[str, ...], str | None]]:
    text = path.read_text()
    if path.suffix != ".py":
        # Django's own reading of a template as something like Python; only indents differ.
        lines = templatize(text, origin=str(path)).splitlines()
        text = "\n".join(line.strip() for line in lines)
    for _line, words, _comments, context in extract("python", BytesIO(text.encode()), KEYWORDS):
        yield words, context


def gather(languages: Iterable[str] = (), folder: Path = LOCALE, root: Path = BASE_DIR) -> None:
    """Bring every .po up to date with the code, and begin those of further languages.

    Translations stay, what the code no longer says goes, and nothing is guessed: what is
    like a message of before is not a translation of it.
    """
    now = gathered(root)
    begun = {folder / name / "LC_MESSAGES" / "django.po" for name in languages}
    for source in sorted({*sources(folder), *begun}):
        before = read(source) if source.exists() else Catalog(locale=source.parent.parent.name)
        source.parent.mkdir(parents=True, exist_ok=True)
        text = written(now, before)
        if not source.exists() or source.read_text() != text:
            source.write_text(text)


def written(now: Catalog, before: Catalog) -> str:
    """The text of a .po: the messages of the code with the translations there were."""
    catalogue = Catalog(locale=before.locale)
    # Hebrew and Arabic: the file knows better than Babel.
    catalogue.mime_headers = [("Plural-Forms", before.plural_forms)]
    for message in now:
        if message.id:
            known = before.get(message.id if isinstance(message.id, str) else message.id[0])
            catalogue.add(
                message.id,
                translation(known, message),
                locations=message.locations,
                flags=message.flags,
                context=message.context,
            )
    out = BytesIO()
    write_po(out, catalogue, width=0, sort_output=True, include_lineno=False)
    _head, _blank, rest = out.getvalue().decode().partition("\n\n")
    return f"{head(before)}\n{rest.rstrip()}\n"


def head(catalogue: Catalog) -> str:
    """Of the customary header only what says something: dates would change with every run."""
    said = {
        "Language": catalogue.locale_identifier,
        "Plural-Forms": catalogue.plural_forms,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
    }
    lines = [f'"{name}: {value}\\n"\n' for name, value in said.items()]
    return 'msgid ""\nmsgstr ""\n' + "".join(lines)


def translation(known: Message | None, message: Message) -> Translation:
    """What a message was translated to, unless that was a guess or it got plural forms since."""
    if known is None or known.fuzzy or known.pluralizable != message.pluralizable:
        return None
    return known.string


if __name__ == "__main__":
    try:
        if sys.argv[1:2] == ["gather"]:
            gather(sys.argv[2:])
        for target in compile_all():
            print(f"compiled {target.relative_to(BASE_DIR)}")
    except CannotStart as problem:
        sys.exit(f"Cannot go on. {problem}")
