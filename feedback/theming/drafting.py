"""Names of themes drafted by the model that the operator named, if any.

Never needed: without it, or where it is away, a theme is called by its phrases. A draft is marked
until staff keep it or choose another, is never public before that, and replaces no name of theirs.
"""

import logging

from django.conf import settings
from django.db.models import QuerySet

from feedback.models import Theme, ThemeSet
from feedback.open_text.discretion import Discretion
from feedback.open_text.embedder import NotAvailable
from feedback.open_text.proposing_names import proposed_name
from feedback.responses.in_field import items_of
from feedback.theming.reading import typical

logger = logging.getLogger(__name__)


def draft(number: int) -> None:
    """Draft names for the themes of one set that have none but their phrases."""
    kept = ThemeSet.objects.filter(pk=number, fitted_at__isnull=False)
    found = kept.select_related("survey").defer("model").first()
    if found is None or not settings.NAMES_MODEL:
        return
    items = items_of(found.survey)
    asked = {item.key: item.text for item in items}.get(found.item, "")
    said = typical(found, rows=None, discretion=Discretion.towards(items, sees_personal=False))
    others = Theme.objects.filter(set=found)
    for theme in unnamed(found):
        if theme.pk not in said:
            continue
        try:
            name = proposed_name(
                settings.ENDPOINT_URL,
                settings.NAMES_MODEL,
                question=asked,
                phrases=theme.label,
                answers=[one.text for one in said[theme.pk]],
                taken=list(others.exclude(pk=theme.pk).values_list("name", flat=True)),
            )
        except NotAvailable as error:
            logger.warning("theme set %s: %s", number, error)
            return
        if name:
            unnamed(found).filter(pk=theme.pk, name=theme.name).update(
                name=name, drafted_by=settings.NAMES_MODEL[: Theme.MODEL]
            )


def unnamed(kept: ThemeSet) -> QuerySet[Theme]:
    """The themes whose names are their phrases still, and were never drafted."""
    untouched = {"name_by_staff": False, "drafted_by": "", "merged_into": None, "mixed": False}
    return Theme.objects.filter(set=kept, **untouched)
