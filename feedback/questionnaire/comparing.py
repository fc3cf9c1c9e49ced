"""What was changed in a text, word by word."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

# Scripts without spaces are compared by the character: Thai, Lao, Khmer, kana, Han.
WORDS = re.compile(r"[\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]|\w+|\s+|.", re.DOTALL)
MOST = 2_000  # words; comparing takes the square of it


@dataclass(frozen=True)
class Piece:
    """A run of text that stayed, came or went."""

    text: str
    change: Literal["", "added", "removed"] = ""


def compared(before: str, after: str) -> list[Piece]:
    """Both texts in one, told apart.

    Empty for texts too long to compare, and where no word stayed.
    """
    old, new = WORDS.findall(before), WORDS.findall(after)
    if max(len(old), len(new)) > MOST:
        return []
    pieces = []
    for kind, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            pieces.append(Piece("".join(old[i:j])))
            continue
        pieces += [Piece("".join(old[i:j]), "removed")] if i < j else []
        pieces += [Piece("".join(new[k:m]), "added")] if k < m else []
    stayed = any(not piece.change and piece.text.strip() for piece in pieces)
    return pieces if stayed else []
