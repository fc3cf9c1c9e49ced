"""Net Promoter Score: how likely, 0 to 10, is the respondent to recommend us?

Promoters score 9-10, detractors 0-6; the score is the percentage of promoters less
the percentage of detractors, from -100 to 100.
Source: F. Reichheld, "The One Number You Need to Grow", HBR, December 2003.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from django.utils.translation import gettext as _
from pydantic import Field

from feedback.question_types.base import Example
from feedback.question_types.scales import Scale


class NPS(Scale):
    type: Literal["nps"] = "nps"
    chart: ClassVar = "diverging"
    low: str = Field("", max_length=100, description="What 0 means; not at all likely")
    high: str = Field("", max_length=100, description="What 10 means; very likely")

    @property
    def ends(self) -> tuple[int, int]:
        return 0, 10

    @property
    def end_words(self) -> tuple[str, str]:
        return self.low or _("Not at all likely"), self.high or _("Very likely")

    def derived(self, counts: Mapping[str, float]) -> dict[str, Any]:
        """The three camps, and ``score``, which is None without any answer.

        The share of promoters (9 and 10) less that of detractors (0 to 6), in per cent:
        F. Reichheld (2003), Harvard Business Review 81(12), 46-54.
        """
        by_score = [*counts.values()]
        camps = {"detractors": sum(by_score[:7]), "passives": sum(by_score[7:9])}
        camps["promoters"] = sum(by_score[9:])
        n = sum(camps.values())
        ahead = camps["promoters"] - camps["detractors"]
        return {**super().derived(counts), **camps, "score": 100 * ahead / n if n else None}

    @classmethod
    def example(cls) -> Example:
        return Example(
            cls(key="recommend", text="Would you recommend us to a friend?"),
            accepts=[
                ({"recommend": ["0"]}, {"recommend": 0}),
                ({"recommend": ["10"]}, {"recommend": 10}),
                ({"recommend": [""]}, {"recommend": None}),
            ],
            cells=[{"recommend": 0}, {"recommend": 10}, {"recommend": None}],
            refuses=[
                ({"recommend": ["11"]}, "not one of the options"),
                ({"recommend": ["-1"]}, "not one of the options"),
            ],
        )
