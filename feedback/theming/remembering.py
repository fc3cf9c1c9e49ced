"""What a server told of texts, kept with the themes that it is for.

It is asked for each text once, through all searches and splits, as asking takes time and may
cost money. A vector tells much of its text, so it goes with it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from feedback.models import TextVector
from feedback.open_text.embedder import Halves
from feedback.theming.answers import digest


@dataclass(frozen=True)
class OfSet:
    """The memory of one set of themes."""

    set: int

    def known(self, model: str, texts: Sequence[str]) -> dict[str, Halves]:
        by_digest = {digest(text): text for text in texts}
        kept = TextVector.objects.filter(set=self.set, embedder=model, said__in=by_digest)
        told = kept.values_list("said", "vector")
        return {by_digest[said]: np.frombuffer(bytes(row), np.float16) for said, row in told}

    def keep(self, model: str, told: Mapping[str, Halves]) -> None:
        TextVector.objects.bulk_create(
            [
                TextVector(set_id=self.set, said=digest(text), embedder=model, vector=row.tobytes())
                for text, row in told.items()
            ],
            ignore_conflicts=True,
        )

    def forget(self, digests: Collection[int]) -> None:
        """Texts that are no longer there; whoever wrote the same has it asked for again."""
        if digests:
            TextVector.objects.filter(set=self.set, said__in=digests).delete()

    def keep_only(self, model: str) -> None:
        TextVector.objects.filter(set=self.set).exclude(embedder=model).delete()
