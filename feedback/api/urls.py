"""Every address for programs."""

from django.urls import path

from feedback.api import responses

urlpatterns = [
    path("<slug:slug>/responses.<slug:name>", responses.responses, name="api_responses"),
]
