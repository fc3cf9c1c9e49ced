"""Themes: everybody is in one, alike texts together, the same every time, no network."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import v_measure_score

from feedback.open_text import themes
from feedback.open_text.assigning import assigned, burst, emerging
from feedback.open_text.graph import diffused, nearest
from feedback.open_text.lsa import Lsa
from feedback.open_text.texts import normalised
from feedback.open_text.themes import find
from feedback.open_text.tree import Tree
from tests.open_text.answers import labelled

TEXTS, SUBJECTS = labelled()


def test_subjects_become_themes() -> None:
    """A sanity floor far below what the benchmark measures on labelled sets."""
    found = find(TEXTS, embedder=Lsa.new(), number=4)
    assert v_measure_score(SUBJECTS, found.top) > 0.8


def test_labels_say_what_a_theme_is_about() -> None:
    """Three phrases, the subject among them."""
    found = find(TEXTS, embedder=Lsa.new(), number=4)
    for theme, label in enumerate(found.labels):
        of = [SUBJECTS[at] for at in np.flatnonzero(found.top == theme)]
        assert max(set(of), key=of.count)[:4] in str(label).replace("bus", "buses")
        assert 1 <= len(label.phrases) <= 3


def test_nobody_is_left_over() -> None:
    """Every answer that says something is in a theme, and in a part of that theme."""
    found = find([*TEXTS, "n/a", "", "-"], embedder=Lsa.new())
    assert (found.top[: len(TEXTS)] >= 0).all()
    assert (found.top[len(TEXTS) :] == -1).all()
    assert (found.parent[found.part[: len(TEXTS)]] == found.top[: len(TEXTS)]).all()
    assert found.sizes.sum() == len(TEXTS)


def test_the_same_text_is_in_the_same_theme(monkeypatch: pytest.MonkeyPatch) -> None:
    """In other letters too, and whether or not it was in the sample."""
    monkeypatch.setattr(themes, "SAMPLE", 30)
    copies = [f" {text.upper()}  " for text in TEXTS]
    top = find([*TEXTS, *copies], embedder=Lsa.new(), number=4).top
    assert (top[: len(TEXTS)] == top[len(TEXTS) :]).all()


def test_copies_count_and_do_not_pull() -> None:
    """A text sent a hundred times counts a hundred, and moves no other text."""
    once = find(TEXTS, embedder=Lsa.new(), number=4)
    often = find([*TEXTS, *[TEXTS[0]] * 100], embedder=Lsa.new(), number=4)
    assert v_measure_score(once.top, often.top[: len(TEXTS)]) == pytest.approx(1)
    assert often.sizes.sum() == len(TEXTS) + 100


def test_the_same_seed_gives_the_same_themes() -> None:
    """Whoever looks again finds what they saw."""
    one, other = (find(TEXTS, embedder=Lsa.new(), seed=3) for _ in range(2))
    assert (one.part == other.part).all()
    assert one.labels == other.labels


def test_a_theme_of_more_than_a_quarter_is_divided_or_called_mixed() -> None:
    """A pot for everything must not pass for a finding."""
    found = find([*TEXTS, *[f"The bus is late {at}" for at in range(400)]], embedder=Lsa.new())
    share = found.sizes / found.sizes.sum()
    assert all(found.mixed[theme] for theme in np.flatnonzero(share > themes.TOO_LARGE))


@pytest.mark.parametrize("texts", [[], [""], ["n/a"], ["one"], ["one", "two"], ["same"] * 30])
def test_few_answers_are_no_error(texts: list[str]) -> None:
    """A survey begins with none."""
    found = find(texts, embedder=Lsa.new())
    assert len(found.top) == len(texts)
    assert len(assigned(["one", "no", "three"], found)) == 3


def test_texts_without_spaces_get_labels() -> None:
    """Chinese answers are themes too, named by words as they are written."""
    texts = [f"{street}停车费太贵了" for street in "东西南北中上下前后左右"]
    texts += [f"{street}图书馆关门太早" for street in "东西南北中上下前后左右"]
    found = find(texts, embedder=Lsa.new(), number=2)
    assert v_measure_score([0] * 11 + [1] * 11, found.top) > 0.8
    assert all(label.phrases for label in found.labels)


def test_new_answers_join_their_theme() -> None:
    """Without fitting anew, by the nearest small group."""
    found = find(TEXTS, embedder=Lsa.new(), number=4)
    new = assigned(["Why is the bus late again", "nope", "Parking is expensive"], found)
    theme_of = {subject: found.top[SUBJECTS.index(subject)] for subject in ("buses", "parking")}
    assert new[1] == -1
    assert found.parent[new[0]] == theme_of["buses"]
    assert found.parent[new[2]] == theme_of["parking"]


def test_something_new_shows_as_a_burst() -> None:
    """Answers like each other and like no old ones; the odd one out alone is none."""
    old = [normalised(text) for text in TEXTS]
    flood = [
        f"water flooded our cellar {word}" for word in ["again", "badly", "twice", "late", "here"]
    ]
    flood += [
        f"the flooded cellar and water {at}" for at in ["one", "two", "three", "four", "five"]
    ]
    fitted = Lsa.new().fit([*old, *flood])
    new = fitted.transform([*old[:40], *flood])
    score = burst(new, fitted.transform(old[40:]))
    assert score[40:].min() > np.quantile(score[:40], 0.9)
    (first, *_rest) = emerging(new, fitted.transform(old[40:]))
    assert set(first.rows) <= set(range(40, 50))


def test_neighbours_are_exact_and_never_oneself() -> None:
    """In blocks as without them."""
    rows = Lsa.new().fit(TEXTS).transform(TEXTS)
    places, likeness = nearest(rows, rows, 3, itself=True)
    every = rows @ rows.T
    np.fill_diagonal(every, -2)
    assert np.allclose(np.sort(likeness), np.sort(every)[:, -3:], atol=1e-5)
    assert (places != np.arange(len(rows))[:, None]).all()
    assert np.isfinite(diffused(rows)).all()


def test_the_tree_is_wards() -> None:
    """The same cuts as scipy's, which knows no sizes."""
    from scipy.cluster.hierarchy import fcluster, linkage

    points = np.random.default_rng(0).normal(size=(60, 5)).astype(np.float32)
    tree = Tree.over(points, np.ones(60, dtype=np.float32))
    for number in (2, 5, 11):
        theirs = fcluster(linkage(points.astype(float), "ward"), number, "maxclust")
        assert v_measure_score(theirs, tree.cut(number)) == pytest.approx(1)


def test_themes_need_no_network() -> None:
    """In a process that may not open a socket, nor look up a name, themes are built."""
    program = """
import socket, sys
def closed(*_args, **_more): raise OSError("the network is closed")
socket.socket.connect = socket.socket.bind = socket.getaddrinfo = closed
from feedback.open_text.themes import find
from feedback.open_text.vectors import best_here
from tests.open_text.answers import labelled
assert len(find(labelled()[0], embedder=best_here(), number=4).labels) == 4
"""
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
