"""See that the user "admin" exists; print its password only if one had to be made up."""

import secrets
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand

from survey_site.environment import optional

NAME = "admin"


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        users = get_user_model().objects
        chosen = optional("ADMIN_PASSWORD")
        admin = users.filter(username=NAME).first()
        if admin is None:
            made_up = "" if chosen else secrets.token_urlsafe(12)
            users.create_superuser(NAME, password=chosen or made_up)
            if made_up:
                self.stdout.write(f"password: {made_up}")
        elif chosen and not admin.check_password(chosen):
            admin.set_password(chosen)
            admin.save(update_fields=["password"])
