#!/usr/bin/env python
"""Django's command line for this project: ``python manage.py help``."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db import OperationalError

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "survey_site.settings")
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(f"Cannot go on. {error}")
    except OperationalError as error:
        sys.exit(f"The database does not answer. Start `make run`, or set DATABASE_URL.\n{error}")
