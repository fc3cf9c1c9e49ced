"""Suggested codes are right, say how sure they are, and what to read next is worth reading."""

import csv
import random
from collections import defaultdict

import numpy as np
import pytest
from numpy.typing import NDArray

from feedback.open_text.lsa import Lsa
from feedback.open_text.suggesting import (
    ENOUGH,
    TooFewExamples,
    learn,
    to_read,
    uncertainty,
)
from feedback.open_text.texts import normalised
from tests.open_text.real import AWAY, LABELLED

Vectors = NDArray[np.floating]


def clouds(many: int, *, seed: int = 1) -> tuple[Vectors, list[set[str]]]:
    """Answers about price, speed, or both at once, as noisy vectors."""
    rng = np.random.default_rng(seed)
    directions = {"price": np.eye(12)[0], "speed": np.eye(12)[1]}
    kinds: list[set[str]] = [{"price"}, {"speed"}, {"price", "speed"}, set()]
    coded = [kinds[at % 4] for at in range(many)]
    centres = [sum((directions[code] for code in codes), np.zeros(12)) for codes in coded]
    return np.array(centres) + rng.normal(0, 0.15, (many, 12)), coded


def test_an_answer_may_get_several_codes_or_none() -> None:
    """People say two things in one sentence, and some say nothing that is in the codebook."""
    vectors, coded = clouds(200)
    suggester = learn(vectors[:100], coded[:100])

    found = suggester.suggest(vectors[100:])

    right = [
        {one.code for one in each} == codes for each, codes in zip(found, coded[100:], strict=True)
    ]
    assert np.mean(right) > 0.85


def test_the_surest_code_comes_first() -> None:
    """Staff take the first with one key."""
    vectors, coded = clouds(120)

    for each in learn(vectors, coded).suggest(vectors, at_least=0.1):
        confidences = [one.confidence for one in each]
        assert confidences == sorted(confidences, reverse=True)


def test_a_code_with_few_examples_is_not_suggested() -> None:
    """Nine examples are too few to learn from, ten are not."""
    vectors, coded = clouds(200)
    for at in range(ENOUGH - 1):
        coded[at] = coded[at] | {"rare"}
    assert "rare" not in learn(vectors, coded).codes

    coded[100] = coded[100] | {"rare"}
    assert "rare" in learn(vectors, coded).codes


def test_with_no_code_to_learn_the_message_says_what_to_do() -> None:
    """Suggestions are asked for before coding has begun."""
    with pytest.raises(TooFewExamples, match="code 10 answers"):
        learn(np.eye(3), [{"a"}, set(), {"a"}])


def test_confidence_is_what_it_says() -> None:
    """Of suggestions with some confidence, about that share is right, on hard answers too."""
    rng = np.random.default_rng(3)
    vectors, coded = clouds(3_000, seed=3)
    vectors = vectors + rng.normal(0, 0.5, vectors.shape)
    suggester = learn(vectors[:400], coded[:400])
    confident = suggester.confidences(vectors[400:]).ravel()
    truth = np.array(
        [[code in given for code in suggester.codes] for given in coded[400:]], float
    ).ravel()

    for low in np.arange(0, 1, 0.2):
        inside = (confident >= low) & (confident < low + 0.2)
        if inside.sum() > 100:
            assert abs(confident[inside].mean() - truth[inside].mean()) < 0.1


def test_the_same_examples_teach_the_same() -> None:
    """Nothing is drawn at random."""
    vectors, coded = clouds(100)

    assert (learn(vectors, coded).weights == learn(vectors, coded).weights).all()


def test_what_speaks_for_many_is_read_first() -> None:
    """Three bunches and a stray: one of each bunch, the largest first, covers nearly all."""
    rng = np.random.default_rng(2)
    sizes = (60, 30, 9, 1)
    centres = np.repeat(np.eye(8)[:4], sizes, axis=0)
    vectors = centres + rng.normal(0, 0.02, centres.shape)

    reading = to_read(vectors, most=4)

    bunches = [int(vectors[at].argmax()) for at in reading.order]
    assert bunches == [0, 1, 2, 3]
    assert reading.covered == tuple(sorted(reading.covered))
    assert 0.5 < reading.covered[0] < 0.65
    assert reading.covered[-1] > 0.95


def test_what_was_read_is_not_asked_for_again() -> None:
    """Nor what is just like it, while anything else is unread."""
    vectors = np.array([[1, 0], [1, 0.01], [0, 1], [0.01, 1]])

    assert to_read(vectors, read=[0], most=1).order[0] in (2, 3)
    assert set(to_read(vectors, read=[0]).order) == {1, 2, 3}


def test_doubt_decides_between_answers_that_speak_for_as_many() -> None:
    """What the model is sure of teaches it little."""
    vectors = np.eye(4)

    assert to_read(vectors, doubt=np.array([0.1, 0.9, 0.2, 0.3]), most=2).order == (1, 3)


def test_doubt_is_least_where_a_code_is_clear() -> None:
    """Either way at once is doubt, and so is fitting nothing well."""
    sure, torn, nothing = uncertainty(np.array([[0.98, 0.01], [0.5, 0.02], [0.1, 0.1]]))

    assert sure < 0.1 < nothing < torn == 1


@pytest.mark.skipif(not LABELLED.is_dir(), reason=AWAY.replace("surveys", "labelled"))
def test_ten_examples_a_code_teach_most_of_twenty_intents() -> None:
    """Real questions to a bank, with vectors of words alone."""
    with (LABELLED / "banking77_train.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    chosen = sorted({row["category"] for row in rows})[:20]
    rows = [row for row in rows if row["category"] in chosen]
    random.Random(1).shuffle(rows)
    texts = [normalised(row["text"]) for row in rows]
    vectors = Lsa.new().fit(texts).transform(texts)
    places = defaultdict(list)
    for at, row in enumerate(rows):
        places[row["category"]].append(at)
    train = sorted(at for own in places.values() for at in own[:ENOUGH])
    rest = sorted(set(range(len(rows))) - set(train))

    best = learn(vectors[train], [{rows[at]["category"]} for at in train]).best(vectors[rest])

    right = [code == rows[at]["category"] for code, at in zip(best, rest, strict=True)]
    assert np.mean(right) > 0.75
