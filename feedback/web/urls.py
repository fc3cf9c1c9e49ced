"""Every address of the web; ``docs/house.md`` lists what other programs may rely on."""

from django.urls import URLPattern, path

from feedback.web import health
from feedback.web import public as pages

public = [
    path("", pages.home, name="home"),
    path("s/<slug:slug>/", pages.answer, name="answer"),
    path("r/<str:code>/", pages.receipt, name="receipt"),
    path("healthz", health.alive, name="alive"),
    path("readyz", health.ready, name="ready"),
]

staff: list[URLPattern] = []
