"""Signing in by the page as people do, and whether somebody is in."""

from typing import Any

from django.test import Client

from feedback.models import AuditEntry

LOGIN = "/staff/login/"


def sign_in(client: Client, name: str = "owner", password: str = "secret", **more: Any) -> Any:
    return client.post(LOGIN, {"username": name, "password": password}, **more)


def recorded() -> list[str]:
    return [entry.action for entry in AuditEntry.objects.exclude(action="publish")]


def comes_in(client: Client) -> bool:
    return client.get("/staff/").status_code == 200
