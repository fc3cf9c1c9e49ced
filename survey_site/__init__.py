"""The Django project around the app ``feedback``: settings, addresses, processes."""

from survey_site.celery import app as celery_app

__all__ = ["celery_app"]
