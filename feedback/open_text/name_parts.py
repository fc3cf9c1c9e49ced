"""What follows a name and belongs to it: version, size, variant.

``Llama-3.1-8B-Instruct``, ``qwen2.5:7b``, ``Phi 4 mini``, ``mixtral 8x7b v0.1``. All on folded
text. What is joined to the name is read freely; after a space only what the catalogue knows,
or "mistral 3 times" would be a version.
"""

import re
from dataclasses import dataclass, replace

from feedback.open_text.catalogue import Entity

STEP = re.compile(r"(?P<joint>[-:]| ?\(| |\.(?=\d)|)(?P<word>[a-z0-9][a-z0-9.+]*)")
SIZE = re.compile(r"(?:\d+x)?\d+(?:\.\d+)?b|\d{2,4}m|e\d+b|a\d+(?:\.\d+)?b")
APART = re.compile(r"\s?(?:b|billion)\b(?!\s+times)")  # of "7 b" and "7 billion"
VERSION = re.compile(r"v?(\d{1,2}(?:\.\d{1,2}){0,2})")
STUCK = re.compile(r"(v?\d{1,2}(?:\.\d{1,2})*)([a-z]{2,})")  # 2.5vl, 3mini
FILLER = re.compile(
    r"q\d\w*|iq\d\w*|\d+bit|gguf|ggml|awq|gptq|exl2|mlx|fp\d+|bf16|int\d|hf|\d+k|\d{4}|latest"
    r"|k|m|s|xs|0\d{3}"
)
UNIT = re.compile(
    r"\s*(?:times?|years?|months?|weeks?|days?|hours?|minutes?|people|persons|gpus?|cards?|of\b|"
    r"different|or \d+ times|instances?|machines?|servers?|users?|%|x\b|per\b|and a half)"
)
TAILS = """
base chat code coder distill dev embed embedding exp fast flash guard haiku instruct it large
lite long math max maverick medium micro mini moe nano next omni opus plus preview pro prover
qat r reasoner reasoning scout small sonnet super thinking tiny turbo ultra vision vl xl zero
"""
JOINED = frozenset(TAILS.split())
SPACED = frozenset(["coder", "distill", "distilled", "instruct", "moe", "thinking", "vision", "vl"])


@dataclass(frozen=True)
class Parts:
    """What belongs to a name, and where in the folded text the whole of it ends."""

    end: int
    version: str = ""
    size: str = ""
    variant: str = ""

    def __bool__(self) -> bool:
        return bool(self.version or self.size or self.variant)


def parts_after(text: str, end: int, *, entity: Entity) -> Parts:
    found = Parts(end)
    while step := STEP.match(text, found.end):
        word = step["word"].rstrip(".")
        joined = step["joint"] not in (" ", " (")
        if not joined and text[found.end - 1] in ".!?,;":
            break
        then = with_word(found, word, text, step.start("word"), entity=entity, joined=joined)
        if then is None:
            break
        found = then
    return found


def with_word(
    found: Parts, word: str, text: str, start: int, *, entity: Entity, joined: bool
) -> Parts | None:
    """The parts with one more word of the text; None when it does not belong to the name."""
    end = start + len(word)
    if SIZE.fullmatch(word):
        return replace(found, end=end, size=together(found.size, word))
    if word.isdigit() and not found.size and (apart := APART.match(text, end)):
        return replace(found, end=apart.end(), size=f"{word}b")
    if not found.version and is_version(word, text[end:], entity=entity, joined=joined):
        known = word if word in entity.versions else word.removeprefix("v")
        return replace(found, end=end, version=known)
    if word in entity.variants or word in (JOINED if joined else SPACED):
        return replace(found, end=end, variant=together(found.variant, word))
    if joined and FILLER.fullmatch(word) and (found or text[start - 1] in "-:"):
        return replace(found, end=end)
    if (stuck := STUCK.fullmatch(word)) and stuck[2] in JOINED | set(entity.variants):
        first = with_word(found, stuck[1], text, start, entity=entity, joined=joined)
        return first and replace(first, end=end, variant=together(first.variant, stuck[2]))
    return None


def is_version(word: str, rest: str, *, entity: Entity, joined: bool) -> bool:
    bare = word.removeprefix("v")
    if UNIT.match(rest):
        return False
    if word in entity.versions or bare in entity.versions:
        return True
    if not VERSION.fullmatch(word):
        return False
    return joined or "." in bare or (word != bare)


def together(before: str, word: str) -> str:
    return f"{before}-{word}" if before else word


def also(text: str, end: int, *, entity: Entity) -> tuple[str, int, int] | None:
    """A further version named along, as in "llama 2 and 3": the version and its span."""
    step = re.compile(r"(?: ?[,/&+] ?| and | or | und | y | et )(v?[a-z]?\d[\d.]*)(?![\w%])").match(
        text, end
    )
    if not step:
        return None
    word = step[1].rstrip(".")
    bare = word.removeprefix("v")
    if bare not in entity.versions or UNIT.match(text[step.end(1) :]):
        return None
    return bare, step.start(1), step.start(1) + len(word)
