"""Plain HTTP with a running server, as a program without any library of ours would ask."""

import http.client
import os
import socket
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from django.conf import settings

from survey_site.processes import Server, launch
from survey_site.site import ROOT
from tests.web.server import database_of_tests

FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Answer:
    """What came back, all of it."""

    status: int
    headers: http.client.HTTPMessage  # asked for in any case
    body: bytes


def ask(port: int, method: str, path: str, *, body: str | bytes = "", **headers: str) -> Answer:
    """One request on a connection of its own; ``X_Name`` stands for the header X-Name."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        connection.request(method, path, body=body or None, headers=named)
        response = connection.getresponse()
        return Answer(response.status, response.headers, response.read())
    finally:
        connection.close()


def get(port: int, path: str, **headers: str) -> Answer:
    return ask(port, "GET", path, **headers)


def post(port: int, path: str, **fields: str) -> Answer:
    return ask(port, "POST", path, body=urlencode(fields), Content_Type=FORM)


def refuses(port: int) -> bool:
    """Does nobody listen there any more?"""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def queue_of_ones_own() -> str:
    """A Redis database of this test process: other tests' workers may share the server."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    mark = "&" if "?" in settings.REDIS_URL else "?"
    return f"{settings.REDIS_URL}{mark}virtual_host={int(worker) % 8 + 8}"


def environment(folder: Path, **given: str) -> dict[str, str]:
    """What a program of ours needs beside the web server of a test."""
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "survey_site.settings",
        "DATA_DIR": str(folder),
        "DATABASE_URL": database_of_tests(),
        "EXPORTS_DIR": str(settings.EXPORTS_DIR),
        **given,
    }


def launched(
    name: str, words: list[str], *, folder: Path, environment: Mapping[str, str]
) -> Server:
    """A program of ours, with its log in the folder."""
    command = [sys.executable, "-m", *words]
    return launch(name, command, log=folder / f"{name}.log", cwd=ROOT, environment=environment)
