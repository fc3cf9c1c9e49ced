"""The form with each odd thing by its name, and what must come of it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import ClassVar

from tests.hostile import drafts, grammar
from tests.hostile.drafts import FORGED, FRESH, KEY, MARKUP, Draft, escaped
from tests.hostile.endpoints import Endpoint
from tests.hostile.everywhere import EVERYWHERE
from tests.hostile.filters import INTERNAL
from tests.hostile.framing import framings

Case = Draft
WAYS = ("check", "save")


class Town:
    """The form that answers go to."""

    FIELDS: ClassVar = (b"name", b"wish", b"visit", b"visit__other", b"uses", b"stars")
    TEXTS: ClassVar = (b"name", b"wish", b"visit__other")
    OWN: ClassVar = (b"_language", b"_page", b"_seen", b"_all", b"_to", b"_save", b"_website")

    def __init__(self, slug: str) -> None:
        self.path = b"/s/%s/" % slug.encode()

    def form(self, *, ticket: bytes = FRESH, wish: bytes = b"Benches") -> Draft:
        """A form that would be taken."""
        fields = ((b"ticket", ticket), (b"name", b"Ada"), (b"uses", b"walk"), (b"stars", b"4"))
        return Draft(self.path, method=b"POST", fields=(*fields, (b"wish", wish)))


def every_case(town: Town, places: Sequence[Endpoint]) -> Mapping[str, Iterator[Case]]:
    """By family, lazily."""

    def named(family: str, cases: Iterator[Case]) -> Iterator[Case]:
        return (case.having(family=family) for case in cases)

    of_form: tuple[Callable[[Town], Iterator[Case]], ...] = (
        no_text, odd_text, numbers, depths, sizes, own_fields, mass_assignment, tickets, replays,
        races, repeated, framing, kinds, own_hosts, form_of_parts,
    )  # fmt: skip
    told = {case.__name__: case(town) for case in of_form}
    told |= {case.__name__: case(places) for case in EVERYWHERE}
    return {name: named(name, cases) for name, cases in told.items()}


# -- the form ------------------------------------------------------------------------------


def no_text(town: Town) -> Iterator[Case]:
    for what, value in (grammar.NO_TEXT | grammar.NUL).items():
        for name in Town.FIELDS:
            yield town.form().saying(name, value).having(what=what).expects(422)
        yield town.form().saying(value, b"x").having(what=f"{what} as a name").expects(422)
        saved = town.form().saying(b"wish", value).having(what=f"{what}, saved")
        yield saved.saying(b"_save", b"1").expects(422, 303)
        for way in WAYS:
            path = town.path + way.encode() + b"/"
            yield town.form().saying(b"wish", value).having(path=path, what=f"{what}, {way}")


def odd_text(town: Town) -> Iterator[Case]:
    for what, value in grammar.ODD_TEXT.items():
        for name in (*Town.TEXTS, b"visit", b"stars"):
            yield town.form().saying(name, value).having(what=what)
        other = town.form().saying(b"visit", b"other").saying(b"visit__other", value)
        yield other.having(what=f"{what} as something else")
        yield town.form().saying(b"stars", b"9").saying(b"wish", value).having(what=f"{what} back")
        late = town.form(ticket=drafts.STALE, wish=value or b"x")
        yield late.having(what=f"{what}, late").expects(422)


def numbers(town: Town) -> Iterator[Case]:
    for what, value in (grammar.NUMBERS).items():
        yield town.form().saying(b"stars", value).having(what=what)
        for name in (b"_page", b"_seen", b"_all"):
            yield town.form().saying(name, value).having(what=f"{what} as {name.decode()}")


def depths(town: Town) -> Iterator[Case]:
    for what, value in grammar.DEPTHS.items():
        for name in Town.FIELDS:
            yield town.form().saying(name, value).having(what=what)


def sizes(town: Town) -> Iterator[Case]:
    base = town.form()
    for size in (5_000, 20_000, 400_000, 900_000):
        yield base.saying(b"wish", b"a" * size).having(what=f"a wish of {size}").expects(303, 422)
    for size in (1_000_001, 3_000_000):
        long = base.saying(b"wish", b"a" * size).having(what=f"a wish of {size}")
        yield long.expects(413)
    for many in (400, 2_000, 50_000):
        fields = (*(base.fields or ()), *((b"f%d" % n, b"x") for n in range(many)))
        yield base.having(fields=fields, what=f"{many} fields").expects(400)
        fields = (*(base.fields or ()), *((b"uses", b"walk") for _n in range(many)))
        yield base.having(fields=fields, what=f"{many} times one field").expects(400)
    yield base.having(body=b"&" * 200_000, fields=None, what="ampersands").expects(422)
    yield base.having(query=((b"q", b"a" * 7_000),), what="a long query").expects(303)
    many_queries = tuple((b"a%d" % n, b"") for n in range(3_000))
    yield base.having(query=many_queries, what="a query of many", headers=()).expects(303, 400)
    yield base.having(length=None, what="no length").expects(0, 400, 411)
    yield base.having(length=b"99999999999", closes=True, what="says too much").expects(0, 400, 413)


def own_fields(town: Town) -> Iterator[Case]:
    for values in (grammar.NO_TEXT, grammar.NUL, grammar.ODD_TEXT):
        for what, value in values.items():
            for name in Town.OWN:
                yield town.form().saying(name, value).having(what=f"{what} as {name.decode()}")


def mass_assignment(town: Town) -> Iterator[Case]:
    for name in INTERNAL:
        for value in (b"1", b"spam", MARKUP.replace(b" ", b"+").replace(b"&", b"")):
            what = f"{name.decode()} beside the answers"
            if name or value:
                yield town.form().saying(name, escaped(value)).having(what=what).expects(422)
        query = ((name, b"1"),)
        yield (
            town.form().having(query=query, what=f"{name.decode()} in the query").expects(303, 400)
        )


def tickets(town: Town) -> Iterator[Case]:
    bad = {
        "forged": FORGED, "stale": drafts.STALE, "of another survey": drafts.FOREIGN, "none": b"",
        "cut": FRESH[:-1], "long": FRESH + b"AAAA", "blank": b"+" + FRESH, "nul": FRESH + b"%00",
        "not ascii": b"%C3%A9" * 32, "no base 64": b"!" * 64, "huge": b"A" * 300_000,
        "zeros": b"A" * 64, "last": b"_" * 64, "a receipt": drafts.RECEIPT, "markup": MARKUP[:0],
        "a key": KEY, "json": b"%7B%7D",
    }  # fmt: skip
    for what, ticket in bad.items():
        for wish in (b"Benches", drafts.ESCAPED_MARKUP):
            if ticket.startswith(FRESH[:-1]) and what in ("cut",):
                ticket = b"A" * 63
            yield town.form(ticket=ticket, wish=wish).having(what=what).expects(422)
    without = town.form()
    fields = tuple(pair for pair in without.fields or () if pair[0] != b"ticket")
    yield without.having(fields=fields, what="without").expects(422)


def replays(town: Town) -> Iterator[Case]:
    for n in range(20):
        other = town.form(ticket=drafts.USED, wish=b"Other+%d" % n)
        yield other.having(what="other answers under a used ticket").expects(409)
        yield town.form(wish=b"Twice").having(what="the same once more", times=2).expects(303)


def races(town: Town) -> Iterator[Case]:
    for _n in range(6):
        yield town.form(wish=b"All+at+once").having(what="64 at once", times=64).expects(303)


def repeated(town: Town) -> Iterator[Case]:
    for name in (b"ticket", *Town.FIELDS):
        twice = town.form().saying(name, b"Ada", instead=False).saying(name, b"B", instead=False)
        yield twice.having(what=f"{name.decode()} again and again")


def framing(town: Town) -> Iterator[Case]:
    ways = (b"", b"check/", b"save/")
    for path in (*(town.path + way for way in ways), b"/staff/login/", b"/healthz", b"/readyz"):
        form = drafts.joined(town.form().fields or ())
        for what, (raw, statuses, closes) in framings(path, form).items():
            only_form = statuses if path == town.path else frozenset()
            whole = Draft(path, what=what, statuses=only_form, closes=closes, lines=(raw,))
            yield whole.having(method=b"raw", answers=2 if not statuses else 1)


def kinds(town: Town) -> Iterator[Case]:
    for what, kind in grammar.KINDS.items():
        yield town.form().having(kind=kind, what=what).expects(400, 415)


def own_hosts(town: Town) -> Iterator[Case]:
    saved = ((b"saved", b"1"),)
    for what in grammar.BAD_HOSTS:
        draft = Draft(town.path + b"resume/" + drafts.RESUME + b"/", query=saved)
        yield draft.having(host=grammar.HOSTS[what], what=what).expects(400)


def form_of_parts(town: Town) -> Iterator[Case]:
    for what, body in grammar.MULTIPART.items():
        kind = grammar.KINDS["multipart"]
        yield town.form().having(fields=None, body=body, kind=kind, what=what).expects(415)
