"""The corpus: half of it every case by name at every address, half drawn by a grammar.

From a seed alone: the same number is the same request, run after run, as long as addresses
and numbers of things stay the same.
"""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain, islice

from tests.hostile import drafts, grammar
from tests.hostile.cases import Case, Town, every_case
from tests.hostile.drafts import CSRF, KEY, MARKUP, Draft, Hostile, escaped
from tests.hostile.endpoints import Endpoint
from tests.hostile.filters import CHOICES, FIELDS, FILTERS, INTERNAL, PLACE_VALUES, PLACES

Change = Callable[["Grammar", Draft], Draft]
ODD: Sequence[Mapping[str, bytes]] = (
    grammar.NO_TEXT, grammar.NUL, grammar.ODD_TEXT, grammar.NUMBERS, grammar.DEPTHS,
)  # fmt: skip


def corpus(n: int, *, seed: int, town: str, places: Sequence[Endpoint]) -> list[Hostile]:
    """So many requests, mixed: what stays behind of one is there when the next ones come."""
    drawn = random.Random(seed)
    named = list(spread(every_case(Town(town), places), n - n // 2, drawn))
    grammar_of = Grammar(drawn, Town(town), places)
    made = [grammar_of.sentence() for _n in range(n - len(named))]
    mixed = [*named, *made]
    drawn.shuffle(mixed)
    return [draft.numbered(number) for number, draft in enumerate(mixed)]


def family(name: str, *, town: str, places: Sequence[Endpoint], most: int = 200) -> list[Hostile]:
    """The named cases of one family."""
    cases = every_case(Town(town), places)[name]
    return [draft.numbered(number) for number, draft in enumerate(islice(cases, most))]


def spread(cases: Mapping[str, Iterator[Case]], n: int, drawn: random.Random) -> list[Draft]:
    """Of each family some, however few are asked for; of large ones a sample."""
    left = [list(family) for family in cases.values()]
    for family in left:
        drawn.shuffle(family)
    rows = chain.from_iterable(zip_while(left))
    return list(islice(rows, n))


def zip_while(families: list[list[Draft]]) -> Iterator[list[Draft]]:
    while any(families):
        yield [family.pop() for family in families if family]


class Grammar:
    """A request, and some changes of it."""

    def __init__(self, drawn: random.Random, town: Town, places: Sequence[Endpoint]) -> None:
        self.drawn = drawn
        self.town = town
        self.places = places

    def sentence(self) -> Draft:
        draft = self.town.form() if self.drawn.random() < 0.4 else self.anywhere()
        changes = self.drawn.choices(CHANGES, k=self.drawn.randint(1, 4))
        for change in changes:
            draft = change(self, draft)
        what = ", ".join(change.__name__ for change in changes)
        return draft.having(family="grammar", what=what, statuses=frozenset(), times=1)

    def anywhere(self) -> Draft:
        place = self.drawn.choice(self.places)
        draft = place.draft.having(signed_in=place.staff and self.drawn.random() < 0.8)
        if self.drawn.random() < 0.5:
            return draft
        if not place.staff:
            return self.town.form().having(path=place.path)
        fields = ((b"csrfmiddlewaretoken", CSRF),) if self.drawn.random() < 0.9 else ()
        return draft.having(method=b"POST", fields=fields)

    def value(self) -> bytes:
        return self.pick(self.drawn.choice(ODD))

    def pick(self, values: Mapping[str, bytes]) -> bytes:
        return values[self.drawn.choice(list(values))]

    def name(self) -> bytes:
        return self.drawn.choice((*FIELDS, *INTERNAL, *Town.FIELDS))


def a_field(g: Grammar, draft: Draft) -> Draft:
    if draft.fields is None:
        return a_filter(g, draft)
    instead = g.drawn.random() < 0.8
    return draft.saying(g.name(), g.value(), instead=instead)


def an_answer(g: Grammar, draft: Draft) -> Draft:
    if draft.fields is None:
        return a_filter(g, draft)
    return draft.saying(g.drawn.choice(Town.FIELDS), g.value())


def a_filter(g: Grammar, draft: Draft) -> Draft:
    name = g.drawn.choice((*FILTERS, *PLACES, *CHOICES))
    value = g.pick(PLACE_VALUES) if g.drawn.random() < 0.2 else g.value()
    return draft.having(query=(*draft.query, (name, value.replace(b" ", b"+"))))


def a_path(g: Grammar, draft: Draft) -> Draft:
    before, behind = grammar.PATHS[g.drawn.choice(list(grammar.PATHS))]
    return draft.having(path=before + draft.path + behind)


def a_host(g: Grammar, draft: Draft) -> Draft:
    return draft.having(host=grammar.HOSTS[g.drawn.choice(list(grammar.HOSTS))])


def a_header(g: Grammar, draft: Draft) -> Draft:
    headers = grammar.HEADERS if g.drawn.random() < 0.6 else grammar.FORWARDED
    return draft.having(headers=(*draft.headers, *headers[g.drawn.choice(list(headers))]))


def a_key(g: Grammar, draft: Draft) -> Draft:
    said = g.drawn.choice((KEY, KEY[:-1], KEY + b"%00", b"Bearer", MARKUP))
    return draft.having(headers=(*draft.headers, (b"Authorization", b"Bearer " + said)))


def a_kind(g: Grammar, draft: Draft) -> Draft:
    return draft.having(kind=grammar.KINDS[g.drawn.choice(list(grammar.KINDS))])


def a_method(g: Grammar, draft: Draft) -> Draft:
    return draft.having(method=g.drawn.choice(grammar.METHODS))


def a_ticket(g: Grammar, draft: Draft) -> Draft:
    if draft.fields is None:
        return draft
    tickets = (drafts.STALE, drafts.FORGED, drafts.FOREIGN, drafts.USED, drafts.FRESH, g.value())
    return draft.saying(b"ticket", g.drawn.choice(tickets))


def parts(g: Grammar, draft: Draft) -> Draft:
    """A form of parts, with what lets it through at the front."""
    token = grammar.part(b"csrfmiddlewaretoken", CSRF)
    body = token + g.pick(grammar.MULTIPART)
    kind = grammar.KINDS["multipart"]
    return draft.having(method=b"POST", fields=None, body=body, kind=kind)


def noise(g: Grammar, draft: Draft) -> Draft:
    """Some bytes of the body struck by lightning."""
    body = bytearray(drafts.joined(draft.fields) if draft.fields is not None else draft.body or b"")
    for _strike in range(g.drawn.randint(1, 6)):
        if body:
            body[g.drawn.randrange(len(body))] = g.drawn.randrange(256)
    return draft.having(fields=None, body=bytes(body), method=b"POST")


def a_cut(g: Grammar, draft: Draft) -> Draft:
    return draft.having(cut=g.drawn.randint(1, 60), closes=True)


def words(g: Grammar, draft: Draft) -> Draft:
    """Letters from everywhere in Unicode, surrogates left out, in the wish."""
    points = (g.drawn.choice((0x80, 0x600, 0x2100, 0xFFFF, 0x10FFFF)) for _n in range(40))
    drawn = (g.drawn.randint(1, most) for most in points)
    text = "".join(chr(p) for p in drawn if not 0xD800 <= p <= 0xDFFF)
    return draft if draft.fields is None else draft.saying(b"wish", escaped(text))


CHANGES: Sequence[Change] = (
    a_field, an_answer, an_answer, words, words, a_filter, a_path, a_host, a_header, a_key,
    a_kind, a_method, a_ticket, parts, noise, a_cut,
)  # fmt: skip
