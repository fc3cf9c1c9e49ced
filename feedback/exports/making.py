"""Making a whole file, or none: what the command and the worker do alike."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.utils import timezone

from feedback.exports.format import Format, Tick
from feedback.exports.manifest import manifest
from feedback.exports.table import Table, snapshot

UNFINISHED = ".unfinished"  # ends the name of the folder of a file that is being written


def make(table: Table, kind: Format, path: Path, *, tick: Tick) -> Mapping[str, Any]:
    """Write a file in a folder of its own, see it on the disk, and only then put it in its place.

    All of it is read in one snapshot, the manifest included. Whatever else a format needs
    while it writes lies in the same folder.

    Args:
        tick: told how many further rows are done; whatever it raises ends the work.

    Returns:
        The manifest.

    Raises:
        OSError: of the disk. Whatever is raised, nothing is left behind.
    """
    folder, done = path.with_name(path.name + UNFINISHED), Counting(tick)
    unfinished, table = folder / path.name, kind.fitted(table)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    try:
        with snapshot():
            at = timezone.now()
            kind.write(table, unfinished, done)
            flushed(unfinished)
            told = manifest(table, kind, unfinished, rows=done.rows, at=at)
        unfinished.replace(path)
        flushed(path.parent)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return told


class Counting:
    """Counts the rows that it passes on."""

    def __init__(self, tick: Tick) -> None:
        self.tick = tick
        self.rows = 0

    def __call__(self, rows: int) -> None:
        self.rows += rows
        self.tick(rows)


def flushed(path: Path) -> None:
    """Wait until a file, or the names in a folder, would survive a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
