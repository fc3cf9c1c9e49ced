"""Made-up campaigns: copies of one text, each changed as people do who do not want to be seen."""

import random

SYNONYMS = {
    "the": "this", "is": "seems", "good": "great", "great": "good", "bad": "poor", "very": "really",
    "not": "never", "more": "further", "use": "employ", "need": "require", "want": "wish",
    "data": "figures", "with": "using", "and": "plus", "for": "towards", "to": "unto",
    "make": "create", "help": "assist", "many": "several", "would": "might", "should": "ought to",
    "it": "this", "are": "remain", "people": "folks", "work": "labour", "time": "hours",
    "better": "nicer", "like": "love", "easy": "simple", "hard": "difficult", "a": "one",
}  # fmt: skip
FILLERS = ["really", "honestly", "just", "also", "I think", "please", "indeed", "so", "basically"]
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def mutated(text: str, *, share: float, random: random.Random) -> str:
    """With this share of its words edited: synonyms, slips, fillers, swaps, words left out."""
    words = text.split()
    for _ in range(max(1, round(share * len(words)))):
        if len(words) < 3:
            break
        at = random.randrange(len(words))
        match random.randrange(5):
            case 0:
                words[at] = SYNONYMS.get(words[at].lower(), slipped(words[at], random))
            case 1:
                words[at] = slipped(words[at], random)
            case 2:
                words.insert(at, random.choice(FILLERS))
            case 3:
                other = min(at + 1, len(words) - 1)
                words[at], words[other] = words[other], words[at]
            case _:
                del words[at]
    return " ".join(words)


def slipped(word: str, random: random.Random) -> str:
    at = random.randrange(len(word))
    return word[:at] + random.choice(LETTERS) + word[at + random.randrange(2) :]


def hidden(
    organic: list[str], *, share: float, seed: int, campaigns: int = 20, copies: int = 40
) -> tuple[list[str], list[int]]:
    """Organic answers and campaigns shuffled together; of each the campaign, or -1."""
    rng = random.Random(seed)
    long = sorted({text for text in organic if 60 <= len(text) <= 400})
    seeds = rng.sample(long, campaigns)
    rows = [(text, -1) for text in organic if text not in seeds]
    for number, text in enumerate(seeds):
        rows += [(mutated(text, share=share, random=rng), number) for _ in range(copies)]
    rng.shuffle(rows)
    return [text for text, _ in rows], [number for _, number in rows]
