"""A small stock of words of our own, from which answers for demonstrations are made up.

A question that speaks of parks gets answers about parks, one about models gets answers
about models. Nobody real is in it: the addresses end in example.org, kept for such
uses by RFC 2606.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

FIRST = (
    "Alma Bruno Chidi Dana Emre Farah Goran Hana Ivo Jun Kemal Lena Mila Noor Ola Priya "
    "Rui Sana Tomás Uma Viktor Wei Yusuf Zoë Ågot 美玲 健太 ليلى Олена"
)
LAST = (
    "Amsel Berg Castaño Dorn Eriksen Falk Greco Hollow Ito Jansen Kovács Lindqvist Moreau "
    "Nkemelu Oakes Pereira Quist Rossi Sample Tanaka Ünal Vogel Winter 王 حداد Zielińska"
)
CITIES = (
    "Berlin Lagos Bengaluru 上海 Toronto Nairobi Recife Kraków Lyon القاهرة Austin Osaka "
    "Zürich Bogotá Manchester Jakarta Łódź Halifax"
)
ANIMALS = "otter heron lynx badger plover marten newt finch hare stoat"


@dataclass(frozen=True)
class Stock:
    """One language: how a sentence begins, what it is about, what parts and ends it."""

    begins: Sequence[str]
    subjects: Sequence[str]
    gap: str = " "
    stop: str = "."


# By what the question speaks of; those that write no spaces matter most to search.
PARKS: Sequence[Stock] = (
    Stock(
        ("Please mend", "We need", "I would love to see", "There should be", "Nobody asked for"),
        (
            "more benches in the shade",
            "better lighting along the pond",
            "the broken swings",
            "a toilet that is open in winter",
            "wheelchair access from the east gate",
            "wild flowers instead of lawn",
            "a fenced meadow for dogs",
            "fewer cars at the gate",
        ),
    ),
    Stock(
        ("Wir brauchen", "Schön wären", "Bitte mehr"),
        ("Bänke im Schatten", "Mülleimer am Teich", "Licht auf den Wegen", "Platz für Kinder"),
    ),
    Stock(("希望公园", "建议"), ("多放一些长椅", "晚上有更好的照明", "增加儿童游乐设施"), "", "。"),
    Stock(("نريد في الحديقة", "أتمنى"), ("مقاعد أكثر في الظل", "إضاءة أفضل في الليل")),
)
MODELS: Sequence[Stock] = (
    Stock(
        ("I use it for", "I would like", "What is missing is", "My team needs", "Give us"),
        (
            "a small model that runs on a laptop",
            "honest evaluation figures",
            "a licence that lawyers understand",
            "long contexts that really work",
            "good answers in languages other than English",
            "the training data described",
            "stable tool calls",
            "code review for old projects",
            "base weights for fine-tuning",
            "a 7B and a 70B of the same family",
            "quantised weights on the first day",
        ),
    ),
    Stock(
        ("Ich wünsche mir", "Wichtig sind", "Uns fehlen"),
        ("gute Antworten auf Deutsch", "kleine Modelle für den Laptop", "offene Lizenzen"),
    ),
    Stock(
        ("我希望模型", "最重要的是"),
        ("支持更长的上下文", "中文回答更准确", "可以在本地运行"),
        "",
        "。",
    ),
    Stock(("أريد نموذجا", "نحتاج إلى"), ("يفهم العربية جيدا", "يعمل على حاسوب عادي")),
)
GENERAL: Sequence[Stock] = (
    Stock(
        ("Thank you for", "I have nothing to say about", "Please think again about", "More on"),
        ("asking us", "the time table", "older people", "how the results are published", "this"),
    ),
    Stock(("Danke für", "Noch ein Wort zu"), ("die Umfrage", "den Ergebnissen", "diesem Thema")),
    Stock(("谢谢", "请考虑"), ("你们的调查", "大家的意见"), "", "。"),
    Stock(("شكرا على", "أرجو"), ("هذا الاستطلاع", "نشر النتائج")),
)
SHORT = ("no", "Everything.", "-", "see above", "ok", "nein", "没有", "لا", "👍", "?")
SHARE = (0.8, 0.09, 0.06, 0.05)  # of the languages, in the order of the stocks


def opinion(question: str, chance: Random) -> str:
    """What somebody might answer: one word, a sentence, or several paragraphs."""
    if chance.random() < 0.08:
        return chance.choice(SHORT)
    (stock,) = chance.choices(about(question), SHARE)
    length = 1 + int(chance.expovariate(0.45))
    sentences = [sentence(stock, chance) for _ in range(length)]
    return "".join(one + chance.choice((" ", " ", "\n")) for one in sentences).strip()


def about(question: str) -> Sequence[Stock]:
    lower = question.lower()
    return PARKS if "park" in lower else MODELS if "model" in lower else GENERAL


def sentence(stock: Stock, chance: Random) -> str:
    return chance.choice(stock.begins) + stock.gap + chance.choice(stock.subjects) + stock.stop


def first_name(chance: Random) -> str:
    return chance.choice(FIRST.split())


def last_name(chance: Random) -> str:
    return chance.choice(LAST.split())


def city(chance: Random) -> str:
    return chance.choice(CITIES.split())


def handle(chance: Random) -> str:
    """A name that somebody might have chosen on some site."""
    return f"sample-{chance.choice(ANIMALS.split())}-{chance.randrange(10_000)}"


def leaning(options: Sequence[str], chance: Random) -> str:
    """One of the options; the earlier, the likelier, as made-up answers should differ."""
    return options[int(len(options) * chance.random() ** 2)]
