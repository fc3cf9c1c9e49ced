"""Keys of items and codes of options, made of what people read."""

import re
import unicodedata
from collections.abc import Iterable

from feedback.questionnaire.codebook import RESPONSE_COLUMNS

KEY_LENGTH, CODE_LENGTH = 32, 40
FILLING = frozenset(
    re.findall(
        r"\w+",
        "a an the of to in on for and or is are was do does did you your we our this that what"
        " which how with at by be it its have has would could please if der die das und ist sind"
        " wie welche le la les de des du est que quel quelle el los las y es un una en del su tu",
    )
)
# What would read like something else in an export.
TAKEN = {"ticket", "withdrawn_at", *RESPONSE_COLUMNS}


def words_in(text: str) -> list[str]:
    """The words of a text in plain small letters."""
    letters = unicodedata.normalize("NFKD", re.sub("['’]", "", text.replace("ß", "ss")))
    plain = "".join(sign for sign in letters if not unicodedata.combining(sign)).casefold()
    return re.findall(r"[a-z0-9]+", plain)


def joined(words: Iterable[str], longest: int) -> str:
    """As many of the words as there is room for."""
    name = ""
    for word in words:
        longer = f"{name}_{word}" if name else word
        if len(longer) > longest:
            return name or word[:longest]
        name = longer
    return name


class Keys:
    """Keys that differ from each other and from the columns of the response itself."""

    def __init__(self) -> None:
        self.taken = set(TAKEN)

    def key(self, *, code: str, text: str, number: int) -> str:
        """A key of the code of the other tool, or of the words of a question."""
        words = words_in(code)
        if not words:
            words = words_in(text)
            telling = [word for word in words if word not in FILLING]
            words = (telling or words)[:6]
        name = joined(words, KEY_LENGTH)
        if not name or not name[0].isalpha():
            name = joined(["q", *words], KEY_LENGTH) if words else f"q{number}"
        return unlike(name, self.taken)


class Codes:
    """Codes of the options of one item, that differ whatever the case of letters."""

    def __init__(self, *reserved: str) -> None:
        self.taken = set(reserved)

    def code(self, text: str) -> str:
        plain = re.fullmatch(r"[A-Za-z0-9]+([_.-][A-Za-z0-9]+)*", text)
        if plain and len(text) <= CODE_LENGTH and text.casefold() not in self.taken:
            self.taken.add(text.casefold())
            return text
        return unlike(joined(words_in(text), CODE_LENGTH) or "option", self.taken)


def unlike(name: str, taken: set[str]) -> str:
    """The name, with a number behind it where it is taken; taken from now on."""
    found, number = name, 2
    while found in taken:
        found, number = f"{name}_{number}", number + 1
    taken.add(found)
    return found
