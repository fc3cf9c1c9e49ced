"""Pages as PDF, where the system has Pango; nothing is fetched while one is made."""

import logging

from PIL import ImageFile

# What it tells of a page may hold what somebody typed; it is no matter for a log.
logging.getLogger("weasyprint").propagate = False


class NoPango(Exception):
    """The system lacks the library that sets the text of a PDF."""


def pdf_of(html: str, *, css: str) -> bytes:
    """A page as a tagged PDF with bookmarks.

    Raises:
        NoPango: there is no Pango on this system.
    """
    usual = ImageFile.LOAD_TRUNCATED_IMAGES
    try:
        # Here, as it looks for Pango while it is imported, and most processes never need it.
        import weasyprint
        import weasyprint.images  # which it would import later, past what follows
        from weasyprint.urls import URLFetcher
    except OSError as error:
        raise NoPango from error
    finally:
        # It has Pillow take cut pictures for whole ones, in all of the process.
        ImageFile.LOAD_TRUNCATED_IMAGES = usual
    # Neither from the network nor from the file system: a report is made of what is in it.
    nothing = URLFetcher(allowed_protocols=())
    page = weasyprint.HTML(string=html, base_url="about:blank", url_fetcher=nothing)
    styles = [weasyprint.CSS(string=css, url_fetcher=nothing)]
    made: bytes = page.write_pdf(stylesheets=styles, pdf_variant="pdf/ua-1")
    return made
