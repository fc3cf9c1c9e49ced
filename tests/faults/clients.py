"""People who fill in the public form, and who do not give up until they have a receipt."""

import http.client
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from urllib.parse import urlencode
from uuid import UUID

from tests.faults.ledger import Acknowledged, Ledger, digest, made_up, moved, nonce_of

PATH = "/s/harbour/"
TICKET = re.compile(rb'name="ticket" value="([^"]+)"')
RECEIPT = re.compile(r"/r/([a-z2-7]{26})/")
PATIENCE = 8  # seconds for one answer
GIVE_UP = 60  # seconds for one response, from the first try
AGAIN = 0.1  # of the acknowledged are sent once more, as by a back button
A_DAY = 24 * 3600


@dataclass
class Seen:
    """What the clients saw together; ``wrong`` is what they never should."""

    statuses: Counter[str] = field(default_factory=Counter)
    retried: int = 0
    renewed: int = 0  # forms that came too late, and were taken under the ticket they got
    wrong: list[str] = field(default_factory=list)


class Lost(Exception):
    """No whole answer came."""


class Clients:
    """So many threads; between ``pause`` and ``go_on`` none of them sends anything."""

    def __init__(
        self, ports: Sequence[int], ledger: Ledger, *, secret: str, seed: int, number: int = 4
    ) -> None:
        self.ports, self.ledger, self.secret = list(ports), ledger, secret
        self.seen, self.lock = Seen(), threading.Lock()
        self.jump = 0  # seconds that the clock jumps between a form's delivery and its return
        self.going, self.ended = threading.Event(), threading.Event()
        self.idle = [threading.Event() for _ in range(number)]
        self.threads = [
            threading.Thread(target=self.work, args=(Random(f"{seed}:{n}"), idle), daemon=True)
            for n, idle in enumerate(self.idle)
        ]
        for thread in self.threads:
            thread.start()

    def go_on(self) -> None:
        for idle in self.idle:
            idle.clear()
        self.going.set()

    def pause(self, until: Callable[[], None] = lambda: None) -> bool:
        """Let everybody finish; whether they did, in time. ``until`` is called meanwhile."""
        self.going.clear()
        deadline = time.monotonic() + GIVE_UP + 2 * PATIENCE
        while not all(idle.is_set() for idle in self.idle):
            until()
            if time.monotonic() > deadline:
                return False
            time.sleep(0.05)
        return True

    def end(self) -> None:
        self.ended.set()
        self.going.set()
        for thread in self.threads:
            thread.join(GIVE_UP + 2 * PATIENCE)

    def work(self, chance: Random, idle: threading.Event) -> None:
        while not self.ended.is_set():
            if not self.going.is_set():
                idle.set()
                self.going.wait()
                continue
            try:
                self.answer(chance)
            except Exception as problem:
                self.note_wrong(f"a client failed: {problem!r}")
            time.sleep(chance.uniform(0, 0.1))

    def answer(self, chance: Random) -> None:
        """Fetch a form, fill it in, send it until it is acknowledged."""
        fields, stored = made_up(chance)
        begun, tries, ticket, late = time.monotonic(), 0, "", False
        while time.monotonic() - begun < GIVE_UP:
            if not ticket:
                if not (ticket := self.fetch(chance)):
                    time.sleep(0.1)
                    continue
                nonce = nonce_of(ticket)
                self.ledger.send(nonce, digest(stored))
                late, ticket = self.jump > A_DAY, self.under_another_clock(ticket)
            tries += 1
            status, receipt, page = self.post(chance, fields, ticket)
            if receipt:
                line = Acknowledged(str(nonce), receipt, digest(stored), tries)
                self.ledger.acknowledge(line)
                self.send_again(chance, fields, ticket, receipt)
                return
            if status == 422 and late:
                ticket, late = self.renewed(page, nonce), False
                continue
            if status not in {0, 503}:
                self.note_wrong(f"{status} for a response that is in order")
                return
            with self.lock:
                self.seen.retried += 1
            time.sleep(0.1)
        self.note_wrong(f"no acknowledgement within {GIVE_UP} s")

    def under_another_clock(self, ticket: str) -> str:
        return moved(ticket, self.jump, secret=self.secret) if self.jump else ticket

    def renewed(self, page: bytes, nonce: UUID) -> str:
        """The new ticket in a form that came back for being late."""
        ticket = ticket_in(page)
        if not ticket or nonce_of(ticket) != nonce:
            self.note_wrong("a late form came back without its attempt")
            return ""
        with self.lock:
            self.seen.renewed += 1
        return ticket

    def fetch(self, chance: Random) -> str:
        """A ticket, or "" where there is none to be had now."""
        try:
            status, _location, page = self.ask(chance, "GET")
        except Lost:
            return ""
        if status == 200 and (ticket := ticket_in(page)):
            return ticket
        if status != 503:
            self.note_wrong(f"{status} for the form's page")
        return ""

    def post(self, chance: Random, fields: object, ticket: str) -> tuple[int, str, bytes]:
        """Status (0: lost), the receipt's code if there is one, and the page."""
        body = urlencode({**fields, "ticket": ticket}, doseq=True)  # type: ignore[dict-item]
        try:
            status, location, page = self.ask(chance, "POST", body)
        except Lost:
            return 0, "", b""
        found = RECEIPT.search(location) if status == 303 else None
        return status, found[1] if found else "", page

    def send_again(self, chance: Random, fields: object, ticket: str, receipt: str) -> None:
        if chance.random() < AGAIN:
            _status, again, _page = self.post(chance, fields, ticket)
            if again and again != receipt:
                self.note_wrong("another receipt for the same response")

    def ask(self, chance: Random, method: str, body: str = "") -> tuple[int, str, bytes]:
        """Raises: Lost."""
        site = http.client.HTTPConnection("127.0.0.1", chance.choice(self.ports), timeout=PATIENCE)
        headers = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
        try:
            site.request(method, PATH, body=body or None, headers=headers)
            answer = site.getresponse()
            found = answer.status, answer.getheader("Location", ""), answer.read()
        except (OSError, http.client.HTTPException) as problem:
            self.count(f"{method} lost")
            raise Lost from problem
        finally:
            site.close()
        self.count(f"{method} {found[0]}")
        return found

    def count(self, what: str) -> None:
        with self.lock:
            self.seen.statuses[what] += 1

    def note_wrong(self, what: str) -> None:
        with self.lock:
            self.seen.wrong.append(what)


def ticket_in(page: bytes) -> str:
    found = TICKET.search(page)
    return found[1].decode() if found else ""
