"""What somebody wrote, made comparable; answers that say nothing; the language of a text."""

import re
import unicodedata
from collections.abc import Sequence
from functools import cache
from itertools import pairwise

from py3langid.langid import MODEL_FILE, LanguageIdentifier

SHORT = 25  # characters; below, a text says less about its language than the form does

# A word may hold an apostrophe or hyphen, and end in the signs of C++, C# and the like.
WORD = re.compile(r"[^\W_]+(?:['\-][^\W_]+)*(?:\+\+|#(?!\w))?")
# Written without spaces between words: Thai to Tibetan, Burmese, Khmer, kana, Han.
UNSPACED = re.compile(
    r"[\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    r"\uf900-\ufaff\U00020000-\U0003ffff]+"
)
LINK = re.compile(r"https?://\S+|www\.\S+")
SAME = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "‐": "-", "‑": "-"})

# Whole answers, after `bare`, that decline to say something. "No" alone says nothing on an
# open question; "nothing to complain about" does, and is not here.
ONE_WORD = """
na n/a n.a none no non nope nah nil null nothing idk dunno unsure pass skip test asdf
nein nichts keine keiner keines kein entfällt k.a nada ninguno ninguna ningún rien aucun
aucune ras r.a.s sans niente nessuno nessuna nulla não nao nenhum nenhuma nee niets geen
nvt n.v.t nej inget ingen inga ingenting intet ei nie nic brak ne žádné нет ничего нечего
ні нічого hayır yok いいえ なし 特になし ない わからない 无 沒有 没有 無 不知道 没意见 沒意見
없음 없다 없습니다 모름 لا لاشيء
"""
SEVERAL = """
not applicable; not sure; i'm not sure; no idea; no comment; no comments; no answer; don't
know; dont know; i don't know; i dont know; do not know; i do not know; nothing really;
nothing at all; nothing comes to mind; nothing to add; no opinion; not really; nothing in
particular; nothing specific; nothing else; none really; none so far; nothing yet; can't
think of any; can't think of anything; none that i can think of; nothing i can think of;
nothing that i can think of; not that i can think of; none at the moment;
weiß nicht; weiss nicht; ich weiß nicht; keine ahnung; keine angabe; keine angaben; k. a;
kein kommentar; nichts besonderes; no sé; no se; no lo sé; no aplica; sin comentarios; je
ne sais pas; ne sais pas; sans objet; sans avis; pas de commentaire; non so; non lo so;
nessun commento; não sei; nao sei; nada a declarar; sem comentários; weet niet; weet ik
niet; geen idee; geen mening; vet ej; vet inte; ingen aning; ved ikke; vet ikke; ei mitään;
en tiedä; nie wiem; nie dotyczy; ne vím; не знаю; لا شيء; لا أعرف
"""


def normalised(text: str) -> str:
    """The same text for whoever reads it: NFKC, without case, one space for any blank."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().translate(SAME).split())


def bare(text: str) -> str:
    """Normalised, without the signs around it and without full stops behind."""
    return normalised(text).strip(" \t.,;:!?…*_~()[]{}\"'`-–—/\\<>|=+#。、،؟")


# Casefolded as answers are: "weiß" is "weiss" there.
NOTHING = frozenset(normalised(said) for said in [*ONE_WORD.split(), *SEVERAL.split(";")])


def says_nothing(text: str) -> bool:
    """Whether an answer is empty, a mere sign, or declines: "n/a", "no", "-", "nichts"."""
    said = bare(text)
    return (
        said in NOTHING
        or not any(sign.isalnum() for sign in said)
        or (len(said) > 1 and len(set(said)) == 1 and said.isascii())  # "xxx", "aaaa"
    )


def words(text: str) -> list[str]:
    """The words of a normalised text; of text without spaces, each two signs that touch."""
    found: list[str] = []
    for word in WORD.findall(LINK.sub(" ", text)):
        if word.isascii() or not UNSPACED.search(word):
            found.append(word)
        else:
            found.extend(_pieces(word))
    return found


def _pieces(word: str) -> list[str]:
    """中文字 → 中文 文字; what is of another script stays whole."""
    found: list[str] = []
    end = 0
    for run in UNSPACED.finditer(word):
        if run.start() > end:
            found.append(word[end : run.start()])
        signs = run.group()
        found.extend([a + b for a, b in pairwise(signs)] or [signs])
        end = run.end()
    if end < len(word):
        found.append(word[end:])
    return found


def language(text: str, languages: Sequence[str], *, form: str) -> str:
    """The language a text is in, of those the survey is asked in.

    Args:
        languages: codes of the survey; "pt-br" counts as "pt".
        form: the language the form was shown in, which decides for short texts.
    """
    plain = {code.split("-")[0].lower(): code for code in reversed(languages)}
    known = sorted(set(plain) & _all_languages())
    said = normalised(text)
    # A sign of Chinese or Japanese carries more than a letter does.
    length = len(said) + 2 * sum(len(run) for run in UNSPACED.findall(said))
    if len(known) < 2 or length < SHORT:
        return form
    found, _likely = _identifier(tuple(known)).classify(said)
    return plain[str(found)]


@cache
def _all_languages() -> frozenset[str]:
    return frozenset(LanguageIdentifier.from_model_file(MODEL_FILE).labels)


@cache
def _identifier(languages: tuple[str, ...]) -> LanguageIdentifier:
    """One for each set of languages: narrowing changes the identifier itself."""
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    identifier.set_languages(list(languages))
    return identifier
