"""The codebook of an export: described once, written in four ways."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from feedback.exports.codebook import csv, ddi, json, markdown
from feedback.exports.codebook.describe import described
from feedback.exports.codebook.entries import Codebook


@dataclass(frozen=True)
class Kind:
    """One way of writing a codebook; its name ends file names."""

    mime: str
    written: Callable[[Codebook], bytes]


KINDS: Mapping[str, Kind] = {
    "csv": Kind("text/csv; charset=utf-8", csv.written),
    "json": Kind("application/json", json.written),
    "md": Kind("text/markdown; charset=utf-8", markdown.written),
    "xml": Kind("application/xml", ddi.written),
}

__all__ = ["KINDS", "Codebook", "Kind", "described"]
