"""What the clients were told: each acknowledged response on a line, on the disk before they go on.

Independent of the product: what must be stored is worked out here from what was sent.
"""

import base64
import hashlib
import hmac
import json
import os
import struct
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

Answers = dict[str, Any]
BODY = struct.Struct(">IIII16s")  # of a ticket: survey, revision, begun, issued, nonce
WISHES = (
    "more boats",
    "größere Kräne",
    "рыба",
    "魚 🐟",
    "a « quiet » pier",
    "=1+1",
    "<b>light</b>",
)


def digest(answers: Mapping[str, Any]) -> str:
    """SHA-256 of answers as they are stored, written in one way."""
    plain = json.dumps(answers, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()


def receipt_hash(code: str) -> UUID:
    """What the row of a receipt's response holds."""
    return UUID(bytes=hashlib.sha256(code.encode()).digest()[:16])


def nonce_of(ticket: str) -> UUID:
    return UUID(bytes=BODY.unpack(base64.urlsafe_b64decode(ticket)[: BODY.size])[4])


def moved(ticket: str, seconds: int, *, secret: str) -> str:
    """The ticket as if the server's clock had jumped by so much since it was issued."""
    survey, revision, begun, issued, nonce = BODY.unpack(
        base64.urlsafe_b64decode(ticket)[: BODY.size]
    )
    body = BODY.pack(survey, revision, begun - seconds, issued - seconds, nonce)
    key = hmac.digest(secret.encode(), b"soundings ticket", "sha256")
    return base64.urlsafe_b64encode(body + hmac.digest(key, body, "sha256")[:16]).decode()


def made_up(chance: Random) -> tuple[dict[str, Any], Answers]:
    """One respondent: the fields that are sent, and the answers that must be stored."""
    fields: dict[str, Any] = {"wish": f"{chance.choice(WISHES)} {chance.getrandbits(64):x}"}
    stored: Answers = {"name": None, "visit": None, "uses": [], "stars": None, **fields}
    if chance.random() < 0.5:
        fields["name"], stored["name"] = "Ada", True  # kept apart, encrypted
    if chance.random() < 0.8:
        fields["visit"] = stored["visit"] = chance.choice(["often", "seldom", "never"])
    if chance.random() < 0.8:
        fields["uses"] = stored["uses"] = [
            use for use in ("boats", "fish", "walk") if chance.random() < 0.5
        ]
    if chance.random() < 0.8:
        stars = chance.randint(1, 5)
        fields["stars"], stored["stars"] = str(stars), stars
    if not stored["uses"]:
        stored["uses"] = None
    return fields, stored


@dataclass(frozen=True)
class Acknowledged:
    """One line: what a client holds in its hands."""

    nonce: str
    receipt: str
    digest: str
    tries: int


class Ledger:
    """Shared by all clients; ``sent`` also has what was never acknowledged."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.lock = threading.Lock()
        self.sent: dict[str, str] = {}  # nonce: digest
        self.count = 0
        self.output = file.open("w")

    def send(self, nonce: UUID, digest: str) -> None:
        with self.lock:
            self.sent[str(nonce)] = digest

    def acknowledge(self, line: Acknowledged) -> None:
        with self.lock:
            self.output.write(json.dumps(line.__dict__) + "\n")
            self.output.flush()
            os.fsync(self.output.fileno())
            self.count += 1

    def lines(self) -> list[Acknowledged]:
        """All of them, read back from the disk."""
        with self.lock, self.file.open() as lines:
            return [Acknowledged(**json.loads(line)) for line in lines]

    def close(self) -> None:
        self.output.close()
