"""Country: chosen from ISO 3166-1 in the reader's language, stored as its two letters."""

import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from random import Random
from types import MappingProxyType
from typing import Any, ClassVar, Literal

import polars as pl
from babel import Locale, UnknownLocaleError
from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from feedback.question_types import phrases
from feedback.question_types.base import JSON, REQUIRED, Example, Item, Kind
from feedback.question_types.choices import NOT_OFFERED, OptionField
from feedback.question_types.columns import Column, Dtype, Message, state_of, text_of
from feedback.question_types.counted import distribution, how_many

PICK = _("Choose a country")
LIKELY = "US IN DE CN GB BR FR JP NG CA KE ES PL ID EG CH MX NL UA AU"

# What other tools call some of them, besides the names of Unicode and of ISO.
ELSEWHERE = {
    "BO": "Bolivia, Plurinational State of", "BN": "Brunei", "CD": "Congo, The Democratic Republic"
    " of the|Democratic Republic of the Congo|DR Congo", "CG": "Congo, Republic of the...|Congo",
    "CV": "Cape Verde", "CZ": "Czech Republic", "FM": "Micronesia, Federated States of...",
    "GB": "UK|U.K.|Great Britain|England|Scotland|Wales|Northern Ireland|United Kingdom of Great"
    " Britain and Northern Ireland", "HK": "Hong Kong (S.A.R.)", "IR": "Iran, Islamic Republic"
    " of...|Iran", "KP": "North Korea|Democratic People's Republic of Korea", "KR": "South Korea|"
    "Republic of Korea|Korea", "LA": "Laos|Lao People's Democratic Republic", "LY": "Libya|Libyan"
    " Arab Jamahiriya", "MD": "Moldova|Republic of Moldova", "MK": "Macedonia|Republic of North"
    " Macedonia|The former Yugoslav Republic of Macedonia", "NL": "Holland|The Netherlands",
    "PS": "Palestine", "RU": "Russia|Russian Federation", "SY": "Syria|Syrian Arab Republic",
    "SZ": "Swaziland", "TR": "Turkey", "TW": "Taiwan, Province of China", "TZ": "Tanzania|United"
    " Republic of Tanzania", "US": "United States|United States of America|USA|U.S.A.|U.S.",
    "VE": "Venezuela, Bolivarian Republic of...|Venezuela", "VN": "Viet Nam|Vietnam",
}  # fmt: skip


@lru_cache(maxsize=1)
def spelled() -> Mapping[str, str]:
    """The code of each name in English, of each code of three letters, and of ELSEWHERE."""
    english = Locale.parse("en").territories
    found = {str(english.get(code, name)).casefold(): code for code, name in countries}
    found |= {name.casefold(): code for code, name in countries}
    found |= {countries.alpha3(code).casefold(): code for code, _name in countries}
    found |= {
        name.casefold(): code for code, names in ELSEWHERE.items() for name in names.split("|")
    }
    return MappingProxyType(found)


@lru_cache(maxsize=64)
def names_in(language: str) -> Mapping[str, str]:
    """From Unicode's CLDR, which has them in many more languages than the list of countries."""
    try:
        known = {} if language == "en" else Locale.parse(language, sep="-").territories
    except (UnknownLocaleError, ValueError):
        known = {}
    names = {code: str(known.get(code, name)) for code, name in countries}
    return MappingProxyType(dict(sorted(names.items(), key=lambda pair: sorting(pair[1]))))


def sorting(name: str) -> str:
    """Without accents and capitals, so that Åland stands under A."""
    letters = unicodedata.normalize("NFKD", name)
    return "".join(sign for sign in letters if not unicodedata.combining(sign)).casefold()


class Country(Item):
    type: Literal["country"] = "country"
    kind: ClassVar = Kind.CODE

    def names(self) -> Mapping[str, str]:
        """Every country's name by code, sorted for the active language."""
        return names_in(get_language() or "en")

    def field(self) -> forms.Field:
        return OptionField(
            label=self.text,
            help_text=self.help,
            required=self.required,
            choices=[("", PICK), *self.names().items()],
            coerce=str,
            empty_value=None,
            widget=forms.Select(attrs={"autocomplete": "country"}),
            error_messages={"required": REQUIRED, "invalid_choice": NOT_OFFERED},
        )

    def spellings(self) -> Mapping[str, str]:
        return spelled()

    def made_up(self, chance: Random) -> dict[str, list[str]]:
        if self.skipped(chance):
            return {}
        anywhere = chance.random() < 0.1
        likely = LIKELY.split()
        code = chance.choice(list(self.names())) if anywhere else phrases.leaning(likely, chance)
        return {self.key: [code]}

    def columns(self) -> list[Column]:
        value = None if self.personal else text_of(self.key)
        return [
            Column(
                self.key, self.text, self.key, Dtype.CODE, value, state_of(self.key), self.names()
            )
        ]

    def words(self, part: str, answer: JSON) -> Message:
        return self.names().get(str(answer), str(answer))

    def filters(self) -> Mapping[str, Message]:
        return self.names()

    @property
    def grouped_by(self) -> str:
        return self.key

    def tally(self, answers: pl.DataFrame) -> dict[str, Any]:
        """Counts of the countries that were chosen, most first; the others are zero."""
        counts = distribution(how_many(answers[self.key]), self.values())
        found = [(code, n) for code, n in counts.items() if n]
        return {"counts": dict(sorted(found, key=lambda pair: (-pair[1], pair[0])))}

    @classmethod
    def example(cls) -> Example:
        return Example(
            cls(key="home", text="In which country do you live?", required=True),
            accepts=[({"home": ["NO"]}, {"home": "NO"}), ({"home": ["JP"]}, {"home": "JP"})],
            cells=[{"home": "NO"}, {"home": "JP"}],
            refuses=[
                ({"home": [""]}, "needs an answer"),
                ({"home": ["XX"]}, "not one of the options"),
                ({"home": ["no"]}, "not one of the options"),
            ],
        )
