"""The embedders there are, by kind: choose one, keep one, read one back."""

from pathlib import Path

from django.conf import settings

from feedback.open_text.embedder import Embedder, NotAvailable, arrays_of, to_bytes
from feedback.open_text.endpoint import Endpoint
from feedback.open_text.lsa import DIMENSIONS, Lsa
from feedback.open_text.static import LSA_DIMENSIONS, LSA_SHARE, Folder, Static

__all__ = [
    "KINDS",
    "Embedder",
    "NotAvailable",
    "best_here",
    "chosen",
    "embedder",
    "for_codes",
    "load",
    "save",
]

CODES_SHARE = 0.8  # of LSA; with .4 and 64 dimensions .008 fewer everyday questions come out right

KINDS: dict[str, type[Lsa | Static | Folder | Endpoint]] = {
    "lsa": Lsa,
    "static": Static,
    "folder": Folder,
    "endpoint": Endpoint,
}


def embedder(kind: str, *, folder: str = "", url: str = "", model: str = "") -> Embedder:
    """A new one, not yet fitted.

    Raises:
        NotAvailable: if it cannot be had here; the message says what is missing.
    """
    match kind:
        case "lsa":
            return Lsa.new()
        case "static":
            return Static.new()
        case "folder" if folder:
            return Folder.new(Path(folder))
        case "folder":
            raise NotAvailable("The embedder folder needs the path of a folder.")
        case "endpoint" if url and model:
            return Endpoint(url, model)
        case "endpoint":
            raise NotAvailable("The embedder endpoint needs an address and a model.")
    raise NotAvailable(f"There is no embedder {kind}: use {', '.join(KINDS)}.")


def best_here(*, share: float = LSA_SHARE, lsa_dimensions: int = LSA_DIMENSIONS) -> Embedder:
    """Static vectors where they are installed, else LSA, which always is.

    Args:
        share, lsa_dimensions: of the LSA that stands beside static vectors.
    """
    try:
        return Static.new(share=share, lsa_dimensions=lsa_dimensions)
    except NotAvailable:
        return Lsa.new()


def chosen() -> Embedder:
    """What the operator chose for the themes of surveys; the best here where nothing was chosen.

    Raises:
        NotAvailable: the folder that was chosen is not there.
    """
    if settings.VECTORS_FOLDER:
        return embedder("folder", folder=settings.VECTORS_FOLDER)
    if settings.VECTORS_MODEL:
        return embedder("endpoint", url=settings.ENDPOINT_URL, model=settings.VECTORS_MODEL)
    return best_here()


def for_codes() -> Embedder:
    """As `best_here`, for learning from examples, which finds out by itself what is telling."""
    return best_here(share=CODES_SHARE, lsa_dimensions=DIMENSIONS)


def save(fitted: Embedder) -> bytes:
    return to_bytes(fitted)


def load(kept: bytes) -> Embedder:
    """A fitted embedder as it was saved.

    Raises:
        NotAvailable: if its vectors are no longer here.
    """
    kind, arrays = arrays_of(kept)
    if kind not in KINDS:
        raise NotAvailable(f"There is no embedder {kind}: use {', '.join(KINDS)}.")
    return KINDS[kind].from_arrays(arrays)
