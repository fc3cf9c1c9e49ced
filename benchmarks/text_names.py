"""Names, voices and code suggestions: how right, and what they take on one thread.

``python -m benchmarks.text_names`` prints it; the real answers are those that the tests read,
and what needs them is left out where their folder is not there.
"""

import csv
import json
import random
import resource
import time
from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from benchmarks.results import Result
from feedback.open_text.assigning import assigned
from feedback.open_text.catalogue import shipped
from feedback.open_text.mentions import Finder, common_words
from feedback.open_text.suggesting import learn
from feedback.open_text.texts import language, normalised
from feedback.open_text.themes import find
from feedback.open_text.vectors import best_here, for_codes
from feedback.open_text.voices import Voices, gathered, groups
from tests.open_text.campaign import hidden
from tests.open_text.named_apart import answers_apart, scores
from tests.open_text.real import LABELLED, ORGANIC

SHARES = (0.1, 0.25, 0.4, 0.6)
MANY = 100_000
NEW = 1_000
EXAMPLES = 10
LANGUAGES = ("en", "es", "de", "fr")
Vectors = NDArray[np.floating]


def text_names() -> dict[str, Result]:
    """All figures."""
    found = names_found()
    if ORGANIC:
        found |= names_elsewhere() | campaigns() | at_scale()
    if LABELLED.is_dir():
        for name, (texts, codes) in labelled().items():
            found[f"suggested_{name}"] = suggested(texts, codes)
    return found


def names_found() -> dict[str, Result]:
    """On answers that were written and labelled apart from the catalogue."""
    right, given, there = scores(Finder(shipped("open_models")), answers_apart())
    note = f"{there} names in answers written and labelled apart from the catalogue; a goal"
    return {
        "names_precision": Result(right / given, "share", 0.97, note),
        "names_recall": Result(right / there, "share", 0.92, note),
    }


def names_elsewhere() -> dict[str, Result]:
    catalogue = shipped("open_models")
    began = time.process_time()
    finder = Finder(catalogue, common=common_words(ORGANIC, catalogue))
    false = sum(len(finder.find(text)) for text in ORGANIC)
    rate = len(ORGANIC) / (time.process_time() - began)
    return {
        "names_false": Result(false, "hits", 1, f"in {len(ORGANIC):,} answers on other matters"),
        "names_rate": Result(rate, "texts/CPU-s", 20_000, "counting words included; a goal"),
    }


def campaigns() -> dict[str, Result]:
    linked = gathered(Voices().add(ORGANIC))
    false = len(groups(linked, at_least=5))
    found = {"campaigns_false": Result(false, "groups", 1, f"{len(ORGANIC):,} real answers")}
    for share, recall in zip(SHARES, (0.99, 0.97, 0.93, 0.88), strict=True):
        hit, flagged = 0, 0
        for seed in range(3):
            texts, campaign = hidden(ORGANIC, share=share, seed=seed)
            linked = gathered(Voices().add(texts))
            numbers = [n for group in groups(linked, at_least=5) for n in group.numbers]
            hit += sum(campaign[number] >= 0 for number in numbers)
            flagged += len(numbers)
        edits = f"{share:.0%} of words edited, 3 seeds"
        found[f"campaigns_recall_{share:.0%}"] = Result(hit / 2_400, "share", recall, edits)
        found[f"campaigns_precision_{share:.0%}"] = Result(hit / flagged, "share", 0.98, edits)
    return found


def at_scale() -> dict[str, Result]:
    """A hundred thousand answers with other words in each, then a thousand more."""
    rng = random.Random(1)
    words = sorted({word for text in ORGANIC for word in text.split()})
    texts = []
    for number in range(MANY + NEW):
        own = ORGANIC[number % len(ORGANIC)].split()
        texts.append(" ".join(rng.choice(words) if rng.random() < 0.7 else one for one in own))
    voices = Voices()
    began = time.process_time()
    linked = voices.add(texts[:MANY])
    bulk = time.process_time() - began
    began = time.process_time()
    voices.add(texts[MANY:])
    further = time.process_time() - began
    began = time.process_time()
    gathered(linked)
    together = time.process_time() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    size = f"{MANY:,} answers, {len(voices.numbers):,} leaders"
    rest = language_theme_and_names(texts)
    return {
        "voices_bulk": Result(bulk, "CPU-s", 66, f"{size}; limit: datasketch, measured before"),
        "voices_gathered": Result(together, "CPU-s", 10, size),
        "voices_new": Result(further, "CPU-s", 0.34, f"{NEW:,} more"),
        "voices_memory": Result(peak, "MB", 1_550, "peak of the whole process, its texts included"),
        "all_new": Result(
            further + rest,
            "CPU-s",
            1.5,
            f"{NEW:,} more: language, theme by {best_here().kind}, names, copies; no database",
        ),
    }


def language_theme_and_names(texts: Sequence[str]) -> float:
    """CPU seconds that the new ones among these take, but for looking for copies."""
    found, finder = find(texts[:MANY], embedder=best_here()), Finder(shipped("open_models"))
    language("to load the model, once for the process", LANGUAGES, form="en")
    began = time.process_time()
    for text in texts[MANY:]:
        language(text, LANGUAGES, form="en")
        finder.find(text, asked=True)
    assigned(texts[MANY:], found)
    return time.process_time() - began


def labelled() -> dict[str, tuple[list[str], list[str]]]:
    with (LABELLED / "banking77_train.csv").open(encoding="utf-8", newline="") as file:
        bank = list(csv.DictReader(file))
    clinc = json.loads((LABELLED / "clinc150_train_val.json").read_text(encoding="utf-8"))["train"]
    return {
        "bank": ([row["text"] for row in bank], [row["category"] for row in bank]),
        "clinc": ([text for text, _code in clinc], [code for _text, code in clinc]),
    }


def suggested(texts: list[str], codes: Sequence[str]) -> Result:
    """Accuracy of the likeliest code on all but ten examples a code."""
    vectors = placed(texts)
    places = defaultdict(list)
    for at in random.Random(1).sample(range(len(texts)), len(texts)):
        places[codes[at]].append(at)
    train = [at for own in places.values() for at in own[:EXAMPLES]]
    rest = [at for own in places.values() for at in own[EXAMPLES:]]
    random.Random(2).shuffle(train)
    began = time.process_time()
    suggester = learn(vectors[train], [{codes[at]} for at in train])
    took = time.process_time() - began
    best = suggester.best(vectors[rest])
    right = sum(best[number] == codes[at] for number, at in enumerate(rest)) / len(rest)
    sure = suggester.confidences(vectors[rest]).max(axis=1).mean()
    goal = 0.78 if len(places) < 100 else 0.88
    note = f"{len(places)} codes, {EXAMPLES} examples each, {for_codes().kind}; claims {sure:.3f}"
    took_in = f"learnt in {took:.1f} CPU-s"
    return Result(right, "share", goal, f"{note}; {took_in}; a goal for static vectors")


def placed(texts: list[str]) -> Vectors:
    """As the coding page has them: by static vectors where they are installed, else by LSA."""
    plain = [normalised(text) for text in texts]
    return for_codes().fit(plain).transform(plain)


if __name__ == "__main__":
    for name, one in text_names().items():
        print(f"{name:26} {one.value:12,.3f} {one.unit:12} {one.limit:10,.2f}  {one.note}")
