"""A small disk for the table of responses, where root may mount one; elsewhere there is none."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tests.faults.copy import Copy

BYTES = 512 << 20


def problem() -> str:
    """Why there can be none here; "" where there can."""
    if sys.platform != "linux":
        return "it needs Linux"
    return "" if os.geteuid() == 0 else "only root may mount a disk"


@contextmanager
def small_disk(copy: Copy) -> Iterator[str]:
    """Move the responses to a disk of their own; why not, where that is not possible."""
    if why := problem():
        yield why
        return
    folder = (copy.site.data_dir / "postgres").resolve().parent / "small"
    folder.mkdir(mode=0o700)
    command = ["mount", "-t", "tmpfs", "-o", f"size={BYTES},mode=0700", "tmpfs", str(folder)]
    mounted = subprocess.run(command, capture_output=True, text=True, check=False)
    if mounted.returncode:
        yield mounted.stderr.strip()
        return
    try:
        owner = (copy.site.data_dir / "postgres").stat()
        os.chown(folder, owner.st_uid, owner.st_gid)
        with copy.database() as connection:
            place = str(folder).replace("'", "''")
            connection.execute(f"CREATE TABLESPACE small LOCATION '{place}'".encode())
            connection.execute("ALTER TABLE feedback_response SET TABLESPACE small")
        copy.room = folder
        yield ""
    finally:
        copy.room = None
        copy.kept["postgres"].end()
        subprocess.run(["umount", "--lazy", str(folder)], capture_output=True, check=False)
        folder.rmdir()
