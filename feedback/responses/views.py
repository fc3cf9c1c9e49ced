"""Selections kept under a name: one's own, and those shared with all members of a survey."""

from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from feedback.models import SavedView, Survey
from feedback.responses.acts import NotPossible


def listed(survey: Survey, user: Any) -> QuerySet[SavedView]:
    """The views that somebody finds in a survey, by name."""
    rows = SavedView.objects.filter(Q(owner=user) | Q(shared=True), survey=survey)
    return rows.select_related("owner").order_by("name", "pk")


def changeable(view: SavedView, user: Any, *, edits: bool) -> bool:
    """Whether somebody may change a view: its owner, and of a shared one the editors."""
    return view.owner_id == user.pk or (view.shared and edits)


def save(
    survey: Survey,
    name: str,
    *,
    owner: Any,
    query: str = "",
    columns: Sequence[str] = (),
    shared: bool = False,
) -> SavedView:
    """Keep a selection; what the owner kept under the same name before is replaced.

    Raises:
        NotPossible: the name is empty or too long.
    """
    kept = {"query": query, "columns": list(columns), "shared": shared}
    view, _made = SavedView.objects.update_or_create(
        survey=survey, owner=owner, name=clean_name(name), defaults=kept
    )
    return view


def rename(view: SavedView, name: str, *, shared: bool) -> None:
    """Give it another name, and share it or not.

    Raises:
        NotPossible: the owner has another view of that name.
    """
    view.name, view.shared = clean_name(name), shared
    try:
        with transaction.atomic():
            view.save(update_fields=["name", "shared", "saved_at"])
    except IntegrityError as error:
        raise NotPossible(
            _("There is a view “%(name)s” already. Choose another name.") % {"name": view.name}
        ) from error


def clean_name(name: str) -> str:
    name = " ".join(name.replace("\0", "").split())
    longest = SavedView._meta.get_field("name").max_length or 0
    if not name or len(name) > longest:
        raise NotPossible(
            _("A view's name has 1 to %(longest)s characters; this one has %(length)s.")
            % {"longest": longest, "length": len(name)}
        )
    return name
