"""What the mentions of many answers add up to: people per name, and names that are unknown.

People are counted, not mentions: whoever writes Llama five times is one person for Llama.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from feedback.open_text.catalogue import key
from feedback.open_text.mentions import Mention

UNTOLD = ""  # the version of a name without one
ITEM = re.compile(r"[^,;/&+|\n]+")
TOKEN = re.compile(r"[^\W_][\w.+\-]*[\w+]|[^\W\d_]")
MODEL_LIKE = re.compile(r"(?=.*[^\W\d_]{2})(?=.*\d)[\w.+\-]{3,}")
QUANTITY = re.compile(
    r"(?i)v?\d[\d.,x\-]*(?:st|nd|rd|th|k|m|b|gb|mb|tb|g|bit|bits|ms|s|h|x|px|gib|€|%)?"
    r"|q\d\w*|(?:rtx|gtx|rx|a|h|m|i|c|b)[\-]?\d+\w*|\d+[\-]?bits?"
)
FEW = 3  # words of an item that may be nothing but a name
LITTLE_WORDS = """
a about after ai all also always an and any anything api are as at be because been both but by
can custom depends did do does don dont etc everything few for from good got had has have haven
havent he her his how however i idk if in into is isn it its just know like llm llms local
locally lots many maybe mainly me model models more most mostly much my n/a na never no none not
nothing now of often on one only open or other others our own same several she so some something
sometimes source still such sure than that the their them then there these they thing things
this those to too tool tools tried try two unknown use used using usually various very was we
well were what when which while who why will with would yes yet you your und oder ich nicht
keine mit et ou je pas avec y o no con ninguno ninguna el la los las de
"""
ORDINARY = frozenset(LITTLE_WORDS.split())


@dataclass(frozen=True)
class Named:
    """How many people named what."""

    people: int  # who answered, with a name or without
    naming: int  # who named anything
    families: dict[str, int]  # most named first, then by name
    versions: dict[str, dict[str, int]]  # by family; UNTOLD: never with a version
    together: dict[tuple[str, str], int]  # two families by the same person


def counted(mentions: Sequence[Iterable[Mention]], *, people: Sequence[Hashable] = ()) -> Named:
    """Counts over answers; ``people`` says who wrote each, or each is somebody else's."""
    names: dict[Hashable, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for person, found in zip(people or range(len(mentions)), mentions, strict=True):
        for mention in found:
            names[person][mention.family].add(mention.version)
    families: Counter[str] = Counter()
    together: Counter[tuple[str, str]] = Counter()
    versions: dict[str, Counter[str]] = defaultdict(Counter)
    for by_family in names.values():
        families.update(by_family.keys())
        together.update(combinations(sorted(by_family), 2))
        for family, told in by_family.items():
            versions[family].update(told - {UNTOLD} or {UNTOLD})
    return Named(
        people=len(set(people)) if people else len(mentions),
        naming=len(names),
        families=ranked(families),
        versions={family: ranked(versions[family]) for family in ranked(families)},
        together={(a, b): n for (a, b), n in sorted(together.items(), key=lambda x: (-x[1], x[0]))},
    )


def ranked(counts: Counter[str]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


@dataclass
class Unresolved:
    """One spelling that may be a name and that the catalogue does not know."""

    spelling: str
    people: int
    written: dict[str, int] = field(default_factory=dict)  # as written, most frequent first


def unresolved(
    texts: Sequence[str], mentions: Sequence[Sequence[Mention]], *, known: Iterable[str] = ()
) -> list[Unresolved]:
    """What staff are to decide on, what most people wrote first.

    Args:
        texts: answers to a question that asks for names, one a person.
        mentions: what was found in each.
        known: spellings that are no names (a catalogue's ``not_names``).
    """
    refused = {key(spelling) for spelling in known}
    written: dict[str, Counter[str]] = defaultdict(Counter)
    for text, found in zip(texts, mentions, strict=True):
        once = {key(one): one for one in candidates(text, found)}
        for spelling, one in once.items():
            if spelling not in refused:
                written[spelling][one] += 1
    queue = [
        Unresolved(min(forms, key=lambda one: (-forms[one], one)), forms.total(), ranked(forms))
        for forms in written.values()
    ]
    return sorted(queue, key=lambda one: (-one.people, one.spelling))


def candidates(text: str, found: Sequence[Mention]) -> Iterable[str]:
    """Words that look like names, or that are all there is between two commas."""
    for item in ITEM.finditer(text):
        if any(one.start < item.end() and item.start() < one.end for one in found):
            yield from tokens(item[0], item.start(), found, alone=False)
            continue
        words = item[0].split()
        alone = 0 < len(words) <= FEW and not any(
            key(word) in ORDINARY and (place == 0 or word.islower())
            for place, word in enumerate(words)
        )
        if alone and len(words) > 1 and all(word[0].isupper() for word in words):
            yield item[0].strip().rstrip(".!?")  # Le Chat, Blackbox AI: one name of several words
        else:
            yield from tokens(item[0], item.start(), found, alone=alone)


def tokens(item: str, offset: int, found: Sequence[Mention], *, alone: bool) -> Iterable[str]:
    for place, token in enumerate(TOKEN.finditer(item)):
        start, end = offset + token.start(), offset + token.end()
        word = token[0]
        if any(one.start < end and start < one.end for one in found):
            continue
        if key(word) in ORDINARY or QUANTITY.fullmatch(word) or len(word) < 2:
            continue
        inner = any(letter.isupper() for letter in word[1:])
        capital = word[0].isupper() and (place > 0 or alone)
        if alone or inner or capital or MODEL_LIKE.fullmatch(word):
            yield word
