"""Which language a public page is in: asked for, then the browser's, then the survey's own."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from django.conf import settings
from django.http import HttpRequest
from django.utils import translation
from django.utils.translation.trans_real import parse_accept_lang_header

from feedback.question_types.base import Posted

AS_IT_IS = nullcontext()
NOW, TO = "_language", "_to"  # fields of the form: the language it is in, the one asked for


def language_for(
    request: HttpRequest, offered: Sequence[str], posted: Mapping[str, str] | Posted | None = None
) -> str:
    """One of the languages that a questionnaire offers, its main one if nothing fits."""
    if len(offered) == 1:
        return offered[0]
    asked = [posted.get(name, "") for name in (TO, NOW)] if posted else []
    asked.append(request.GET.get("lang", ""))
    return first_of([*asked, *wishes_of(request)], offered)


def browsers_own(header: str, offered: Sequence[str]) -> str:
    """The same where nothing but the browser's Accept-Language says which."""
    return offered[0] if len(offered) == 1 else first_of(wishes_in(header), offered)


def wishes_of(request: HttpRequest) -> list[str]:
    """The languages that the browser asks for, the dearest first."""
    return wishes_in(request.headers.get("Accept-Language", ""))


def wishes_in(header: str) -> list[str]:
    return [name for name, _weight in parse_accept_lang_header(header[:500])]


def first_of(wishes: Sequence[str], offered: Sequence[str]) -> str:
    found = (nearest(wish, offered) for wish in wishes)
    return next((name for name in found if name), offered[0])


def nearest(wanted: str, offered: Sequence[str]) -> str:
    """The language itself, or one of its kin: pt-BR for pt, de for de-AT; "" if there is none."""
    lowered = wanted.lower().replace("_", "-")
    if not lowered:
        return ""
    exact = [name for name in offered if name.lower() == lowered]
    kin = [name for name in offered if name.lower().split("-")[0] == lowered.split("-")[0]]
    kin.sort(key=lambda name: script_of(name) != script_of(lowered))
    return next(iter([*exact, *kin]), "")


def script_of(language: str) -> str:
    """Hans for zh-CN, Hant for zh-TW: who reads one of them may not read the other."""
    try:
        return Locale.parse(language, sep="-").script or ""
    except (UnknownLocaleError, ValueError):
        return ""


def speaking(language: str) -> AbstractContextManager[None]:
    """Within it the interface speaks a questionnaire's language, as far as it can.

    Django knows zh-CN as zh-hans, and finds pt's words for pt-BR by itself. Where the
    interface has no such language its words are English, its dates often are not.
    """
    spoken = spoken_as(language)
    # Most often it is spoken already, and to change it and back takes as long as a ticket.
    return AS_IT_IS if spoken == translation.get_language() else translation.override(spoken)


@lru_cache(maxsize=512)
def spoken_as(language: str) -> str:
    """The interface's own name for a language; kept, as every request asks for it."""
    code = nearest(language, interface_languages())
    return code if "-" in code else language


def interface_languages() -> list[str]:
    return [code for code, _name in settings.LANGUAGES]


def readers_own(request: HttpRequest) -> AbstractContextManager[None]:
    """For pages of no questionnaire: the interface in a language that the browser asks for.

    The address is not read: what is wrong may be that it cannot be.
    """
    return speaking(first_of(wishes_of(request), interface_languages()))


def names_of(languages: Sequence[str]) -> list[tuple[str, str]]:
    """Each language with its name as its speakers write it."""
    return [(language, name_of(language)) for language in languages]


def name_of(language: str) -> str:
    try:
        name = Locale.parse(language, sep="-").get_display_name() or language
    except (UnknownLocaleError, ValueError):
        return language
    return name[:1].upper() + name[1:]
