"""Signs that a format cannot hold, shown by others: a bell as ␇, a lone surrogate as �."""

import re

# XML 1.0 holds no others: https://www.w3.org/TR/xml/#charsets
UNHEARD_OF = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def shown(text: str) -> str:
    return UNHEARD_OF.sub(lambda found: picture(found[0]), text)


def picture(sign: str) -> str:
    return chr(0x2400 + ord(sign)) if ord(sign) < 0x20 else "\N{REPLACEMENT CHARACTER}"
