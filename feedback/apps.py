import gc
from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FeedbackConfig(AppConfig):
    name = "feedback"
    verbose_name = _("Feedback surveys")

    def ready(self) -> None:
        # A page makes thousands of objects and hardly a circle of them: to look for circles less
        # often takes a fiftieth off it.
        gc.set_threshold(5_000)
        import_module("feedback.web.signins")  # its receivers are there from the first sign-in on
