"""What a measurement says, as a table and as a file that other programs read."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

FILE = Path(__file__).parent / "results" / "bench.json"


@dataclass(frozen=True)
class Result:
    """One figure. ``ratio`` is value ÷ limit; what is better depends on the unit."""

    value: float
    unit: str
    limit: float
    note: str

    @property
    def ratio(self) -> float:
        return self.value / self.limit if self.limit else 0.0


Results = Mapping[str, Result]


def write(results: Results, file: Path = FILE) -> None:
    """Write the file anew: it holds one run, never a mixture of several."""
    file.parent.mkdir(exist_ok=True)
    plain = {name: asdict(result) | {"ratio": result.ratio} for name, result in results.items()}
    file.write_text(json.dumps(plain, indent=2) + "\n")


def table(results: Results) -> str:
    rows = [("", "value", "limit", "ratio", "unit", "note")]
    for name, result in results.items():
        figures = (short(result.value), short(result.limit), f"{result.ratio:.2f}")
        rows.append((name, *figures, result.unit, result.note))
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if 0 < i < 4 else cell.ljust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )


def short(figure: float) -> str:
    return f"{figure:,.0f}" if figure >= 100 else f"{figure:.3g}"
