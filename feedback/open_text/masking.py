"""Personal data in answers: what is to be hidden before somebody else reads a quote.

Found by form, not by meaning: the respondent's own names where they are known, and what has
the shape of an address or a number that leads to a person. Answers themselves stay as they
are; spans say where, and `masked` gives the text to show.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address
from itertools import filterfalse

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Hidden(StrEnum):
    """What is hidden, and what stands in its place."""

    EMAIL = "email"
    PROFILE = "profile"
    LINK = "link"
    ACCOUNT = "account"
    CARD = "card"
    NETWORK = "network"
    PHONE = "phone"
    HANDLE = "handle"
    NAME = "name"


WORDS: dict[Hidden, Promise] = {
    Hidden.EMAIL: _("e-mail"),
    Hidden.PROFILE: _("profile"),
    Hidden.LINK: _("link"),
    Hidden.ACCOUNT: _("account"),
    Hidden.CARD: _("card"),
    Hidden.NETWORK: _("network address"),
    Hidden.PHONE: _("telephone"),
    Hidden.HANDLE: _("user name"),
    Hidden.NAME: _("name"),
}
REASONS: dict[Hidden, Promise] = {
    Hidden.EMAIL: _("has the form of an e-mail address"),
    Hidden.PROFILE: _("a link to somebody's profile, or with a user's name in it"),
    Hidden.LINK: _("a link, which may lead to a person"),
    Hidden.ACCOUNT: _("an account number whose check digits are right"),
    Hidden.CARD: _("a card number whose check digit is right"),
    Hidden.NETWORK: _("has the form of a network address"),
    Hidden.PHONE: _("has the form of a telephone number"),
    Hidden.HANDLE: _("has the form of a user's name"),
    Hidden.NAME: _("a name that the respondent gave"),
}

EMAIL = re.compile(
    r"(?<![\w@.+%-])[\w.+%-]{1,64}(?:@|\s?[\[(]at[\])]\s?)(?:[\w-]{1,63}\.){1,5}"
    r"(?!(?:png|jpe?g|gif|svg|webp)\b)[^\W\d_]{2,24}"
)
SOCIAL = (
    r"(?:(?:[a-z]{2,3}|www|m)\.)?(?:twitter\.com|x\.com|github\.com|gitlab\.com|instagram\.com"
    r"|facebook\.com|tiktok\.com|t\.me|bsky\.app/profile|linkedin\.com/in|xing\.com/profile|reddit\.com/u(?:ser)?"
    r"|youtube\.com/(?:user|c)|medium\.com|orcid\.org|keybase\.io|stackoverflow\.com/users"
    r"|huggingface\.co)"
)
LINK = re.compile(
    rf"(?i)(?:\b(?:https?|ftp)://|\bwww\.)[^\s<>\"“”]+|(?<![\w./@-]){SOCIAL}/@?[\w.-]+"
)
WWW = re.compile(r"(?i)www\.")
DIGIT = re.compile(r"\d")
PROFILE = re.compile(rf"(?i)(?:https?://)?(?:{SOCIAL}/@?[\w.%-]+/?|[^/\s]+/@[\w.-]+/?)(?:\?\S*)?")
WITH_USER = re.compile(r"(?i)\w+://[^/\s@]+@")
IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b")
CARD = re.compile(r"(?<![\d.,-])[3-6]\d{3}[ -]?(?:\d[ -]?){8,14}\d(?![\d.,-]?\d)")
FOUR = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.]*\d)")
COLONS = re.compile(r"(?<![\w:.])[0-9A-Fa-f:]{2,39}(?![\w:])")
PHONE = re.compile(
    r"(?<![\w.,/+:=-])(?<!\d )(?:"
    r"(?:\+|00)[1-9](?:[ ().\-/]{0,2}\d){6,13}"
    r"|\(?0[1-9]\d{0,4}\)?(?:[ \-/]{1,3}\d{2,}){1,5}"
    r"|0[1-9]\d{8,10}"
    r"|(?:1[ .-])?(?:\(\d{3}\) ?|\d{3}[.-])\d{3}[.-]\d{4}"
    r")(?![\w%€$£]|[.,]\d)"
)
DATE = re.compile(r"\d{1,4}([./-])\d{1,2}\1\d{1,4}")
VERSION = re.compile(r"(?i)(?:\bv|\bversions?:? |\brelease |==|>=|<=|~=)$")
HANDLE = re.compile(
    r"(?<![\w@./+])@[A-Za-z0-9_](?:[\w.-]{0,38}\w)?(?:@[\w-]+(?:\.[\w-]+)+)?(?![\w/(])"
)
IN_CODE = """
param return returns media import property override staticmethod classmethod dataclass
abstractmethod deprecated autowired bean test todo author see throws font-face keyframes include
interface component input output
"""
NO_HANDLES = frozenset(IN_CODE.split())  # what stands after @ in code
PARTICLES = frozenset(["al", "bin", "da", "de", "del", "den", "der", "di", "do", "dos", "du"])
PARTICLES |= {"el", "ibn", "la", "le", "van", "ter", "ten", "von", "vom", "und", "zu", "zum", "y"}
LETTERS = 2  # of a name's part


@dataclass(frozen=True)
class Span:
    """One piece of personal data; ``reason`` says why it is taken for one."""

    start: int
    end: int
    kind: Hidden
    reason: Promise


def personal(text: str, *, words: Collection[str] = ()) -> list[Span]:
    """Where personal data stands, in order and without overlap.

    Args:
        words: of the respondent's names, by ``words_of``.
    """
    taken: list[tuple[int, int, Hidden]] = []
    for start, end, kind in found(text, words):
        if not any(start < b and a < end for a, b, _kind in taken):
            taken.append((start, end, kind))
    return [Span(start, end, kind, REASONS[kind]) for start, end, kind in sorted(taken)]


def masked(text: str, spans: Sequence[Span]) -> str:
    """The text to show, each span a word in brackets."""
    shown, at = [], 0
    for span in spans:
        shown += [text[at : span.start], f"[{WORDS[span.kind]}]"]
        at = span.end
    return "".join([*shown, text[at:]])


def found(text: str, words: Collection[str]) -> Iterator[tuple[int, int, Hidden]]:
    """All that looks personal, what is surest first."""
    for match in LINK.finditer(text) if may_link(text) else ():
        link = match[0].rstrip(".,;:!?)]}'’")
        user = WITH_USER.match(link) or PROFILE.fullmatch(link)
        yield match.start(), match.start() + len(link), Hidden.PROFILE if user else Hidden.LINK
    digits = DIGIT.search(text) is not None
    if may_address(text):
        yield from ((*match.span(), Hidden.EMAIL) for match in EMAIL.finditer(text))
    if digits:
        yield from ((*m.span(), Hidden.ACCOUNT) for m in IBAN.finditer(text) if is_account(m[0]))
        yield from ((*m.span(), Hidden.CARD) for m in CARD.finditer(text) if is_card(m[0]))
        yield from ((*m.span(), Hidden.NETWORK) for m in FOUR.finditer(text) if is_network(m))
    if ":" in text:
        yield from ((*m.span(), Hidden.NETWORK) for m in COLONS.finditer(text) if is_network(m))
    if digits:
        yield from ((*m.span(), Hidden.PHONE) for m in PHONE.finditer(text) if is_phone(m))
    for match in HANDLE.finditer(text) if "@" in text else ():
        if match[0][1:].lower() not in NO_HANDLES and not match[0][1:].replace("x", "").isdigit():
            yield (*match.span(), Hidden.HANDLE)
    yield from ((start, end, Hidden.NAME) for start, end in named(text, words))


# Most texts have none of the characters that these begin at; to look for one of them is
# quicker by far than an expression that tries every place.
def may_link(text: str) -> bool:
    return "/" in text or WWW.search(text) is not None


def may_address(text: str) -> bool:
    return "@" in text or "[at" in text or "(at" in text


def is_account(written: str) -> bool:
    """ISO 13616: the letters as numbers, the first four characters last, modulo 97 is 1."""
    digits = "".join(str(int(one, 36)) for one in written[4:] + written[:4] if one != " ")
    return int(digits) % 97 == 1


def is_card(written: str) -> bool:
    """ISO/IEC 7812: Luhn's sum of the digits, every second doubled, ends in 0."""
    digits = [int(one) for one in reversed(written) if one.isdigit()]
    doubled = [sum(divmod(2 * one, 10)) for one in digits[1::2]]
    return len(set(digits)) > 1 and (sum(digits[::2]) + sum(doubled)) % 10 == 0


def is_network(match: re.Match[str]) -> bool:
    """An address, and neither a version of four numbers nor a time of day."""
    written = match[0]
    if "." in written:
        small = all(int(part) < 20 for part in written.split("."))
        if small or VERSION.search(match.string[: match.start()]):
            return False
    elif written.count(":") < 7 and ("::" not in written or written.count(":") < 3):
        return False
    try:
        ip_address(written)
    except ValueError:
        return False
    return True


def is_phone(match: re.Match[str]) -> bool:
    digits = sum(one.isdigit() for one in match[0])
    if not 8 <= digits <= 15 or DATE.fullmatch(match[0]):
        return False
    return not VERSION.search(match.string[: match.start()])


def named(text: str, words: Collection[str]) -> Iterator[tuple[int, int]]:
    """Where somebody's names stand: whole ones first, then their parts."""
    told = plain(text) if words else ""
    if not may_name(told, words):
        return
    if there := [match.span() for match in re.finditer(as_words(words), told)]:
        at = places(text)
        yield from ((at[start], at[end - 1] + 1) for start, end in there)


def words_of(names: Iterable[str]) -> set[str]:
    """What to look for in a text; particles stand for nobody by themselves.

    Args:
        names: what somebody gave as names or e-mail addresses; found in any case, with or
            without accents, as whole words.
    """
    wanted: set[str] = set()
    for name in names:
        whole = plain(name).strip()
        parts = {part for part in re.split(r"[\W_]+", whole) if len(part) >= LETTERS}
        is_address = "@" in whole
        wanted |= {whole} if is_address else parts - PARTICLES | ({whole} if parts else set())
    return wanted


def may_name(told: str, words: Iterable[str]) -> bool:
    """Few people write their own name, and an expression of their own costs more than a look."""
    return any(one.partition(" ")[0] in told for one in words)


def as_words(words: Iterable[str]) -> str:
    """An expression for any of them, with any white space within."""
    ordered = sorted(words, key=lambda one: (-len(one), one))
    pattern = "|".join(re.escape(one).replace(r"\ ", r"\s+") for one in ordered)
    return rf"(?<!\w)(?:{pattern})(?!\w)"


def plain(text: str) -> str:
    """Without case and accents."""
    if text.isascii():
        return text.lower()
    letters = unicodedata.normalize("NFKD", text).casefold()
    return "".join(filterfalse(unicodedata.combining, letters))


def places(text: str) -> Sequence[int]:
    """For each character of the plain text, the place in the text that it comes from."""
    if text.isascii():
        return range(len(text))
    found: list[int] = []
    for place, letter in enumerate(text):
        kept = len(plain(letter))
        if not kept and found:
            found[-1] = place  # an accent belongs to the letter before it
        found += [place] * kept
    return found
