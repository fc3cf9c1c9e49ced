"""Text cut into words as search knows them, the same for what is indexed and what is asked.

What people cannot be expected to type alike is made alike: capitals, composed and
decomposed letters, full and half width, accents, Arabic and Hebrew vowel signs, digits of
any script. Words are not stemmed: answers come in every language, and a search that finds
what was typed is one that staff can trust. Chinese, Japanese, Thai and the like write no
spaces, so their runs are cut into overlapping pairs of characters.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import count

# Dropped once letters are decomposed: accents, but for й, which is a letter of its own;
# vowel signs and points of Hebrew and Arabic, with the tatweel; what nobody sees.
DROPPED = re.compile(
    "[\u0300-\u0305\u0307-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff"
    "\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7"
    "\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed"
    "\u00ad\u034f\u061c\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]"
    "|(?<![иИ])\u0306"
)
# Letters that Unicode does not decompose, and those that Arabic and Persian keyboards swap.
LETTERS = {
    **dict(zip("øđłħıðþæœ", ["o", "d", "l", "h", "i", "d", "th", "ae", "oe"], strict=True)),
    **dict(zip("ىیکة", "ييكه", strict=True)),
}
DIGITS = {
    chr(zero + digit): str(digit)
    for zero in (0x660, 0x6F0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xE50, 0xED0, 0x1040)
    for digit in range(10)
}
ALIKE = str.maketrans(LETTERS | DIGITS)

# Han, kana, Thai, Lao, Khmer, Burmese, Tibetan, without their punctuation.
UNSPACED = (
    "\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ece\u0edc-\u0edf\u0f00\u0f18\u0f19\u0f35\u0f37\u0f39"
    "\u0f3e-\u0f84\u0f86-\u0fbc\u1000-\u103f\u1050-\u109d\u1780-\u17d3\u17d7\u17dc\u17dd"
    "\u3005-\u3007\u3041-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\U00020000-\U0003134f"
)
# Signs within words that are no letters to Python: vowels of Indic scripts and the like.
WITHIN = (
    "\u0306\u0483-\u0489\u0711\u0730-\u074a\u07a6-\u07b0\u07eb-\u07f3\u0816-\u082d\u0859-\u085b"
    "\u08d3-\u0903\u093a-\u0963\u0981-\u0983\u09bc-\u09e3\u0a01-\u0a03\u0a3c-\u0a51\u0a70-\u0a75"
    "\u0a81-\u0a83\u0abc-\u0ae3\u0b01-\u0b03\u0b3c-\u0b63\u0b82\u0bbe-\u0bd7\u0c00-\u0c04"
    "\u0c3c-\u0c63\u0c81-\u0c83\u0cbc-\u0ce3\u0d00-\u0d03\u0d3b-\u0d63\u0d81-\u0d83\u0dca-\u0df3"
    "\u135d-\u135f\u1712-\u1714\u1732-\u1734\u18a9\u1920-\u193b\u1a17-\u1a1b\u1a55-\u1a7f"
    "\u1b00-\u1b04\u1b34-\u1b44\u1b80-\u1b82\u1ba1-\u1bad\u1be6-\u1bf3\u1c24-\u1c37\ua802-\ua80b"
    "\ua823-\ua827\ua880-\ua881\ua8b4-\ua8c5\ua926-\ua953\ua980-\ua983\ua9b3-\ua9c0\uabe3-\uabed"
)
PICTURES = "\u203c\u2049\u2190-\u21ff\u2300-\u23ff\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff"
LONGEST = 100  # characters of a word; of a longer one each piece is a word
RUN = re.compile(f"[{UNSPACED}]")
SIMPLE = re.compile(f"[A-Za-z0-9_]{{1,{LONGEST}}}")
WORD = re.compile(f"[\\w{WITHIN}]{{1,{LONGEST}}}|[{PICTURES}]")
PIECE = re.compile(
    f"(?P<run>[{UNSPACED}]+)|(?:(?![{UNSPACED}])[\\w{WITHIN}]){{1,{LONGEST}}}|[{PICTURES}]"
)


def folded(text: str) -> str:
    """The text without what people cannot be expected to type alike."""
    if text.isascii():
        return text.lower()
    bare = DROPPED.sub("", unicodedata.normalize("NFKD", text))
    return unicodedata.normalize("NFC", bare.casefold().translate(ALIKE))


def words_of(text: str, *, asked: bool = False) -> Iterator[tuple[str, int, int, int]]:
    """The words of a folded text: each with its place, and where it begins and ends.

    Of a run without spaces each pair of characters is a word, and to be found alone, each
    character. Every character takes up one place, so that phrases may cross over.

    Args:
        asked: for a query, where the pairs of a run say all there is to say.
    """
    if (words := spaced(text)) is not None:
        for place, found in enumerate(words.finditer(text), 1):
            yield found[0], place, found.start(), found.end()
        return
    place = 0
    for found in PIECE.finditer(text):
        start, run = found.start(), found["run"]
        if run is None:
            place += 1
            yield found[0], place, start, found.end()
            continue
        for i, sign in enumerate(run):
            place += 1
            if i + 1 < len(run):
                yield run[i : i + 2], place, start + i, start + i + 2
            if not asked or len(run) == 1:
                yield sign, place, start + i, start + i + 1


def spaced(text: str) -> re.Pattern[str] | None:
    """What finds the words of a folded text that has no run without spaces."""
    if text.isascii():
        return SIMPLE
    return None if RUN.search(text) else WORD


def places_of(text: str) -> Iterable[tuple[str, int]]:
    """Just the words and their places: what the index of a million needs, three times as fast."""
    if (words := spaced(text)) is not None:
        return zip(words.findall(text), count(1), strict=False)
    return ((word, place) for word, place, *_ in words_of(text))
