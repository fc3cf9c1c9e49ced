"""A figure as pages show it: a table first, and the picture of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString


@dataclass(frozen=True)
class Figure:
    """What ``templates/parts/figure.html`` shows.

    Attributes:
        name: in addresses and file names; letters, digits, ``_`` and ``-``.
        title: of the table and the picture.
        note: what must be known to read them; "" for nothing.
        head: the headings of the table.
        rows: its cells in words of the active language, the first of a row being its head.
            A cell may be markup, such as a link, if it is marked safe.
        svg: the picture, as the drawings give it; "" where there is only the table.
    """

    name: str
    title: str
    note: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    svg: str = ""

    @property
    def drawing(self) -> SafeString:
        """The picture as markup: whatever anybody typed was escaped when it was drawn."""
        return SafeString(self.svg)
