"""A picture as PNG, for whatever does not take SVG."""

import resvg_py

from feedback.analysis.drawing.canvas import standalone

ZOOM = 2.0  # pixels a unit: sharp on paper and on dense screens


def png(svg: str) -> bytes:
    """The picture on a white sheet.

    Letters are drawn with the fonts of the system, the first of the stack in ``lettering``
    that is installed, and characters that it lacks with any font that has them. Where none
    has them, they are left out or drawn as empty boxes; where there is no font at all,
    shapes are drawn and no text. The picture's SVG and its table still hold all of it.
    Nothing is fetched: our pictures name no file and no address.
    """
    return bytes(resvg_py.svg_to_bytes(svg_string=standalone(svg, dark=False), zoom=ZOOM))
