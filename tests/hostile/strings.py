"""Five hundred naughty texts: those of other tests, and more made by category.

Blank ones are left out, as a blank answer is no text; so is NUL, which no answer may hold.
"""

import unicodedata
from collections.abc import Iterator

from tests.exports.naughty import TEXTS
from tests.web.naughty import NAUGHTY

STARTS = "=+-@\t\r\n|;%＝＋－＠'"
BEHIND = ("1", "SUM(A1)", "cmd|' /C calc'!A0", "", " x", "=", '"', 'HYPERLINK("http://x")')
CONTROLS = [chr(point) for point in (*range(1, 32), *range(127, 160))]
SPACES = [chr(point) for point in range(0x3001) if unicodedata.category(chr(point)) == "Zs"]
FORMATS = (
    "\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e"
    "\u2060\u2066\u2069\ufeff"
)
WORDS_OF_PROGRAMS = (
    "undefined null NULL nil None none NaN nan Infinity -inf true True TRUE false yes no on off "
    "0 00 -0 +0 1e400 0x10 0b1 0o7 1_000 1,000.00 1.000,00 ١٢ １２ Ⅻ ½ ² ∞ # #N/A #REF! NA N/A "
    "[] {} () [object Object] <null> \\N \\. \\n EOF con nul aux prn lpt1 .. . ~ * ? $HOME %PATH% "
    "${x} $(x) `x` {{x}} {%x%} #{x} <%=x%> __proto__ constructor toString hasOwnProperty "
    "2026-13-45 31/12/99 12:61 1/2 MARCH1 SEPT2 1-1 00:00:00 9999-12-31T23:59:60Z"
)
MARKUP = (
    "<script>{}</script> <ScRiPt>{}</ScRiPt> <img/src=x\tonerror={}> <svg/onload={}> "
    "<a\thref='javascript:{}'> </textarea>{} </title>{} </bdi>{} </dd>{} </script>{} <!--{}--> "
    "<![CDATA[{}]]> <?php\t{}?> <%{}%> <iframe\tsrcdoc={}> <style>{}</style> <base\thref={}> "
    "<form\taction={}> <input\tautofocus\tonfocus={}> \"onmouseover={}\" '-{}-' ;{};// \\u003c{} "
    "&lt;{}&gt; &#60;{} &#x3c;{} %3C{}%3E +ADw-{}+AD4- <\u0000{}".replace("\u0000", "\ufffd")
)
OF_SQL = (
    '\' OR 1=1-- | \'; DROP TABLE x;-- | " OR ""=" | 1; SELECT pg_sleep(9) | $1 | $$x$$ | '
    "E'\\\\000' | "
    "x'||'y | %' | _ | \\% | ::jsonb | ?| | @> | #>> | /* */ | --\n1 | '' | ') UNION SELECT NULL--"
)
SCRIPTS = {
    "arabic": 0x627, "hebrew": 0x5D0, "devanagari": 0x905, "thai": 0xE01, "hangul": 0xAC00,
    "kana": 0x3042, "han": 0x4E00, "han beyond": 0x20000, "cyrillic": 0x410, "greek": 0x391,
    "georgian": 0x10D0, "ethiopic": 0x1200, "khmer": 0x1780, "tibetan": 0xF40, "tamil": 0xB85,
    "mongolian": 0x1820, "gothic": 0x10330, "cuneiform": 0x12000, "emoji": 0x1F600,
    "flags": 0x1F1E6, "maths": 0x1D400, "private": 0xE000, "private beyond": 0x100000,
    "tags": 0xE0041, "variation": 0xFE00, "braille": 0x2801, "hieroglyphs": 0x13000,
}  # fmt: skip


def made() -> Iterator[str]:
    """By category, each text once it is asked for."""
    yield from (start + behind for start in STARTS for behind in BEHIND)
    yield from (f"a{control}b" for control in CONTROLS)
    yield from (f"{control}=1" for control in CONTROLS[::8])
    yield from (f"a{space}b" for space in SPACES)
    yield from (f"{mark}abc{mark}" for mark in FORMATS)
    yield from WORDS_OF_PROGRAMS.split(" ")
    yield from (frame.replace("{}", "alert(1)") for frame in MARKUP.split(" "))
    yield from OF_SQL.split(" | ")
    for first in SCRIPTS.values():
        word = "".join(chr(first + step) for step in range(6))
        yield word
        yield f"{word} abc {word}\n{word}"
    for base in ("é", "ﬁ", "ẞ", "İ", "Å", "ǆ", "各", "가"):
        yield from (unicodedata.normalize(form, base) for form in ("NFC", "NFD", "NFKC", "NFKD"))
    yield from (letter * n for letter in "x😀ü\u0301" for n in (255, 256, 1_000))


def five_hundred() -> list[str]:
    """Each once, in the order of categories."""
    everything = dict.fromkeys([*TEXTS, *NAUGHTY.values(), *made()])
    return [text for text in everything if text.strip() and len(text) < 4_000][:500]
