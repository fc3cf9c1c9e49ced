"""Open the newest personal answers: exit 1 where IDENTITY_KEYS do not."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from feedback.models import Response
from feedback.models.identity import UnreadableIdentity, decrypt

LOOKED_AT = 1_000


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        personal = Response.with_identity.filter(identity__isnull=False).order_by("-pk")
        opened = 0
        for pk, nonce, column in personal.values_list("pk", "nonce", "identity")[:LOOKED_AT]:
            try:
                decrypt(column, nonce=nonce)
            except UnreadableIdentity as error:
                raise CommandError(f"Response {pk}: {error}.") from error
            opened += 1
        self.stdout.write(f"{opened:,} personal answers opened")
