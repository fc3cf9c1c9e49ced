"""Files of responses, each made from the same Selection and Columns as the pages."""

from feedback.exports.csv import CSV
from feedback.exports.format import Format
from feedback.exports.jsonl import JSONL
from feedback.exports.package import PACKAGE
from feedback.exports.parquet import PARQUET
from feedback.exports.spss import ZSAV
from feedback.exports.stata import DTA
from feedback.exports.xlsx import XLSX

FORMATS = {one.name: one for one in (CSV, XLSX, JSONL, PARQUET, ZSAV, DTA, PACKAGE)}

__all__ = ["FORMATS", "Format"]
