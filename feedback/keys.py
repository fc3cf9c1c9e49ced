"""Keys by which a program fetches a survey's responses, as the member who made them may.

A key is shown once; the database keeps its hash. It does no more than its member may do at
that moment: whoever may no longer export, whose key does not either.
"""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone

from feedback.models import AccessKey, Role, Survey
from feedback.models.audit import record
from feedback.permissions import Access, survey_for

VALID = timedelta(days=365)
START = "soundings_"  # so that scanners of source code know a key that was left in it


def make(survey: Survey, name: str, *, user: Any, personal: bool) -> tuple[AccessKey, str]:
    """A new key, and the secret that is to be shown once."""
    secret = START + secrets.token_urlsafe(32)
    with transaction.atomic():
        key = AccessKey.objects.create(
            survey=survey,
            user=user,
            name=name,
            digest=digest_of(secret),
            personal=personal,
            expires_at=timezone.now() + VALID,
        )
        record("key_made", actor=user, survey=survey, key=key.pk, personal=personal)
    return key, secret


def keys_seen_by(access: Access) -> QuerySet[AccessKey]:
    """Those of a survey that a member may revoke: their own, and as an owner all."""
    rows = AccessKey.objects.filter(survey=access.survey).select_related("survey", "user")
    return rows if access.owns else rows.filter(user=access.membership.user_id)


def revoke(key: AccessKey, *, actor: Any) -> None:
    """Let it open nothing any more; that it was there stays to be seen."""
    with transaction.atomic():
        record("key_revoked", actor=actor, survey=key.survey, key=key.pk)
        AccessKey.objects.filter(pk=key.pk).update(expires_at=timezone.now())


def access_by(secret: str, slug: str) -> tuple[AccessKey, Access]:
    """What somebody with this secret may do in a survey.

    Raises:
        Http404: nothing; for whatever reason, nobody learns which.
    """
    keys = AccessKey.objects.select_related("user", "survey")
    key = keys.filter(digest=digest_of(secret), survey__slug=slug).first()
    if key is None or not key.opens or not key.user.is_active:
        raise Http404
    access = survey_for(key.user, slug, Role.VIEWER)
    if not access.exports or (key.personal and not access.sees_personal):
        raise Http404
    note_use(key, timezone.now())
    return key, access


def note_use(key: AccessKey, now: datetime) -> None:
    """That it was used today; once a day, as nobody needs to know more."""
    if key.used_on != now.date():
        AccessKey.objects.filter(pk=key.pk).update(used_on=now.date())


def digest_of(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
