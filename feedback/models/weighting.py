"""Which shares a survey's responses are weighted to."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from feedback.models.survey import Survey


class Weighting(models.Model):
    """What is known of the population, and so how responses count; none: each counts as one.

    Only the targets are kept. The weights are worked out afresh from the frame whenever
    figures are made, as each response that comes in changes them all.
    """

    survey = models.OneToOneField(Survey, models.CASCADE, related_name="weighting")
    targets = models.JSONField(
        help_text=_("By key of an item and code, the share of those who would answer, 1 in all")
    )
    low = models.FloatField(help_text=_("Least weight, as a multiple of the mean"))
    high = models.FloatField(help_text=_("Greatest weight, likewise"))
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )

    def __str__(self) -> str:
        return f"weighting of {self.survey}"
