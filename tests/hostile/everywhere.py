"""Every address with each odd thing, and what must come of it."""

from collections.abc import Iterator, Sequence

from tests.hostile import drafts, grammar
from tests.hostile.drafts import CSRF, KEY, Draft
from tests.hostile.endpoints import Endpoint
from tests.hostile.filters import CHOICES, FIELDS, FILTERS, PLACE_VALUES, PLACES

Case = Draft


def methods(places: Sequence[Endpoint]) -> Iterator[Case]:
    for place in places:
        for method in grammar.METHODS:
            body = b"" if method in (b"POST", b"PUT", b"PATCH", b"DELETE") else None
            for signed_in in (True, False) if place.staff else (False,):
                draft = Draft(place.path, method=method, body=body, signed_in=signed_in)
                yield draft.having(what=f"{method[:9].decode()} {place.name}")


def paths(places: Sequence[Endpoint]) -> Iterator[Case]:
    for place in places:
        for what, (before, behind) in grammar.PATHS.items():
            yield place.draft.having(path=before + place.path + behind, what=what)


def hosts(places: Sequence[Endpoint]) -> Iterator[Case]:
    for place in places:
        for what, host in grammar.HOSTS.items():
            draft = place.draft.having(host=host, what=what)
            bad = place.staff and what in grammar.BAD_HOSTS and not place.path.startswith(b"/api")
            yield draft.expects(400) if bad else draft


def forwarded(places: Sequence[Endpoint]) -> Iterator[Case]:
    for place in places:
        for what, lines in grammar.FORWARDED.items():
            yield place.draft.having(headers=lines, what=what)


def headers(places: Sequence[Endpoint]) -> Iterator[Case]:
    for place in places:
        for what, lines in grammar.HEADERS.items():
            yield place.draft.having(headers=lines, what=what)


def queries(places: Sequence[Endpoint]) -> Iterator[Case]:
    odd = grammar.NO_TEXT | grammar.NUL | grammar.NUMBERS | {"markup": drafts.ESCAPED_MARKUP}
    for place in places:
        for at, (what, value) in enumerate(odd.items()):
            name = CHOICES[at % len(CHOICES)]
            yield place.draft.having(query=((name, value), (value, b"x")), what=what)


def filters(places: Sequence[Endpoint]) -> Iterator[Case]:
    odd = grammar.NO_TEXT | grammar.NUL | grammar.NUMBERS | grammar.DEPTHS | grammar.ODD_TEXT
    asked = [place for place in places if place.name in ("responses", "summary", "export")]
    for name in FILTERS:
        for at, (what, value) in enumerate(odd.items()):
            place = asked[at % len(asked)]
            yield place.draft.having(query=((name, value),), what=f"{name.decode()}: {what}")


def keyset(places: Sequence[Endpoint]) -> Iterator[Case]:
    listed = ("responses", "begun", "withdrawn", "audit", "quarantine", "compare", "members")
    for place in (place for place in places if place.name in listed):
        for name in PLACES:
            for what, value in PLACE_VALUES.items():
                yield place.draft.having(query=((name, value),), what=f"{name.decode()}: {what}")


def keys(places: Sequence[Endpoint]) -> Iterator[Case]:
    api = next(place for place in places if place.name == "api_responses")
    said = {
        "none": b"", "other": b"Basic " + KEY, "lower": b"bearer " + KEY, "half": KEY[:9],
        "nul": b"Bearer a\x00", "long": b"Bearer " + b"a" * 20_000, "not text": b"Bearer \xff",
        "markup": b"Bearer <script>" + drafts.MARK, "twice": b"Bearer Bearer " + KEY,
    }  # fmt: skip
    for what, value in said.items():
        draft = Draft(api.path, headers=((b"Authorization", value),), what=what)
        yield draft.expects(0, 400, 404, 431)
    good = ((b"Authorization", b"Bearer " + KEY),)
    yield Draft(api.path, headers=good, what="the key").expects(200)
    for name in (*CHOICES, *FILTERS):
        for what, value in (grammar.NUMBERS | grammar.NUL | PLACE_VALUES).items():
            yield Draft(api.path, headers=good, query=((name, value),), what=f"key, {what}")


def forgeries(places: Sequence[Endpoint]) -> Iterator[Case]:
    """Posts from elsewhere: the session goes along, the token does not, or another's."""
    for place in (place for place in places if place.staff and place.path.startswith(b"/staff")):
        for what, fields in {
            "no token": (),
            "a wrong token": ((b"csrfmiddlewaretoken", b"d" * drafts.TOKEN),),
            "half a token": ((b"csrfmiddlewaretoken", CSRF[:9]),),
        }.items():
            draft = Draft(place.path, method=b"POST", fields=fields, signed_in=True, what=what)
            yield draft.expects(403)
        origin = ((b"Origin", b"http://evil.example"),)
        right = ((b"csrfmiddlewaretoken", CSRF),)
        draft = Draft(place.path, method=b"POST", fields=right, signed_in=True, headers=origin)
        yield draft.having(what="from elsewhere").expects(403)


def staff_fields(places: Sequence[Endpoint]) -> Iterator[Case]:
    odd = grammar.NO_TEXT | grammar.NUL | grammar.NUMBERS | {"markup": drafts.ESCAPED_MARKUP}
    values = list(odd.items())
    at = 0
    for place in (place for place in places if place.staff):
        for name in FIELDS:
            for _time in range(3):
                what, value = values[at % len(values)]
                at += 1
                draft = place.draft.having(method=b"POST", fields=((b"csrfmiddlewaretoken", CSRF),))
                yield draft.saying(name, value).having(what=f"{name.decode()}: {what}")


def uploads(places: Sequence[Endpoint]) -> Iterator[Case]:
    taking = ("move_in", "import", "weights_change", "settings", "export", "members")
    token = grammar.part(b"csrfmiddlewaretoken", CSRF)
    for place in (place for place in places if place.name in taking):
        for more in (b"", grammar.part(b"do", b"take") + grammar.part(b"opened", b"1")):
            for what, body in grammar.MULTIPART.items():
                kind = grammar.KINDS["multipart"]
                draft = place.draft.having(method=b"POST", body=token + more + body, kind=kind)
                yield draft.having(what=f"{place.name}: {what}")


def codes(places: Sequence[Endpoint]) -> Iterator[Case]:
    odd = grammar.NO_TEXT | grammar.NUL | grammar.ODD_TEXT | grammar.NUMBERS
    for place in places:
        for code in (drafts.RECEIPT, drafts.RESUME):
            if code in place.path:
                for what, value in odd.items():
                    path = place.path.replace(code, value.replace(b" ", b"") or b"x")
                    yield Draft(path, what=f"{place.name}: {what}").expects(
                        0, 400, 404, 405, 410, 414
                    )
                path = place.path.replace(code, drafts.WITHDRAWN)
                # To who invites it is no code at all.
                gone = 404 if place.name == "join" else 410
                yield Draft(path, what=f"{place.name}: withdrawn").expects(405, gone)


EVERYWHERE = (
    methods, paths, hosts, forwarded, headers, queries, filters, keyset, keys, forgeries,
    staff_fields, uploads, codes,
)  # fmt: skip
