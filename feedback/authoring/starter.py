"""What a new questionnaire begins with."""

from pathlib import Path

STARTER = (Path(__file__).parent / "starter.yaml").read_text(encoding="utf-8")
