"""Two servers under the same load, in turns, so that a slow minute hits both."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks.load import Load, run
from benchmarks.results import Result
from benchmarks.servers import cpu_seconds
from survey_site.processes import Server

ROUNDS = 9
SECONDS = 2.0
WARM_UP = 200


@dataclass(frozen=True)
class Rival:
    """A server, and the requests it gets in one round, each round fresh ones."""

    port: int
    server: Server
    requests: Callable[[], Iterable[bytes]]
    expected: bytes  # status of every answer


@dataclass(frozen=True)
class Round:
    load: Load
    cpu: float  # seconds of the web server
    database_cpu: float

    @property
    def cpu_ms(self) -> float:
        return 1000 * self.cpu / len(self.load.latencies)

    @property
    def database_ms(self) -> float:
        return 1000 * self.database_cpu / len(self.load.latencies)


def contest(rivals: Sequence[Rival], database: Server) -> list[list[Round]]:
    """The rounds of each rival."""
    for rival in rivals:
        warm = (request for request, _n in zip(rival.requests(), range(WARM_UP), strict=False))
        run(rival.port, warm, seconds=SECONDS)
    rounds: list[list[Round]] = [[] for _rival in rivals]
    for _round in range(ROUNDS):
        for rival, own in zip(rivals, rounds, strict=True):
            own.append(one_round(rival, database))
    return rounds


def one_round(rival: Rival, database: Server) -> Round:
    requests = rival.requests()
    before = cpu_seconds(rival.server), cpu_seconds(database)
    load = run(rival.port, requests, seconds=SECONDS)
    after = cpu_seconds(rival.server), cpu_seconds(database)
    if odd := {status: n for status, n in load.statuses.items() if status != rival.expected}:
        raise RuntimeError(f"expected only {rival.expected!r}, saw {odd}")
    return Round(load, after[0] - before[0], after[1] - before[1])


def results(
    name: str,
    ours: Sequence[Round],
    limit: Sequence[Round],
    about: str,
    *,
    beside: str = "bare",
) -> dict[str, Result]:
    """Rate, CPU and latency of one rival, those of the other, called ``beside``, as the limit."""

    def both(figure: Callable[[Round], float]) -> tuple[float, float]:
        return median(map(figure, ours)), median(map(figure, limit))

    share, other_share = both(lambda r: r.load.client_cpu / r.load.seconds)
    database, other_database = both(lambda r: r.database_ms)
    figures = {
        name: (
            *both(lambda r: r.load.rate),
            "requests/s",
            f"client {share:.0%} of a core, {beside} {other_share:.0%}",
        ),
        f"{name}_cpu": (
            *both(lambda r: r.cpu_ms),
            "ms/request",
            f"web server; PostgreSQL {database:.2f}, {beside} {other_database:.2f}",
        ),
        f"{name}_p50": (*both(lambda r: r.load.latency(50)), "ms", "8 connections"),
        f"{name}_p99": (*both(lambda r: r.load.latency(99)), "ms", "8 connections"),
    }
    return {
        key: Result(value, unit, other, f"{about}; {note}")
        for key, (value, other, unit, note) in figures.items()
    }
