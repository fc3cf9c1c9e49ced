"""Send a corpus to a server, and hold every answer against the rules."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Barrier
from uuid import UUID

from tests.hostile.aftermath import aftermath
from tests.hostile.drafts import Hostile
from tests.hostile.ledger import ACCEPTED, Ledger, Sent
from tests.hostile.rules import LIMIT, faults
from tests.hostile.scene import Scene
from tests.hostile.sending import Answer, send

AT_ONCE = 4  # as many as a process works on for staff
BATCH = 250


@dataclass(frozen=True)
class Fault:
    """A rule that was broken, and by the answer to what."""

    request: Hostile
    broken: str


@dataclass
class Outcome:
    """What was sent and what came of it."""

    sent: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    families: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    accepted: int = 0
    faults: list[Fault] = field(default_factory=list)
    afterwards: list[str] = field(default_factory=list)  # what was wrong once all were sent


Progress = Callable[[int, int], None]


def hear(
    requests: Sequence[Hostile],
    scene: Scene,
    port: int,
    *,
    limit: float = LIMIT,
    progress: Progress = lambda done, of: None,
) -> Outcome:
    """Send them all, some at once, and check what is stored after each batch.

    Args:
        limit: seconds that an answer may take, the second time at the latest.
    """
    outcome, ledger = Outcome(), Ledger(scene.town)
    with ThreadPoolExecutor(AT_ONCE) as senders:
        for begin in range(0, len(requests), BATCH):
            batch = requests[begin : begin + BATCH]
            scene.renew()
            for told in senders.map(lambda one: exchanged(one, scene, port, limit), batch):
                note(told, outcome, ledger)
            outcome.faults += [Fault(request, broken) for request, broken in ledger.faults()]
            progress(begin + len(batch), len(requests))
    outcome.afterwards += ledger.at_the_end(scene.own)
    outcome.afterwards += aftermath(scene, port)
    return outcome


@dataclass(frozen=True)
class Told:
    """A request as it went out, and all that came back."""

    request: Hostile
    nonce: UUID | None
    raw: bytes
    answers: Sequence[Answer]
    broken: Sequence[str]


def exchanged(request: Hostile, scene: Scene, port: int, limit: float) -> Told:
    """Once, or as often at once as it says; what was slow is asked a second time."""
    raw, nonce = scene.fill(request.raw)
    if request.times > 1:
        answers = at_once(request, raw, port)
        broken = [fault for one in answers for fault in faults(request, one, limit=10 * limit)]
        return Told(request, nonce, raw, answers, broken)
    answer = send(port, raw, closes=request.closes)
    broken = list(faults(request, answer, limit=limit))
    if answer.seconds > limit and not answer.hung:
        again = send(port, raw, closes=request.closes)
        if again.seconds <= limit:
            broken = [fault for fault in broken if not fault.startswith("took")]
    return Told(request, nonce, raw, [answer], broken)


def at_once(request: Hostile, raw: bytes, port: int) -> list[Answer]:
    gate = Barrier(request.times)

    def press(_finger: int) -> Answer:
        gate.wait(timeout=60)
        return send(port, raw, closes=request.closes)

    with ThreadPoolExecutor(request.times) as fingers:
        return list(fingers.map(press, range(request.times)))


def note(told: Told, outcome: Outcome, ledger: Ledger) -> None:
    request = told.request
    outcome.sent += len(told.answers)
    outcome.statuses.update(answer.status for answer in told.answers)
    outcome.families[request.family] += len(told.answers)
    outcome.slowest = max(outcome.slowest, *(answer.seconds for answer in told.answers))
    outcome.faults += [Fault(request, broken) for broken in told.broken]
    if told.nonce is None or not ledger.may_store(told.raw):
        return
    entry = ledger.sent[told.nonce] = Sent(request, body_of(told.raw))
    for answer in told.answers:
        entry.statuses.add(answer.status)
        if answer.status == ACCEPTED:
            entry.places.add(answer.header("location"))
    outcome.accepted += entry.stored


def body_of(raw: bytes) -> bytes:
    """What stands behind the head, as long as it was said to be."""
    head, _end, body = raw.partition(b"\r\n\r\n")
    for line in head.split(b"\r\n"):
        name, _colon, value = line.partition(b":")
        if name.strip().lower() == b"content-length" and value.strip().isdigit():
            return body[: int(value)]
    return body


def by_kind(found: Iterable[Fault]) -> dict[str, list[Fault]]:
    """Faults that are alike together, the most frequent first."""
    kinds: dict[str, list[Fault]] = {}
    for fault in found:
        kinds.setdefault(f"{fault.request.family}: {fault.broken}"[:110], []).append(fault)
    return dict(sorted(kinds.items(), key=lambda pair: -len(pair[1])))
