"""A ZIP file that is being filled, and what must be known of each file in it."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from feedback.exports.making import Counting

PIECE = 1 << 20  # bytes


@dataclass(frozen=True)
class Packed:
    """One file in it; ``rows`` is None where it has none."""

    path: str
    bytes: int
    sha256: str
    rows: int | None = None

    def as_data(self) -> dict[str, Any]:
        rows = {} if self.rows is None else {"rows": self.rows}
        return {"path": self.path, "bytes": self.bytes, "sha256": self.sha256, **rows}


@dataclass
class Parcel:
    """Files are put in one after another, piece by piece, so that none is held in memory.

    Attributes:
        at: the time that the files are said to be of.
    """

    archive: ZipFile
    at: datetime
    files: list[Packed] = field(default_factory=list)

    def put(
        self,
        path: str,
        pieces: Iterable[bytes],
        *,
        small: bool = False,
        counting: Counting | None = None,
    ) -> None:
        """Put one file in.

        Args:
            small: whether it is compressed already.
            counting: told of its rows while the pieces come.
        """
        info = ZipInfo(path, self.at.timetuple()[:6])
        info.compress_type = ZIP_STORED if small else ZIP_DEFLATED
        info.external_attr = 0o644 << 16
        digest, size = hashlib.sha256(), 0
        with self.archive.open(info, "w", force_zip64=True) as file:
            for piece in pieces:
                digest.update(piece)
                size += len(piece)
                file.write(piece)
        rows = counting.rows if counting else None
        self.files.append(Packed(path, size, digest.hexdigest(), rows))

    def file(self, path: str) -> Packed:
        return next(one for one in self.files if one.path == path)


def pieces_of(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece
