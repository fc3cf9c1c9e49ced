"""The Celery application. Tasks live in ``feedback/tasks.py``; settings begin with CELERY_."""

import os
import sys
from typing import Any

from celery import Celery
from celery.signals import beat_init, setup_logging, worker_init
from django.core.exceptions import ImproperlyConfigured

from survey_site.guards import refuse_what_loses_data

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "survey_site.settings")

app = Celery("survey_site")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
@beat_init.connect
def refuse(**_told: Any) -> None:
    """Celery takes an error of a receiver for a line in the log; leaving, it does not."""
    try:
        refuse_what_loses_data()
    except ImproperlyConfigured as problem:
        sys.exit(f"Cannot go on. {problem}")


@setup_logging.connect
def leave_logs_alone(**_told: Any) -> None:
    """With a receiver here Celery sets nothing up: LOGGING holds, with what it leaves out."""
