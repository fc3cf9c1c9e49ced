"""One running copy of the product: its data folder, its address, what it keeps running."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

from survey_site.processes import CannotStart, Kept, Server, say

ROOT = Path(__file__).resolve().parent.parent
STEPS = 8


class Stop(BaseException):
    """Somebody asked us to end; not an ``Exception``, so that nothing swallows it."""


# Python itself swallows what a signal raises in the middle of a fork, so it is also noted.
asked_to_stop = Event()


class SettingRefused(CannotStart):
    """A variable or a file of settings holds something that cannot be used."""


@dataclass
class Site:
    """One copy of the product: its data folder, its address, and what it keeps running."""

    data_dir: Path
    host: str
    port: int
    environment: dict[str, str]
    admin_password: str = ""
    kept: dict[str, Kept] = field(default_factory=dict)
    steps_begun: int = 0

    @classmethod
    def read(cls, given: Mapping[str, str]) -> "Site":
        """Read the environment; an empty variable counts as not set."""
        environment = {name: value for name, value in given.items() if value}
        port = environment.get("PORT", "8000")
        if not port.isdecimal() or not 0 < int(port) < 65_536:
            raise SettingRefused(f"PORT is {port!r}: set it to a number from 1 to 65535.")
        data_dir = Path(environment.get("DATA_DIR") or ROOT / ".data").resolve()
        environment.setdefault("STATIC_ROOT", str(data_dir / "static"))
        environment |= {
            "DATA_DIR": str(data_dir),
            "DJANGO_SETTINGS_MODULE": "survey_site.settings",
        }
        password = environment.pop("ADMIN_PASSWORD", "")  # only ensure_admin is to know it
        host = environment.get("HOST", "127.0.0.1")
        return cls(data_dir, host, int(port), environment, password)

    @property
    def address(self) -> str:
        """Host and port as a browser on this machine writes them."""
        here = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)
        return f"[{here}]:{self.port}" if ":" in here else f"{here}:{self.port}"

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        """Tell what is going on, and how long it took."""
        self.steps_begun += 1
        say(f"[{self.steps_begun}/{STEPS}] {title} … ", end="")
        begun = time.monotonic()
        try:
            yield
        except BaseException:
            say("")
            raise
        say(f"{time.monotonic() - begun:.1f} s")
        if asked_to_stop.is_set():
            raise Stop

    def keep(self, name: str, start: Callable[[], Server]) -> Server:
        self.kept[name] = Kept(name, start)
        return self.kept[name].begin()

    def log(self, name: str) -> Path:
        return self.data_dir / "logs" / f"{name}.log"
