"""Exports kept under a name, and built by themselves every day or week if that is wanted."""

from typing import Any

from django.db import transaction
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from feedback.exports.building import ask
from feedback.models import ExportFile, Rhythm, Role, SavedExport, Survey
from feedback.permissions import survey_for
from feedback.responses.acts import NotPossible


def save(
    survey: Survey,
    name: str,
    *,
    owner: Any,
    kind: str,
    query: str,
    rhythm: str = "",
    only_new: bool = False,
    page: str = "",
) -> SavedExport:
    """Keep settings; what was kept under the same name before is replaced, by its owner only.

    Raises:
        NotPossible: the name is empty, too long or somebody else's, or there is no such rhythm.
    """
    name = clean_name(name)
    if rhythm not in Rhythm.values:
        raise NotPossible(_("Choose how often it is to be built."))
    kept = {
        "format": kind,
        "query": query,
        "rhythm": rhythm,
        "only_new": only_new,
        "page": page,
        "due_at": Rhythm(rhythm).after(timezone.now()),
        "new_since": None,
    }
    with transaction.atomic():
        there = SavedExport.objects.select_for_update().filter(survey=survey, name=name).first()
        if there and there.owner_id != owner.pk:
            raise NotPossible(
                _("“%(name)s” is somebody else's. Choose another name.") % {"name": name}
            )
        saved, _made = SavedExport.objects.update_or_create(
            survey=survey, name=name, defaults=kept | {"owner": owner}
        )
    return saved


def clean_name(name: str) -> str:
    name = " ".join(name.replace("\0", "").split())
    longest = SavedExport._meta.get_field("name").max_length or 0
    if not 0 < len(name) <= longest:
        raise NotPossible(
            _("A name has 1 to %(longest)s characters; this one has %(length)s.")
            % {"longest": longest, "length": len(name)}
        )
    return name


def ask_for(saved: SavedExport, *, actor: Any) -> ExportFile:
    """Have a saved export built, for whoever asks; the estimate is the last one's."""
    before = saved.files.order_by("-pk").values_list("rows", flat=True).first() or 0
    return ask(
        saved.survey,
        saved.format,
        saved.query,
        actor=actor,
        expected=before,
        page=saved.page,
        saved=saved,
        since=saved.new_since if saved.only_new else None,
    )


@transaction.atomic
def ask_for_due() -> int:
    """Ask for whatever is due. Returns how many; of an owner who may no more, none."""
    now, asked = timezone.now(), 0
    due = SavedExport.objects.select_for_update(skip_locked=True, of=["self"])
    for saved in due.filter(due_at__lte=now).select_related("owner", "survey"):
        saved.due_at = Rhythm(saved.rhythm).after(now)
        try:
            may = survey_for(saved.owner, saved.survey.slug, Role.VIEWER).exports
        except Http404:
            may = False
        if may:
            ask_for(saved, actor=saved.owner)
            asked += 1
        else:
            saved.rhythm, saved.due_at = Rhythm.NEVER, None
        saved.save(update_fields=["due_at", "rhythm"])
    return asked
