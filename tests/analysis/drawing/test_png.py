"""Pictures as pixels, for whatever does not take SVG."""

from io import BytesIO

from PIL import Image

from feedback.analysis.drawing.bars import Bar, bars
from feedback.analysis.drawing.inks import INKS
from feedback.analysis.drawing.png import png


def drawn(**more: bool) -> Image.Image:
    svg = bars([Bar("Often", 3, 0.75), Bar("Never", 1, 0.25)], title="t", desc="d", **more)
    return Image.open(BytesIO(png(svg))).convert("RGB")


def rgb(ink: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(INKS[ink].light[1:]))


def test_a_png_is_light_and_twice_as_sharp() -> None:
    """It is pasted into documents, which are white, and printed."""
    image = drawn()

    assert image.width > 800
    assert image.getpixel((2, 2)) == rgb("sheet")
    assert rgb("bar") in {colour for _n, colour in image.getcolors(1 << 20) or []}


def test_a_png_from_the_right_is_drawn_from_the_right() -> None:
    """The program that draws it knows no direction of pages, so the picture has its own."""
    middle, colour = drawn().height // 4, rgb("bar")
    left, right = drawn(), drawn(rtl=True)

    def weight(image: Image.Image) -> float:
        xs = [
            x
            for x in range(image.width)
            for y in (middle - 6, middle, middle + 6)
            if image.getpixel((x, y)) == colour
        ]
        return sum(xs) / max(len(xs), 1) / image.width

    assert weight(left) < 0.5 < weight(right)
