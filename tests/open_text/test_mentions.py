"""Names in answers: what counts, what does not, where it stands, and what staff decide."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.open_text.catalogue import Catalogue, CatalogueWrong, Decisions, Entity, read, shipped
from feedback.open_text.folding import folded
from feedback.open_text.mentions import Finder, How, Mention, common_words
from feedback.open_text.named import counted, unresolved
from tests.open_text.named_answers import ASKED, UNASKED
from tests.open_text.named_apart import answers_apart, scores
from tests.open_text.real import AWAY, ENTRIES, ORGANIC, there

MODELS = shipped("open_models")
FINDER = Finder(MODELS)
LABELLED = [(text, names, True) for text, names in ASKED]
LABELLED += [(text, names, False) for text, names in UNASKED]


def names(text: str, *, asked: bool = True, finder: Finder = FINDER) -> list[str]:
    return [f"{one.family} {one.version}".strip() for one in finder.find(text, asked=asked)]


def only(text: str, *, asked: bool = True) -> Mention:
    (one,) = FINDER.find(text, asked=asked)
    return one


@pytest.mark.parametrize(("text", "wanted", "asked"), LABELLED, ids=[text for text, *_ in LABELLED])
def test_a_labelled_answer_has_the_names_that_a_reader_sees(
    text: str, wanted: str, asked: bool
) -> None:
    """Families and versions; what the reader sees is written down in named_answers."""
    assert Counter(names(text, asked=asked)) == Counter(filter(None, wanted.split("; ")))


def test_names_are_found_in_answers_of_a_writer_who_knew_no_rule_of_ours() -> None:
    """Labels by whoever wrote the rules prove little; what these miss is left as it is."""
    right, given_, of = scores(FINDER, answers_apart())

    assert right / given_ >= 0.97
    assert right / of >= 0.92


@there
def test_answers_on_other_matters_name_no_model() -> None:
    """Thousands of real answers on charts, packages and builds, with glm() and mamba in them."""
    finder = Finder(MODELS, common=common_words(ORGANIC, MODELS))

    found = [(one.written, text) for text in ORGANIC for one in finder.find(text)]

    assert len(ORGANIC) > 5_000, AWAY
    assert len(found) <= 1, found


@there
def test_what_people_wrote_in_beside_a_list_of_models_is_found() -> None:
    """Real write-ins: products and tools rather than models, and one that is no name."""
    found = {text: names(text) for text in ENTRIES}

    assert [text for text, got in found.items() if not got] == ["custom"]


def test_a_misspelt_name_is_found_unless_the_answers_use_the_word() -> None:
    """One letter makes falcon "falkon"; but in a survey on a falkon nobody means the model."""
    assert only("falkon").how is How.FUZZY
    assert Finder(MODELS, common={"falkon"}).find("falkon", asked=True) == []


def test_a_word_that_many_use_is_no_misspelling_but_a_common_misspelling_is() -> None:
    """Forty write "falkon" for something of theirs; six "mistrall" where fifty are right."""
    texts = ["our falkon"] * 40 + ["mistral"] * 50 + ["mistrall"] * 6

    common = common_words(texts, MODELS)

    assert "falkon" in common
    assert "mistrall" not in common


@given(st.text(max_size=30), st.text(max_size=30))
def test_a_span_is_exactly_what_was_written(before: str, after: str) -> None:
    """Whatever stands around a name, and however long it is once folded."""
    text = f"{before} Ｑｗｅｎ２.５ {after}"

    for one in FINDER.find(text, asked=True):
        assert text[one.start : one.end] == one.written
    start = len(before) + 1
    assert any(one.start == start and one.family == "qwen" for one in FINDER.find(text, asked=True))


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("ﬁne: Lla\u00adma 3!", "Lla\u00adma 3"),
        ("İİİ llama3.", "llama3"),
        ("ẞ ﬃ ½ Qwen‑2.5 …", "Qwen‑2.5"),
        ("e\u0301te\u0301 mistral\u00ad", "mistral"),
    ],
)
def test_folding_changes_lengths_and_no_offsets(text: str, written: str) -> None:
    """Ligatures grow, soft hyphens vanish, accents join; the mark stays on the name."""
    one = only(text)

    assert one.written == written == text[one.start : one.end]


@given(st.text(max_size=60))
def test_every_folded_character_knows_its_place(text: str) -> None:
    """One start and one end each, in order, within the text."""
    plain = folded(text)

    assert len(plain.starts) == len(plain.ends) == len(plain.text)
    assert list(plain.starts) == sorted(plain.starts)
    assert all(0 <= a < b <= len(text) for a, b in zip(plain.starts, plain.ends, strict=True))


def test_size_and_variant_are_told_apart_from_the_version() -> None:
    """Three levels: family, version, and as written."""
    one = only("Qwen3-30B-A3B-Instruct-2507")

    assert (one.family, one.version, one.size, one.variant) == ("qwen", "3", "30b-a3b", "instruct")
    assert one.written == "Qwen3-30B-A3B-Instruct-2507"


def test_an_ambiguous_name_needs_a_version_a_neighbour_or_the_question() -> None:
    """Falcons fly, and people whisper."""
    assert names("the falcon", asked=False) == []
    assert names("the falcon", asked=True) == ["falcon"]
    assert names("the falcon 40b", asked=False) == ["falcon"]
    assert names("mixtral or falcon", asked=False) == ["mixtral", "falcon"]


def test_one_decision_holds_for_every_answer() -> None:
    """Staff map a string once; the catalogue itself stays as it is."""
    texts = ["Mellum2", "my mellum2", "asdf", "ASDF!", "Kagi"]
    decisions = (
        Decisions()
        .adding(Entity(id="kagi", name="Kagi", kind="product", aliases=("kagi",)))
        .deciding("asdf", None)
        .deciding("mellum2", "mellum")
    )
    finder = Finder(MODELS.under(decisions))
    found = [finder.find(text, asked=True) for text in texts]

    assert [[one.family for one in each] for each in found] == [
        ["mellum"],
        ["mellum"],
        [],
        [],
        ["kagi"],
    ]
    assert unresolved(texts, found, known=finder.catalogue.not_names) == []
    assert names("Kagi") == []


def test_the_latest_decision_on_a_spelling_holds() -> None:
    """A mistake is mended by deciding again, also on what the catalogue knew."""
    first = Decisions().deciding("Falcon", None)
    then = first.deciding("falcon", "llama")

    assert names("falcon", finder=Finder(MODELS.under(first))) == []
    assert names("falcon", finder=Finder(MODELS.under(then))) == ["llama"]


def test_a_decision_on_what_is_not_there_is_refused() -> None:
    """Else the name would vanish without a word."""
    with pytest.raises(CatalogueWrong, match="nowhere"):
        MODELS.under(Decisions().deciding("x1", "nowhere"))


def test_what_the_catalogue_does_not_know_waits_for_staff() -> None:
    """Names by the people who wrote them; ordinary words and quantities are none."""
    texts = [
        "Foobar-7b and Llama 3",
        "foobar-7B",
        "I use Zork mostly, on a RTX4090 with 24GB",
        "none",
        "Llama 3, zork",
        "Big Fish AI",
    ]
    queue = unresolved(texts, [FINDER.find(text, asked=True) for text in texts])

    assert [(one.spelling, one.people) for one in queue] == [
        ("Foobar-7b", 2),
        ("Zork", 2),
        ("Big Fish AI", 1),
    ]
    assert queue[0].written == {"Foobar-7b": 1, "foobar-7B": 1}


def test_people_are_counted_once_each() -> None:
    """A person who repeats a name is one, and so is one who answers twice."""
    texts = ["Llama, llama, LLAMA 3", "llama 3 and qwen", "llama 2", "nothing"]
    found = [FINDER.find(text, asked=True) for text in texts]

    each, both = counted(found), counted(found, people=["a", "b", "b", "c"])

    assert each.families == {"llama": 3, "qwen": 1}
    assert each.versions["llama"] == {"3": 2, "2": 1}
    assert each.together == {("llama", "qwen"): 1}
    assert (each.people, each.naming) == (4, 3)
    assert both.families == {"llama": 2, "qwen": 1}
    assert both.people == 3


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "not YAML"),
        ("name: x\nentities: [{id: a, name: A}]", "a: give at least one alias"),
        ("name: x\nentities: [{id: a, name: A, aliases: [b], colour: red}]", "entities.0.colour"),
        ("name: x\nentities: [{id: a, name: A, patterns: ['(?=b)']}]", "cannot be run"),
        ("name: x\nentities: [{id: a, name: A, aliases: ['-']}]", "no letter and no figure"),
        (
            "name: x\n"
            "entities: [{id: a, name: A, aliases: [b c]}, {id: d, name: D, aliases: [b-c]}]",
            "belongs to a and d",
        ),
        ("name: x\nentities: [{id: a, name: A, kind: pet, aliases: [b]}]", "entities.0.kind"),
    ],
)
def test_a_mistake_in_a_catalogue_is_told_with_its_place(text: str, says: str) -> None:
    """People write it by hand."""
    with pytest.raises(CatalogueWrong, match=says):
        read(text)


def test_the_shipped_catalogue_has_the_families_that_people_ask_for() -> None:
    """Some forty-five families of open models, and products, runtimes and tools beside them."""
    kinds = Counter({entity.id: entity.kind for entity in MODELS.entities}.values())

    assert kinds["model"] >= 45
    assert min(kinds["product"], kinds["runtime"], kinds["tool"]) >= 8


def test_a_catalogue_of_nothing_finds_nothing() -> None:
    """The first entity of a new field is still to be written."""
    assert Finder(Catalogue(name="new", entities=())).find("anything at all", asked=True) == []
