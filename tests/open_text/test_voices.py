"""Near-copies are found however they were changed; honest repeats are left alone."""

import random

import numpy as np
import pytest
from datasketch import MinHash
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback.open_text.campaigns import MISSING, Ground, reasons
from feedback.open_text.signatures import BYTES, SHINGLE, likeness, loaded, normal, signatures
from feedback.open_text.voices import (
    GATE,
    Count,
    Linked,
    Voices,
    counted,
    gathered,
    groups,
    repeated,
)
from tests.open_text.campaign import hidden, mutated
from tests.open_text.real import ORGANIC, there

SEED = (
    "Please do not close the reading room on Saturdays, as many families in our part of town "
    "have no other quiet place where children can do their homework."
)
OTHER = (
    "The new bicycle lanes should be separated from the cars by a kerb, because paint alone "
    "has never kept a delivery van from stopping on them."
)


def shingles(text: str) -> set[str]:
    return {text[at : at + SHINGLE] for at in range(len(text) - SHINGLE + 1)}


def jaccard(one: str, other: str) -> float:
    return len(shingles(one) & shingles(other)) / len(shingles(one) | shingles(other))


def copies(text: str, *, share: float, many: int) -> list[str]:
    rng = random.Random(3)
    return [mutated(text, share=share, random=rng) for _ in range(many)]


def test_copies_are_one_group_and_one_voice() -> None:
    """Forty submissions of one text count as forty, and as one voice beside."""
    linked = gathered(Voices().add([*copies(SEED, share=0.2, many=40), OTHER, "More books."]))

    (group,) = groups(linked)

    assert set(group.numbers) == set(range(40))
    assert counted(linked) == Count(submissions=42, voices=3)


def test_what_people_honestly_write_alike_is_no_campaign() -> None:
    """ "Not enough time" is counted, whatever its case and marks, and called nothing."""
    linked = Voices().add(["Not enough time"] * 20 + ["not enough time!"] * 5 + ["Money"])

    assert groups(linked) == []
    assert counted(linked) == Count(26, 26)
    assert sorted(repeated(linked).values()) == [1, 25]


def test_the_gate_is_a_number_of_characters() -> None:
    """One character below it a text is short, whoever repeats it."""
    below, at = "word " * 9 + "four", "word " * 9 + "fives"
    assert (len(below), len(at)) == (GATE - 1, GATE)

    assert groups(Voices().add([below] * 9)) == []
    assert len(groups(Voices().add([at] * 9))) == 1


def test_likeness_is_no_chain() -> None:
    """A like B and B like C does not make C a copy of A: two ideas are two groups."""
    words, others = SEED.split(), OTHER.split()
    chain = [" ".join(others[:cut] + words[cut:]) for cut in (0, 5, 10, 15, 20, len(words))]
    linked = Voices().add(chain)

    assert linked[0].group != linked[-1].group


@given(st.integers(1, 7), st.integers(0, 5))
@settings(max_examples=12)
def test_in_one_go_or_in_pieces_the_groups_are_the_same(size: int, seed: int) -> None:
    """New answers come a thousand at a time, and a group must not hang on when."""
    texts = copies(SEED, share=0.4, many=15) + copies(OTHER, share=0.4, many=15)
    random.Random(seed).shuffle(texts)
    pieces = Voices()
    found: list[Linked] = []
    for first in range(0, len(texts), size):
        numbers = range(first, min(first + size, len(texts)))
        found += pieces.add(texts[first : first + size], numbers=list(numbers))

    assert found == Voices().add(texts)


def test_going_on_from_what_was_stored_needs_no_old_text() -> None:
    """A worker that starts anew has the leaders' numbers and 128 bytes of each."""
    old = Voices().add([SEED, OTHER], numbers=[70, 80])
    leaders = [one for one in old if one.number == one.group]
    resumed = Voices([one.number for one in leaders], loaded([one.signature for one in leaders]))

    (new,) = resumed.add([f"{OTHER} Thanks!"], numbers=[90])

    assert new.group == 80
    assert [len(one.signature) for one in old] == [BYTES, BYTES]


def test_many_leaders_are_found_among_the_sorted_and_the_recent() -> None:
    """Past a few thousand, leaders are sorted away; the first must still be found."""
    rng = random.Random(5)
    letters = "abcdefghijklmnopqrstuvwxyz     "
    noise = ["".join(rng.choices(letters, k=90)) for _ in range(9_000)]
    linked = Voices().add([SEED, *noise, f"{SEED} Yes."])

    assert linked[-1].group == 0
    assert sum(one.group == one.number for one in linked) > 8_900


def test_a_signature_tells_how_alike_two_texts_are() -> None:
    """Within what 64 values can tell, and as datasketch tells it."""
    rng = random.Random(2)
    ours, theirs = [], []
    for share in (0.0, 0.1, 0.2, 0.4, 0.8):
        for _ in range(8):
            one, other = normal(SEED), normal(mutated(SEED, share=share, random=rng))
            signed = signatures([one, other])
            truth = jaccard(one, other)
            ours.append(float(likeness(signed[0], signed[1])) - truth)
            minhashes = [MinHash(num_perm=64), MinHash(num_perm=64)]
            for minhash, text in zip(minhashes, (one, other), strict=True):
                minhash.update_batch([shingle.encode() for shingle in shingles(text)])
            theirs.append(minhashes[0].jaccard(minhashes[1]) - truth)

    assert abs(np.mean(ours)) < 0.03
    assert np.std(ours) < 1.5 * np.std(theirs)


def test_signatures_are_the_same_on_every_machine_and_day() -> None:
    """They are stored: were they computed otherwise, old texts would match nothing."""
    found = signatures([normal(SEED)])[0, :4].tolist()

    assert found == [42087, 7199, 59272, 38100]


def test_a_text_is_signed_alike_alone_and_among_others() -> None:
    """Many are hashed at a time, and no shingle may run from one text into the next."""
    texts = [normal(text) for text in (SEED, OTHER, "four", "fives")]

    together = signatures(texts)

    for text, row in zip(texts, together, strict=True):
        assert (signatures([text])[0] == row).all()


def test_each_reason_for_a_campaign_tells_its_measure() -> None:
    """Who judges sees how much more than elsewhere, in words."""
    rng = np.random.default_rng(4)
    times = rng.uniform(0, 30 * 86_400, 400)
    times[:40] = 9 * 86_400 + rng.uniform(0, 1_800, 40)
    closed = rng.integers(0, 4, (400, 6))
    closed[:40] = 2
    closed[5, 1] = MISSING
    sources = ["leaflet"] * 36 + [None] * 4 + ["website", "leaflet", "mail", "mail"] * 90

    found = reasons(range(40), times=times, sources=sources, closed=closed)

    assert [one.ground for one in found] == [Ground.BURST, Ground.SOURCE, Ground.CLOSED]
    assert "40 of 40 came within one hour" in found[0].words
    assert "36 of 40 came by the source “leaflet”, of the others 25.0%." in found[1].words
    assert "100% of cases" in found[2].words
    assert found[2].elsewhere == pytest.approx(0.25, abs=0.02)


def test_a_group_like_everybody_else_has_no_reason() -> None:
    """All came in one evening by one link: that says nothing of the group."""
    rng = np.random.default_rng(4)
    times = rng.uniform(0, 3_000, 400)

    assert (
        reasons(
            range(40),
            times=times,
            sources=["website"] * 400,
            closed=rng.integers(0, 4, (400, 6)),
        )
        == []
    )


def test_unknown_times_and_sources_are_no_reasons() -> None:
    """Nothing is kept of the request unless the survey asks for it."""
    assert reasons([0, 1], times=np.full(4, np.nan), sources=[None] * 4) == []


@there
@pytest.mark.parametrize(("share", "recall"), [(0.1, 0.99), (0.25, 0.97), (0.4, 0.93)])
def test_campaigns_hidden_among_real_answers_are_found(share: float, recall: float) -> None:
    """Twenty of forty copies among thousands of real answers, which are hardly touched."""
    texts, campaign = hidden(ORGANIC, share=share, seed=0)
    linked = gathered(Voices().add(texts))
    flagged = [n for group in groups(linked, at_least=5) for n in group.numbers]
    right = sum(campaign[number] >= 0 for number in flagged)

    assert right / 800 >= recall
    assert right / len(flagged) >= 0.97


@there
def test_real_answers_hold_no_campaign() -> None:
    """One group is left: a suggestion of the form that several kept word for word."""
    assert len(groups(gathered(Voices().add(ORGANIC)), at_least=5)) <= 1
