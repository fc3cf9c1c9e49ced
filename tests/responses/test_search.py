"""Search finds what was typed in any language, and says where; nothing else is found."""

import unicodedata
from collections.abc import Sequence
from typing import Any

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from feedback.frames.layout import layout_of
from feedback.models import Response, Survey
from feedback.refresh import refresh
from feedback.responses import search
from feedback.responses.folding import folded, words_of
from feedback.responses.highlighting import origins
from feedback.responses.search_syntax import parsed, tsquery
from feedback.responses.selection import Selection
from tests import build

# A text, what finds it, and what does not.
LANGUAGES: dict[str, tuple[str, Sequence[str], Sequence[str]]] = {
    "English": (
        "Don’t close the café: co-operate, e.g. via town@example.org!",
        [
            "cafe",
            "CAFÉ",
            "cafe\u0301",
            "the cafe",
            '"close the café"',
            "don't",
            "co-operate",
            '"co operate"',
            "example.org",
            "town@example.org",
            "clos*",
            "pub OR café",
            "-pub café",
            'café -"close café"',
        ],
        ["caf", "closing", '"the close"', "-café", "cooperate", "café -close", "pub OR bar"],
    ),
    "German": (
        "Die Straße zum Fahrradständer ist GRÖSSER als die Fußgängerbrücke.",
        [
            "strasse",
            "STRASSE",
            "straße",
            "größer",
            "grösser",
            "fahrradstander",
            "Fahrrad*",
            "fußgangerbrucke",
            '"die straße"',
            "straße -fluss",
        ],
        ["fahrrad", "ständer", "strase", "groesser", '"straße die"', "-straße", "Rad*"],
    ),
    "Spanish": (
        "¿Más árboles? Sí, en la plaza del niño.",
        ["mas", "árboles", "arboles", '"más árboles"', "nino", "niño", "arbol*", "arboles -banco"],
        ["arbol", "árbol", "-niño", '"árboles más"'],
    ),
    "Polish": (
        "Źródło w Łodzi",
        ["zrodlo", "źródło", "lodzi", "Łodzi", "-warszawa lodzi"],
        ["łódź", "-łodzi"],
    ),
    "Russian": (
        "Мой ещё зелёный парк",
        ["еще", "ещё", "зеленый", "ПАРК", '"зеленый парк"', "мой", "парк -дом"],
        ["мои", "парки", "-парк", '"парк зеленый"'],
    ),
    "Arabic": (
        "أُرِيدُ مَقَاعِدَ أَكْثَرَ فِي الحديقة الكبيـــرة",
        [
            "اريد",
            "أريد",
            "أُرِيدُ",
            "مقاعد",
            '"مقاعد اكثر"',
            "الحديقة",
            "الحديقه",
            "الكبيرة",
            "الحديق*",
            "مقاعد -شارع",
        ],
        ["حديقة", "كبيرة", '"اكثر مقاعد"', "-مقاعد", "مقاعد -الحديقة"],
    ),
    "Persian": (
        "می‌خواهم کتاب ۱۲ بخوانم",
        ["میخواهم", "می‌خواهم", "كتاب", "کتاب", "12", "۱۲", "كتاب -شهر"],
        ["خواهم", "-کتاب"],
    ),
    "Hebrew": (
        'שָׁלוֹם, צה"ל ובית־ספר',
        ["שלום", "שָׁלוֹם", 'צה"ל', "צה״ל", "ובית־ספר", "ספר", '"ובית ספר"', "שלום -ים"],
        ["בית", "שלו", "-שלום", '"ספר ובית"'],
    ),
    "Hindi": (
        "हमें और बेंच चाहिए १२",
        ["बेंच", "चाहिए", '"और बेंच"', "12", "बेंच -सड़क"],
        ["बें", "बच", "-बेंच", '"बेंच और"'],
    ),
    "Korean": (
        "공원에 벤치를 더 놓아 주세요",
        ["벤치를", "벤치*", unicodedata.normalize("NFD", "벤치를"), '"벤치를 더"', "벤치를 -차"],
        ["벤치", "-벤치를", '"더 벤치를"'],
    ),
    "Chinese": (
        "公园里需要更多长椅，厕所也要。ＷｉＦｉ很慢",
        [
            "公园",
            "长椅",
            "更多长椅",
            "园",
            '"公园里需要"',
            "wifi",
            "wifi很慢",
            "长椅 -停车",
            "停车 OR 厕所",
        ],
        ["园公", "椅厕", "公椅", "長椅", "-长椅", "长椅 -公园"],
    ),
    "Japanese": (
        "公園にベンチを増やして。ﾄｲﾚも、データ・センターも",
        [
            "ベンチ",
            "公園",
            "増やして",
            "トイレ",
            "ﾄｲﾚ",
            "公園にベンチ",
            '"データセンター" OR ベンチ',
            "データ・センター",
            "ヘ゛ンチ OR ベンチ",
            "ベンチ -車",
        ],
        ["チンベ", "ヘンチ", "べんち", "-ベンチ", "ベンチ -公園", "データセンター"],
    ),
    "Thai": (
        "อยากให้มีม้านั่งเพิ่มในสวนสาธารณะ",
        ["ม้านั่ง", "สวนสาธารณะ", '"ม้านั่งเพิ่ม"', "สวน", "ม้านั่ง -รถ"],
        ["มานัง", "สวนม้า", "-ม้านั่ง", "ม้านั่ง -สวน"],
    ),
    "signs": (
        "More 🌳🌳 please, 100% ✓ snake_case",
        ["🌳", "more 🌳", "✓", "100", "snake_case", "🌳 -🚗"],
        ["🚗", "-🌳", "snake", '"please 🌳"'],
    ),
}
TEXTS = [
    pytest.param(text, finding, missing, id=name)
    for name, (text, finding, missing) in LANGUAGES.items()
]


def found(survey: Survey, words: str, **more: Any) -> set[int]:
    rows = Selection(words=words, **more).responses(survey, layout_of(survey).items)
    return set(rows.values_list("pk", flat=True))


def all_found(survey: Survey, searches: Sequence[str]) -> dict[str, set[int]]:
    return {words: found(survey, words) for words in searches}


@pytest.mark.parametrize(("text", "finding", "missing"), TEXTS)
def test_what_people_type_finds_what_people_wrote(
    town: Survey, text: str, finding: Sequence[str], missing: Sequence[str]
) -> None:
    """Each language has its own way to type one word in two ways."""
    row = build.respond(town, wish=text)
    refresh()

    assert all_found(town, finding) == {words: {row.pk} for words in finding}
    assert all_found(town, missing) == {words: set() for words in missing}


@pytest.mark.parametrize(("text", "finding", "missing"), TEXTS)
def test_what_finds_a_text_is_marked_in_it(
    text: str, finding: Sequence[str], missing: Sequence[str]
) -> None:
    """Who searched sees why a response is in the list, in the words it was written in."""
    for words in finding:
        segments = search.highlighted(text, words)
        assert "".join(piece for piece, _hit in segments) == text
        assert any(hit for _piece, hit in segments), words
    for words in [words for words in missing if "-" not in words]:
        assert not any(hit for _piece, hit in search.highlighted(text, words)), words


@pytest.mark.parametrize(
    ("text", "words", "marked"),
    [
        ("The Café, the café’s door", "cafe", ["Café", "café"]),
        ("more benches, more trees", '"more trees"', ["more trees"]),
        ("more benches, more trees", "-benches trees", ["trees"]),
        ("more benches, more trees", "-benches", []),
        ("bench benches benchmark", "bench* -benches", ["bench", "benchmark"]),
        ("Fußgänger in der STRASSE", "fussganger straße", ["Fußgänger", "STRASSE"]),
        ("الحَدِيقَةُ الكبيـــرة", "الحديقة الكبيرة", ["الحَدِيقَةُ", "الكبيـــرة"]),
        ("שָׁלוֹם עולם", "שלום", ["שָׁלוֹם"]),
        ("公园里需要更多长椅", "更多长椅", ["更多长椅"]),
        ("公园里的公园", "园", ["园", "园"]),
        ("ﾄｲﾚとベンチ", "トイレ", ["ﾄｲﾚ"]),
        ("ｶﾞﾗｽの窓", "ガラス", ["ｶﾞﾗｽ"]),
        ("มีม้านั่งเพิ่ม", "ม้านั่ง", ["ม้านั่ง"]),
        ("한국어 벤치를", unicodedata.normalize("NFD", "벤치를"), ["벤치를"]),
        (
            unicodedata.normalize("NFD", "über 벤치를"),
            "uber 벤치를",
            [unicodedata.normalize("NFD", "über"), unicodedata.normalize("NFD", "벤치를")],
        ),
        ("e-mail or email", "e-mail", ["e-mail"]),
        ("oak OR elm", "oak OR elm", ["oak", "elm"]),
        ("oak", "", []),
        ("oak", "!!", []),
        ("", "oak", []),
    ],
)
def test_hits_are_marked_as_they_were_typed(text: str, words: str, marked: Sequence[str]) -> None:
    """Marking the folded text would show people what nobody wrote."""
    assert [piece for piece, hit in search.highlighted(text, words) if hit] == marked


any_text = st.text(
    st.one_of(
        st.characters(exclude_categories=["Cs"]),
        st.sampled_from(
            "aÄßé\u0301\u0308ﬁΣςİıйЙё أإىةـَ\u200c\u200d שָׁ״\"' ﾄﾞｶﾞ公园里ม้าั๒한\u1100\u1161\u11a8-*OR🌳"
        ),
    ),
    max_size=60,
)


@given(any_text, any_text)
def test_segments_join_to_the_text_whatever_it_is(text: str, words: str) -> None:
    """Nothing that a respondent wrote may go missing because somebody searched."""
    segments = search.highlighted(text, words)
    assert "".join(piece for piece, _hit in segments) == text
    assert all(piece for piece, _hit in segments)

    for length in (1, 10, 40):
        excerpt = search.excerpt_around(segments, length)
        inner = [piece for piece, _hit in excerpt]
        if inner and inner[0] == "…" and not text.startswith("…"):
            inner = inner[1:]
        if inner and inner[-1] == "…" and not text.endswith("…"):
            inner = inner[:-1]
        assert "".join(inner) in text


@given(any_text)
def test_a_text_is_folded_alike_whole_and_by_the_character(text: str) -> None:
    """Else a hit that the index knows stands nowhere on the page."""
    starts, ends, plain = origins(text)

    assert [w for w, *_ in words_of(plain)] == [w for w, *_ in words_of(folded(text))]
    assert len(starts) == len(ends) == len(plain)


@given(any_text)
def test_folding_twice_changes_nothing_more(text: str) -> None:
    """A word that was copied from anywhere is found again."""
    assert folded(folded(text)) == folded(text)


@pytest.mark.django_db
@given(st.lists(any_text.filter(lambda text: "\0" not in text), min_size=1, max_size=3), any_text)
def test_any_search_in_any_text_is_answered(texts: list[str], words: str) -> None:
    """What PostgreSQL cannot read as words of a query must never reach it."""
    vector = search.tsvector({f"part{n}": text for n, text in enumerate(texts)})
    query = tsquery(parsed(words), [search.scope("part0")])
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::tsvector @@ %s::tsquery", [vector, query])
        [(held,)] = cursor.fetchall()

    alternatives = parsed(words)
    if len(alternatives) == 1 and not any(term.excluded for term in alternatives[0]):
        marked = [hit for piece, hit in search.highlighted(texts[0], words) if hit]
        assert bool(marked) or not held


def test_words_of_one_answer_are_not_those_of_another(town: Survey) -> None:
    """Two questions often hold the same words, and mean opposite things by them."""
    here = build.respond(town, wish="more benches", visit="other", visit__other="never trees")
    there = build.respond(town, wish="no trees", visit="other", visit__other="for the benches")
    refresh()

    assert found(town, "benches") == found(town, "trees") == {here.pk, there.pk}
    assert found(town, "", words_in={"wish": "benches"}) == {here.pk}
    assert found(town, "", words_in={"visit__other": "benches"}) == {there.pk}
    assert found(town, "", words_in={"wish": "-benches"}) == {there.pk}
    assert found(town, "trees", words_in={"wish": "benches"}) == {here.pk}
    assert found(town, "", words_in={"wish": "trees", "visit__other": "benches"}) == {there.pk}
    assert found(town, '"benches never"') == set()  # a phrase never runs from one into the next


def test_a_text_of_any_length_is_indexed(town: Survey) -> None:
    """PostgreSQL refuses more than a megabyte of words, and the whole batch with it."""
    long = build.survey(
        [{"key": f"t{n}", "type": "long_text", "text": "?", "max_length": 50_000} for n in "123"],
        slug="long",
    )
    signs = "".join(chr(0x4E00 + (n * 7919) % 20_000) for n in range(49_990))
    row = build.respond(long, t1="begin " + signs, t2="x" * 40_000 + " end", t3="word " * 9_000)
    refresh()

    assert found(long, "begin") == {row.pk}
    assert found(long, signs[:20]) == found(long, signs[40_000:40_020]) == {row.pk}


def test_an_excerpt_shows_the_first_hit() -> None:
    """A list shows little of a long text; the hit may stand at its end."""
    text = "nothing of note here, " * 50 + "but benches are wanted, " + "and so on. " * 50
    excerpt = search.excerpt_around(search.highlighted(text, "benches"), 120)

    assert ("benches", True) in excerpt
    assert excerpt[0] == excerpt[-1] == ("…", False)
    assert sum(len(piece) for piece, _hit in excerpt) <= 122
    short = search.highlighted("more benches", "benches")
    assert search.excerpt_around(short, 120) == short
    without = search.excerpt_around(search.highlighted(text, "elm"), 120)
    assert without[0][0].startswith("nothing of note") and without[-1] == ("…", False)


def test_words_of_a_personal_answer_are_never_found(town: Survey) -> None:
    """The index holds nothing of what is encrypted."""
    build.respond(town, name="Ada Canary", wish="x")
    refresh()

    assert Response.objects.count() == 1 and found(town, "canary") == set()
