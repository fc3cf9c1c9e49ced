"""The options that cells choose from: one a cell, or several joined in one."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from feedback.authoring.drafting.seen import Seen

SEPARATORS = (";", "; ", " | ", "|", "\n", ", ", ",")
MOST_OPTIONS = 150
# Two pieces that stand together so often, and never apart, are one option; fewer times are
# enough where the second reads as if it went on.
ALWAYS, GOING_ON = 5, 2


@dataclass(frozen=True)
class Options:
    """Options, the most chosen first, and whether there are answers besides them."""

    texts: list[str]
    besides: int  # different answers that are none of them
    separator: str = ""


def one_of(seen: Seen) -> Options | None:
    """The options of a column with one in each cell; None if it reads like free text."""
    different = len(seen.counts)
    if different == 0 or any("\n" in text for text in seen.counts):
        return None
    short = seen.mean_length <= 120
    if (
        short
        and not seen.more
        and (
            (different <= 12 and seen.filled >= 2 * different)
            or (different <= 4 and seen.filled > different)
            or (different <= 60 and seen.filled >= 8 * different)
        )
    ):
        return Options(ordered(seen.counts), 0)
    least = max(2, seen.filled // 1_000)
    often = Counter({text: n for text, n in seen.counts.items() if n >= least})
    told = sum(often.values())
    if 2 <= len(often) <= MOST_OPTIONS and seen.filled >= 10 and told >= 0.8 * seen.filled:
        return Options(ordered(often), different - len(often))
    return None


def several_of(seen: Seen) -> Options | None:
    """The options of a column with several in a cell; None if its cells are of one piece."""
    for separator in SEPARATORS:
        if sum(separator in text for text in seen.counts) < 2:
            continue
        if found := with_separator(seen, separator):
            return found
    return None


def with_separator(seen: Seen, separator: str) -> Options | None:
    cells = {text: whole_pieces(text, separator) for text in seen.counts}
    cells = merged(cells, seen.counts, separator)
    pieces: Counter[str] = Counter()
    different: Counter[str] = Counter()
    for text, own in cells.items():
        for piece in set(own):
            pieces[piece] += seen.counts[text]
            different[piece] += 1
    shared = Counter({piece: n for piece, n in pieces.items() if different[piece] > 1})
    few = len(pieces) <= 15 and not seen.more
    often = pieces if few else Counter({p: n for p, n in pieces.items() if n >= 2})
    if not 2 <= len(often) <= MOST_OPTIONS:
        return None
    enough = sum(often.values()) >= 0.8 * pieces.total()
    alike = shared.total() >= (0.65 if separator.strip() == "," else 0.5) * pieces.total()
    if not (enough and alike and mixed(cells, shared, seen)) or mean_length(often) > 150:
        return None
    return Options(ordered(often), len(pieces) - len(often), separator)


def mixed(cells: Mapping[str, list[str]], shared: Mapping[str, int], seen: Seen) -> bool:
    """Whether cells of several pieces are made of such as stand in other cells, too.

    "Yes, daily" and "Yes, weekly" are not: one half of each is its own.
    """
    several = [(own, seen.counts[text]) for text, own in cells.items() if len(own) > 1]
    total = sum(len(own) * n for own, n in several)
    known = sum(sum(piece in shared for piece in own) * n for own, n in several)
    return bool(several) and known >= 0.6 * total


def mean_length(pieces: Mapping[str, int]) -> float:
    return sum(map(len, pieces)) / len(pieces)


def whole_pieces(text: str, separator: str) -> list[str]:
    """The pieces of a cell; what stands between brackets is never taken apart."""
    found: list[str] = []
    open_one = ""
    for piece in text.split(separator):
        told = f"{open_one}{separator}{piece}" if open_one else piece
        if told.count("(") > told.count(")"):
            open_one = told
            continue
        found.append(told)
        open_one = ""
    if open_one:  # never closed: no brackets then
        found += open_one.split(separator)
    bare = [piece.strip().strip(separator).strip() for piece in found]
    return [piece for piece in bare if piece]


def merged(
    cells: dict[str, list[str]], counts: Mapping[str, int], separator: str
) -> dict[str, list[str]]:
    """The pieces of each cell, those that only ever stand together joined again."""
    if separator.strip() != ",":
        return cells
    alone: Counter[str] = Counter()
    together: Counter[tuple[str, str]] = Counter()
    for text, own in cells.items():
        alone.update(dict.fromkeys(own, counts[text]))
        together.update(dict.fromkeys(pairwise(own), counts[text]))
    one = {
        (a, b)
        for (a, b), n in together.items()
        if alone[a] == n == alone[b] and n >= (GOING_ON if goes_on(b) else ALWAYS)
    }
    return {text: rejoined(own, one, separator) for text, own in cells.items()} if one else cells


def goes_on(piece: str) -> bool:
    return piece[:1].islower() or piece[:1] in "(&+."


def rejoined(own: list[str], one: set[tuple[str, str]], separator: str) -> list[str]:
    found = own[:1]
    for before, piece in pairwise(own):
        if (before, piece) in one:
            found[-1] = f"{found[-1]}{separator}{piece}"
        else:
            found.append(piece)
    return found


def ordered(counts: Mapping[str, int]) -> list[str]:
    """By their numbers where all begin with one, else the most chosen first."""
    texts = list(counts)
    numbers = [leading(text) for text in texts]
    if all(number is not None for number in numbers):
        return sorted(texts, key=lambda text: (leading(text) or 0.0, text))
    return sorted(texts, key=lambda text: (-counts[text], text))


def leading(text: str) -> float | None:
    digits = ""
    for sign in text:
        if not (sign.isdigit() and sign.isascii()):
            break
        digits += sign
    return float(digits) if digits else None
