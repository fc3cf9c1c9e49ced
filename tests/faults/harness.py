"""One run: faults by a seeded schedule while clients send, and a look at everything in between."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import psycopg

from tests.faults.checker import Checker, Violation
from tests.faults.clients import Clients, Seen
from tests.faults.copy import Copy
from tests.faults.ledger import Ledger
from tests.faults.servers import FAULTS

BATCH = 10  # faults between two checks
RECOVERED = 60  # seconds until a response is acknowledged after a fault
LOGGED = 20_000  # characters of each web's log that a report shows
AUDITED = """
    INSERT INTO feedback_auditentry (at, action, details)
    VALUES (now(), 'fault', jsonb_build_object('step', %s::int)) RETURNING id
"""


@dataclass
class Report:
    """What one run did and saw."""

    seed: int
    done: Counter[str] = field(default_factory=Counter)
    recoveries: dict[str, list[float]] = field(default_factory=dict)  # seconds, by fault
    acknowledged: int = 0
    stored: int = 0
    checks: int = 0
    settled: float = 0.0  # seconds that the slowest check waited for what is derived
    seconds: float = 0.0
    seen: Seen = field(default_factory=Seen)
    step: int = 0  # the one after which something was wrong
    violations: list[Violation] = field(default_factory=list)
    logged: str = ""  # the end of what webs and PostgreSQL logged, where something was wrong

    @property
    def slowest(self) -> float:
        return max((max(taken) for taken in self.recoveries.values()), default=0.0)

    def kinds(self) -> set[str]:
        return {violation.kind for violation in self.violations}

    def told(self) -> str:
        found = "\n".join(f"  {violation}" for violation in self.violations[:20])
        where = f"SEED={self.seed}, after step {self.step}, last {[*self.done][-1:]}"
        return f"{where}:\n{found}\n{self.logged}"


def logged(log: Path) -> str:
    """The end of a log, which goes with the copy."""
    return log.read_text(errors="replace")[-LOGGED:]


def possible(copy: Copy) -> list[str]:
    """The faults that can be made here."""
    return [name for name in FAULTS if name != "table_without_room" or copy.room]


def schedule(names: Sequence[str], number: int, seed: int) -> list[str]:
    """So many faults: every one before any comes again, each time in another order."""
    chance, planned = Random(seed), list[str]()
    while len(planned) < number:
        planned += chance.sample(names, len(names))
    return planned[:number]


@contextmanager
def people(copy: Copy, *, seed: int) -> Iterator[tuple[Clients, Ledger, Checker]]:
    """Clients that send until the end, what they hold, and who compares it with the rows."""
    ledger = Ledger(copy.site.data_dir / f"ledger-{seed}.jsonl")
    secret = copy.site.environment["SECRET_KEY"]
    clients = Clients(copy.ports, ledger, secret=secret, seed=seed)
    try:
        yield clients, ledger, Checker(copy, ledger)
    finally:
        clients.end()
        ledger.close()


def run(
    copy: Copy,
    planned: Sequence[str],
    *,
    seed: int,
    batch: int = BATCH,
    before: int = 0,
    chain: bool = True,
    done: Callable[[int], None] = lambda count: None,
) -> Report:
    """Make the planned faults, up to the first batch after which something is wrong.

    Args:
        before: responses that are acknowledged before the first of them.
        chain: verify the audit log and the personal answers at the end, by our commands.
    """
    report, begun = Report(seed), time.monotonic()
    with people(copy, seed=seed) as (clients, ledger, checker):
        clients.go_on()
        copy.until(lambda: ledger.count >= before, seconds=RECOVERED)
        for step, name in enumerate(planned):
            report.step = step
            audit(copy, checker, step)
            FAULTS[name](copy, clients, Random(f"{seed}:{step}"))
            report.done[name] += 1
            taken = recovery(copy, ledger)
            report.recoveries.setdefault(name, []).append(taken)
            if taken > RECOVERED:
                report.violations.append(Violation("stuck", f"nothing taken after {name}"))
            done(1)
            last = step == len(planned) - 1
            if last or step % batch == batch - 1 or report.violations:
                report.violations += look(copy, clients, checker, last=last and chain)
                report.checks += 1
                if report.violations:
                    report.logged = "\n".join(
                        logged(copy.site.log(name)) for name in (*copy.named("web"), "postgres")
                    )
                    break
                clients.go_on()
        report.seen, report.acknowledged = clients.seen, ledger.count
        report.stored, report.settled = checker.read, checker.slowest
    report.seconds = time.monotonic() - begun
    return report


def audit(copy: Copy, checker: Checker, step: int) -> None:
    """An entry that is committed, as of an act of staff's, for the chain to hold."""

    def written() -> bool:
        try:
            with copy.database() as connection:
                row = connection.execute(AUDITED, [step]).fetchone()
        except psycopg.Error:
            return False
        checker.audited.append(row[0] if row else 0)
        return True

    copy.until(written, seconds=RECOVERED)


def recovery(copy: Copy, ledger: Ledger) -> float:
    """Seconds until the next response is acknowledged and all webs answer."""
    begun, before = time.monotonic(), ledger.count
    back = copy.until(lambda: ledger.count > before and copy.webs_answer(), seconds=RECOVERED)
    return time.monotonic() - begun if back else RECOVERED + 1.0


def look(copy: Copy, clients: Clients, checker: Checker, *, last: bool) -> list[Violation]:
    """Let everybody finish, then check."""
    found = []
    if not clients.pause(copy.look_after):
        found.append(Violation("stuck", "a client waits for its answer for more than a minute"))
    found += checker.at_the_end() if last else checker.check()
    return found + [Violation("wrong", told) for told in clients.seen.wrong]
